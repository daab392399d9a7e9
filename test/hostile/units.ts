/** The words of an ExecStart as systemd takes them apart (systemd.service(5)). @throws Error for what systemd would change */
export const unitWords = (line: string): string[] => {
  if (/[\\%$]/.test(line)) throw new Error(`an escape, a specifier or a variable: ${line}`)
  const words = line.match(/"[^"]*"(?=\s|$)|[^\s"']+(?=\s|$)/g) ?? []
  if (words.join(' ') !== line.trim()) throw new Error(`no plain words: ${line}`)
  return words.map(word => word.replace(/^"(.*)"$/s, '$1'))
}

/** What a unit says, by its section and name: `Service ExecStart`. Each only once. */
export const settingsOf = (text: string): ReadonlyMap<string, string> => {
  const found = new Map<string, string>()
  let section = ''
  for (const line of text.split('\n').filter(each => each !== '' && !each.startsWith('#'))) {
    const [, head] = /^\[(\w+)\]$/.exec(line) ?? []
    section = head ?? section
    if (head !== undefined) continue
    const [, name, value] = /^([A-Za-z]+)=(.*)$/.exec(line) ?? []
    if (name === undefined || value === undefined || found.has(`${section} ${name}`)) throw new Error(`odd: ${line}`)
    found.set(`${section} ${name}`, value)
  }
  return found
}
