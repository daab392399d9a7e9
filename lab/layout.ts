import { createHash } from 'node:crypto'
import { globSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Names and addresses of the lab: the defaults of papergen's config. The addresses exist inside its network namespaces only. */
export const site = 'learn.ericfromkorea.com'
export const hosts = {
  gpu: { name: 'son-pro6000', address: '192.168.1.116' },
  edge: { name: 'son-wtr', address: '192.168.1.121' },
} as const
export const visitorAddress = '192.168.1.10'
export const project = '/home/son/prj/thesis'

export type HostName = keyof typeof hosts
export const hostNames = Object.keys(hosts) as HostName[]
export const isHostName = (word: string | undefined): word is HostName => hostNames.includes(word as HostName)

/** Where the lab keeps everything; two labs in two folders share no name and so never meet. */
export type Layout = ReturnType<typeof layoutAt>

export const layoutAt = (
  folder = process.env.PAPERGEN_LAB || '/var/lib/papergen-lab',
  base = process.env.PAPERGEN_LAB_BASE || join(folder, 'base'),
) => {
  const root = resolve(folder)
  const prefix = `papergen-lab-${createHash('sha256').update(root).digest('hex').slice(0, 6)}`
  return {
    root,
    base: resolve(base),
    ca: join(root, 'ca'),
    visitor: join(root, 'visitor'),
    state: join(root, 'run.json'),
    checkout: resolve(import.meta.dirname, '..'),
    machine: (host: HostName) => `${prefix}-${host}`,
    /** Network namespace of a host, of the visitor, and of the bridge between them. */
    netns: (who: HostName | 'visitor' | 'lan') => `${prefix}-${who}`,
    host: (host: HostName) => {
      const at = join(root, 'hosts', host)
      return { at, upper: join(at, 'upper'), work: join(at, 'work'), root: join(at, 'root'), log: join(at, 'boot.log') }
    },
  }
}

/** Who has labs beside the usual one, below its folder and on its base: workers that run lab tests side by side, and `npm run faults`. */
export type Users = 'tests' | 'faults'

export const layoutOfWorker = (worker: string, { root, base } = layoutAt(), users: Users = 'tests'): Layout =>
  layoutAt(join(root, `${users}-${worker}`), base)

/** Those of workers that are up, or were not taken down. */
export const layoutsOfWorkers = ({ root, base } = layoutAt(), users: Users = 'tests'): Layout[] =>
  globSync(join(root, `${users}-*`)).map(folder => layoutAt(folder, base))
