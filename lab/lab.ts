import { spawnSync } from 'node:child_process'
import { insideArgv, insideTerminalArgv } from './inside.ts'
import { hostNames, hosts, isHostName, type Layout, layoutAt } from './layout.ts'
import { linkState, setLink } from './network.ts'
import { labPossible } from './possible.ts'
import { type Lab, runningLab } from './record.ts'
import { LabError } from './run.ts'
import { applySetup } from './setup.ts'
import { treeOf } from './tree.ts'
import { down, downWorkers, remains, up } from './up.ts'

const usage = `npm run lab -- up [--no-setup]          two real Debian hosts, ready for papergen
npm run lab -- down                     takes them away, and those of tests and faults that were cut short; the base root stays
npm run lab -- status
npm run lab -- possible                whether this machine can have a lab; exit 1 and why when not
npm run lab -- setup                    papergen setup on both hosts
npm run lab -- shell HOST [--root]      HOST is gpu or edge
npm run lab -- exec HOST [--root] COMMAND...
npm run lab -- link HOST up|down        the host's network cable
npm run lab -- tree HOST                every file papergen could touch, one a line`

const main = async ([verb, ...words]: string[]): Promise<number> => {
  if (process.getuid?.() !== 0) throw new LabError('The lab needs root.')
  const layout = layoutAt()
  if (verb === 'up') await up(layout, { setup: !words.includes('--no-setup'), say })
  else if (verb === 'down') await takeDown(layout)
  else if (verb === 'status') return status()
  else if (verb === 'possible') return possible()
  else if (verb === 'setup') applySetup(lab(), say)
  else if (verb === 'shell' || verb === 'exec') return enter(verb, words)
  else if (verb === 'link') link(words)
  else if (verb === 'tree') for (const line of treeOf(lab(), host(words[0])).values()) console.log(line)
  else throw new LabError(usage)
  return 0
}

const takeDown = async (layout: Layout): Promise<void> => {
  await downWorkers(layout, 'tests')
  await downWorkers(layout, 'faults')
  await down(layout)
}

const say = (line: string): void => console.error(line)

const lab = (): Lab => {
  const running = runningLab(layoutAt())
  if (running === undefined) throw new LabError("The lab is not up: 'npm run lab -- up'.")
  return running
}

const host = (word: string | undefined) => {
  if (!isHostName(word)) throw new LabError(`Which host? gpu or edge.\n${usage}`)
  return word
}

const possible = (): number => {
  const { possible: yes, why } = labPossible()
  if (!yes) console.log(why)
  return yes ? 0 : 1
}

/** Exit 3 when it is not up, like `systemctl status`. */
const status = (): number => {
  const layout = layoutAt()
  const running = runningLab(layout)
  if (running === undefined) {
    const { namespaces, mounts, processes } = remains(layout)
    const left = namespaces.length + mounts.length + processes.length
    console.log(left === 0 ? 'down' : `down, with leftovers of a crash ('npm run lab -- down' takes them away)`)
    return 3
  }
  for (const name of hostNames) {
    const { pid } = running.booted[name].leader
    console.log(`${name}  ${hosts[name].name}  ${hosts[name].address}  pid ${pid}  link ${linkState(layout, name)}`)
  }
  return 0
}

const enter = (verb: 'shell' | 'exec', [name, ...words]: string[]): number => {
  const asRoot = words[0] === '--root'
  const [program, ...args] = verb === 'shell' ? ['bash', '-l'] : words.slice(asRoot ? 1 : 0)
  if (program === undefined) throw new LabError(usage)
  const { pid } = lab().booted[host(name)].leader
  const colour = process.env.COLORTERM ? { COLORTERM: process.env.COLORTERM } : {}
  const env = { TERM: process.env.TERM ?? 'dumb', ...colour }
  const enterBy = process.stdin.isTTY && process.stdout.isTTY ? insideTerminalArgv : insideArgv
  const [enterer, ...rest] = enterBy(pid, [program, ...args], { user: asRoot ? 'root' : 'son', env })
  return spawnSync(enterer!, rest, { stdio: 'inherit' }).status ?? 1
}

const link = ([name, state]: string[]): void => {
  if (state !== 'up' && state !== 'down') throw new LabError(usage)
  setLink(lab().layout, host(name), state)
}

main(process.argv.slice(2)).then(
  code => {
    process.exitCode = code
  },
  problem => {
    console.error(problem instanceof LabError ? problem.message : problem)
    process.exitCode = 1
  },
)
