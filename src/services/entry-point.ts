import type { Begin, EdgeEntry, GpuEntry, Hello, Pending } from '../core/entry.ts'
import { PapergenError } from '../core/errors.ts'
import { readExposure } from '../core/exposure.ts'
import type { EdgeState, Listener } from '../core/facts.ts'
import { momentOf } from '../core/time-of-day.ts'
import { type Answer, type EntryChannel, entryChannel } from './entry-channel.ts'
import { refusalOf, setupRefusal } from './entry-refusal.ts'
import type { HostChannel } from './host.ts'

export type EntryOptions = {
  /** Starts the entry point; `entryArgv` says how. */
  readonly open: () => Promise<HostChannel>
  /** Name of the host, for people. */
  readonly host: string
}

/** How the entry point is started: through sudo unless the login needs none. */
export const entryArgv = (program: string, direct: boolean): readonly [string, ...string[]] =>
  direct ? [program, 'serve'] : ['sudo', '-n', program, 'serve']

/** The GPU host's entry point; opened on demand, and again after it was lost. */
export const createGpuEntry = (options: EntryOptions): GpuEntry => {
  const line = createLine(options, 'gpu')
  return {
    ...common(line),
    writeUnit: async (unit, port, release) => void (await line.ask(`unit-write ${unit} ${port} ${release}`, 60)),
    startUnit: async unit => void (await line.ask(`unit-start ${unit}`, 90)),
    restartUnit: async unit => void (await line.ask(`unit-restart ${unit}`, 120)),
    removeUnit: async unit => void (await line.ask(`unit-remove ${unit}`, 120)),
    undoUnit: async unit => void (await line.ask(`unit-undo ${unit}`, 120)),
    listener: async (unit, port) => listenerOf(await line.ask(`listener ${unit} ${port}`, 15)),
  }
}

/** The edge host's entry point. */
export const createEdgeEntry = (options: EntryOptions): EdgeEntry => {
  const line = createLine(options, 'edge')
  return {
    ...common(line),
    state: async () => stateOf(await line.ask('state', 30)),
    snippets: async () => snippetsOf(await line.ask('snippets', 15)),
    index: async () => pageOf(await line.ask('index', 15)),
    setRoute: async (id, port) => void (await line.ask(`route-set ${id} ${port}`, 60)),
    dropRoute: async id => void (await line.ask(`route-drop ${id}`, 60)),
    setIndex: async fragment => void (await line.ask('index-set', 30, fragment)),
    hold: async () => void (await line.ask('hold', 15)),
    confirm: async () => void (await line.ask('confirm', 30)),
    outcome: async op => outcomeOf(await line.ask(`outcome ${op}`, 15)),
    log: async (which, lines, id) => linesOf(await line.ask(`log ${which} ${lines} ${id ?? '-'}`, 30)),
  }
}

type Line = {
  /** The body of an `ok`. @throws what `refusalOf` makes of a `no` */
  ask(words: string, seconds: number, body?: string): Promise<string>
  close(): Promise<void>
}

const protocol = '1'

const createLine = ({ open, host }: EntryOptions, role: 'gpu' | 'edge'): Line => {
  let current: Promise<EntryChannel> | null = null
  let closed = false
  const fresh = async (): Promise<EntryChannel> => {
    const channel = entryChannel(await open(), host, setupRefusal(host, role))
    const hello = bodyOf(await channel.ask('hello', { seconds: 30 }), host, 'hello')
    const spoken = field(hello, 'protocol')
    if (spoken === protocol && field(hello, 'program') === `papergen-${role}`) return channel
    await channel.close()
    const why = `it speaks protocol ${spoken ?? 'none'}, this papergen speaks ${protocol}`
    throw new PapergenError({ kind: 'not-set-up', host, role, why })
  }
  const connected = async (): Promise<EntryChannel> => {
    const before = await current?.catch(() => null)
    // A question still in the queue must not start the program anew: nobody would end it.
    if (closed) throw new PapergenError({ kind: 'connection-lost', host, during: 'the end of papergen' })
    if (before !== null && before !== undefined && !before.broken()) return before
    current = fresh()
    return current
  }
  let queue: Promise<unknown> = Promise.resolve()
  return {
    ask: (words, seconds, body) => {
      const asked = queue.then(async () => {
        const channel = await connected()
        return bodyOf(await channel.ask(words, { seconds, ...(body === undefined ? {} : { body }) }), host, words)
      })
      queue = asked.catch(() => {})
      return asked
    },
    close: async () => {
      closed = true
      const channel = await current?.catch(() => null)
      current = null
      await channel?.close()
    },
  }
}

const bodyOf = (answer: Answer, host: string, words: string): string => {
  if (answer.ok) return answer.body
  throw refusalOf(host, words, answer.kind, answer.body)
}

const common = (line: Line) => ({
  hello: async (): Promise<Hello> => helloOf(await line.ask('hello', 15)),
  begin: async (begin: Begin) => void (await line.ask(`begin ${wordsOf(begin)}`, 60)),
  resume: async (begin: Begin) => void (await line.ask(`resume ${wordsOf(begin)}`, 60)),
  pending: async () => pendingOf(await line.ask('pending', 15)),
  undo: async () => {
    await line.ask('undo', 120).catch((thrown: unknown) => {
      // Without a lock there is no operation, so there is nothing to put back.
      if (!(thrown instanceof PapergenError && isNoLock(thrown))) throw thrown
    })
  },
  end: async () => void (await line.ask('end', 30)),
  exposure: async () => readExposure(await line.ask('exposure', 30)),
  holder: async () => (await line.ask('holder', 15)) || null,
  close: () => line.close(),
})

const isNoLock = ({ problem }: PapergenError): boolean =>
  problem.kind === 'request-failed' && problem.output === 'begin first'

/** The lock's owner as the protocol allows it; anything else in a login or host name becomes a dash. */
const wordsOf = ({ op, operation, id, by }: Begin): string =>
  `${op} ${operation} ${id} ${by.replace(/[^A-Za-z0-9._@-]/g, '-').slice(0, 100) || 'unknown'}`

const field = (lines: string, key: string): string | null => new RegExp(`^${key} (.*)$`, 'm').exec(lines)?.[1] ?? null

const helloOf = (body: string): Hello => {
  const pairs = body
    .split('\n')
    .filter(line => line !== '')
    .map(line => [line.replace(/ .*$/, ''), line.replace(/^\S* ?/, '')] as const)
  const { program: _, protocol: spoken, version, ...policy } = Object.fromEntries(pairs)
  return { protocol: Number(spoken), version: version ?? '', policy }
}

const pendingOf = (body: string): Pending | null => {
  const [op, operation, id, since] = body.split(' ')
  return op && operation && id && since ? { op, operation, id, since } : null
}

const listenerOf = (body: string): Listener => {
  const [kind, pid, name] = body.split(' ')
  if (kind === 'unit' || kind === 'nobody') return { kind }
  return {
    kind: 'foreign',
    pid: Number(pid) || null,
    name: name === undefined || name === '-' || name === '' ? null : name,
  }
}

const outcomeOf = (body: string): 'confirmed' | 'pending' | 'none' =>
  body === 'confirmed' || body === 'pending' ? body : 'none'

const pageOf = (body: string): string | null => (body.startsWith('present\n') ? body.slice('present\n'.length) : null)

const linesOf = (body: string): string[] => body.split('\n').filter(line => line !== '')

const snippetsOf = (body: string): { name: string; text: string }[] => {
  const bytes = Buffer.from(body)
  const files: { name: string; text: string }[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at)
    const head = /^file (\S+)\.conf (\d+)$/.exec(bytes.subarray(at, end).toString('utf8'))
    if (end < 0 || head === null) break
    const last = end + 1 + Number(head[2])
    files.push({ name: head[1]!, text: bytes.subarray(end + 1, last).toString('utf8') })
    at = last + 1
  }
  return files
}

const stateOf = (body: string): EdgeState => {
  const get = (key: string) => field(body, key)
  const [path, fingerprint] = [get('cert-path'), get('cert-sha256')]
  const notAfter = momentOf(Number(get('cert-not-after') ?? Number.NaN) * 1000)
  const certbot = { next: get('certbot-next'), last: get('certbot-last'), lastResult: get('certbot-result') }
  return {
    nginx: nginxOf(get('nginx'), get('config')),
    configError: get('config-error'),
    markerOnDisk: get('marker-disk'),
    markerServed: get('marker-served'),
    certificate:
      path === null || fingerprint === null || notAfter === null
        ? null
        : { path, fingerprint, notAfter, names: get('cert-names')?.split(',') ?? [] },
    certbot: certbot.next === null && certbot.last === null ? null : certbot,
    simulated: get('stand-in') !== null,
  }
}

const nginxOf = (nginx: string | null, config: string | null): EdgeState['nginx'] => {
  if (nginx === 'active') return config === 'broken' ? 'broken-config' : 'active'
  return nginx === 'inactive' || nginx === 'failed' ? nginx : 'unknown'
}
