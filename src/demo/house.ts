import { type ChildProcess, spawn } from 'node:child_process'
import { exitOf } from './launch.ts'
import type { Exit, Launch, Running } from './running.ts'

/** What a house of papers is told, and what it tells. */
export type ToHouse =
  | { readonly kind: 'open'; readonly id: string; readonly argv: readonly string[] }
  | { readonly kind: 'close'; readonly id: string }
export type FromHouse =
  | { readonly kind: 'line'; readonly id: string; readonly line: string }
  | { readonly kind: 'closed'; readonly id: string; readonly code: number }

type House = { readonly child: ChildProcess; readonly tenants: Map<string, Tenant>; readonly ended: Promise<Exit> }
type Tenant = { readonly say: (line: string) => void; readonly end: (exit: Exit) => void }

const mostTenants = 100

/** Launches papers that share a process, a hundred to a house. @param onHouse told of each new process, which must go with the demo */
export const createHouses = (
  program: readonly [string, ...string[]],
  onHouse: (pid: number, ended: Promise<Exit>) => void,
) => {
  const houses: House[] = []
  const open = (env: Launch['env']): House => {
    const [node, ...args] = program
    const stdio = ['ignore', 'ignore', 'ignore', 'ipc'] as const
    const child = spawn(node, [...args, 'house'], {
      detached: true,
      env: { ...process.env, ...env },
      stdio: [...stdio],
    })
    const house: House = { child, tenants: new Map(), ended: exitOf(child) }
    houses.push(house)
    onHouse(child.pid ?? 0, house.ended)
    child.on('message', (told: FromHouse) => hear(house, told))
    child.on('error', () => {})
    void house.ended.then(exit => {
      houses.splice(houses.indexOf(house), 1)
      for (const tenant of house.tenants.values()) tenant.end(exit)
    })
    return house
  }
  return ({ id, argv, env, say }: Launch): Running => {
    const house = houses.find(({ tenants }) => tenants.size < mostTenants) ?? open(env)
    const pid = house.child.pid ?? 0
    const ended = new Promise<Exit>(end => house.tenants.set(id, { say: line => say(line, pid), end }))
    const send = (message: ToHouse): void => void (house.child.connected && house.child.send(message))
    // `marimo run ...`: the house knows what it is.
    send({ kind: 'open', id, argv: argv.slice(2) })
    // A house that does not answer serves nobody.
    const stop = (hard = false): void => (hard ? void house.child.kill('SIGKILL') : send({ kind: 'close', id }))
    return { pid, group: null, startedAt: Date.now(), ended, stop }
  }
}

const hear = ({ tenants }: House, told: FromHouse): void => {
  const tenant = tenants.get(told.id)
  if (told.kind === 'closed') {
    tenants.delete(told.id)
    tenant?.end({ code: told.code, signal: null })
  } else tenant?.say(told.line)
}
