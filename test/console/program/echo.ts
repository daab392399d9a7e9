/** The smallest program with the idle signal: it shows its keys in colours, and the size of its terminal. Ends with 3 on `q`. */
let keys = ''
const draw = (): void => {
  const size = `${process.stdout.columns}x${process.stdout.rows}`
  process.stdout.write(`\u001b[H\u001b[1;31mkeys\u001b[0m ${keys} \u001b[2;7;48;5;24m가\u001b[0m${size}\u001b[K`)
  process.stdout.write(`\u001b]777;papergen;idle;${keys.length}\u0007`)
}

process.stdin.setRawMode(true)
process.stdout.write('\u001b]2;echo\u0007\u001b[2J')
process.stdout.on('resize', draw)
process.stdin.on('data', data => {
  keys += data.toString().replaceAll(/[^a-z]/g, '?')
  if (keys.endsWith('q')) process.exit(3)
  draw()
})
draw()
