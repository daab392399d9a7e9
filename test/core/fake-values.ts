import { createHash } from 'node:crypto'
import { columnNames } from '../../src/core/columns.ts'
import type { Config } from '../../src/core/config.ts'
import type { Begin } from '../../src/core/entry.ts'
import type { Problem } from '../../src/core/errors.ts'
import type { EdgeProbe, SnippetFile, UnitFile } from '../../src/core/facts.ts'

/** Plain values that the world in memory answers with. */

export type FakeUnit = {
  port: number
  release: string
  enabled: boolean
  active: boolean
  /** Its file was changed and systemd has not read it. */
  unread?: boolean
  /** What the running process serves; null when it does not run. */
  serving: { port: number; release: string } | null
  origin: UnitFile['origin']
}

export type Route = { port: number; text: string }

export const readFakeSnippet = (name: string, text: string): SnippetFile => {
  const port = /to (\d+)/.exec(text)?.[1]
  const address = /at ([\d.]+)/.exec(text)?.[1] ?? '192.168.1.116'
  const upstream = port === undefined ? null : { address, port: Number(port) }
  return {
    name,
    origin:
      upstream === null
        ? 'foreign'
        : text.startsWith('# edited')
          ? 'edited'
          : text.startsWith('# adopted')
            ? 'adopted'
            : 'ours',
    upstream,
    text,
  }
}

export const originOf = (page: string | null) =>
  page === null ? 'absent' : page.startsWith('<h1>') ? 'foreign' : ('ours' as const)

export const listedOn = (page: string | null): readonly string[] =>
  (page ?? '')
    .split('\n')
    .filter(line => line !== '')
    .map(line => line.replace(/:.*/, ''))

export const unexpected = (what: string) => (): never => {
  throw new Error(`unexpected call: ${what}`)
}

/** As the hash of a release: the first 16 hex digits of the SHA-256. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

export const lockedBy = (host: string): Problem => ({
  kind: 'locked',
  host,
  holder: 'mina@laptop',
  operation: 'publish',
  id: 'elsewhere',
  since: '2026-11-23T06:59:00Z',
})

export const pendingProblem = ({ operation, id }: Begin): Problem => ({
  kind: 'needs-repair',
  operation,
  id,
  since: '2026-11-23T06:59:00Z',
})

export const pendingOf = (begin: Begin | null) =>
  begin === null ? null : { op: begin.op, operation: begin.operation, id: begin.id, since: '2026-11-23T06:59:00Z' }

export const unitFile = (unit: string, { origin, port, release }: FakeUnit): UnitFile => ({
  unit,
  path: `/etc/systemd/system/papergen-${unit}.service`,
  origin,
  port,
  notebook: null,
  release,
  text: `[Service]\n# ${unit} on ${port}\n`,
})

export const edgeProbe = (kind: EdgeProbe['kind'], status: number, websocket: boolean | null): EdgeProbe => ({
  ok: kind === 'ok',
  kind,
  status,
  ms: 1,
  phases: { dns: null, connect: null, tls: null, ttfb: null },
  websocket,
  error: null,
  certificate: null,
})

export const edgeState = {
  configError: null,
  markerOnDisk: 'g0',
  markerServed: 'g0',
  certificate: null,
  certbot: null,
  simulated: false,
} as const

export const unitFacts = {
  sub: null,
  result: null,
  restarts: 0,
  since: null,
  mainPid: null,
  memoryBytes: null,
  controlGroup: null,
  invocation: null,
  needsReload: false,
} as const

export const journalLine = {
  source: 'journal',
  at: null,
  who: 'marimo',
  priority: 6,
  cursor: null,
  invocation: null,
  pid: null,
  lifecycle: false,
} as const

export const fakeConfig: Config = {
  path: null,
  gpu: {
    name: 'son-pro6000',
    reach: { via: 'local' },
    address: '192.168.1.116',
    project: '/home/son/prj/thesis',
    marimo: '.venv/bin/marimo',
    notebooks: 'papers',
    state: 'state/state.json',
    ports: [27000, 27999],
    systemd: 'system',
    runAs: 'son',
    release: 'snapshot',
    nvidiaSmi: 'nvidia-smi',
  },
  edge: {
    name: 'son-wtr',
    reach: { via: 'local' },
    address: '192.168.1.121',
    snippets: '/etc/nginx/snippets/learn-papers',
    index: '/var/www/learn.ericfromkorea.com/thesis/index.html',
    errorLog: '/var/log/nginx/error.log',
    accessLog: '/var/log/nginx/access.log',
  },
  site: {
    url: 'https://learn.ericfromkorea.com/thesis/',
    base: '/thesis',
    hostname: 'learn.ericfromkorea.com',
    port: 443,
    connect: null,
    ca: null,
  },
  probe: { every: 5000, timeout: 5000 },
  console: { columns: columnNames, theme: 'dark', bell: true, notify: 'off' },
}
