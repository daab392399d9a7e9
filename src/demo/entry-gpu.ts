import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Duplex } from 'node:stream'
import { isPaperId, nextOf, type UnitId, unitNameOf } from '../core/paper.ts'
import { type GpuPolicy, policyLines } from '../core/policy.ts'
import { parseUnitFile, renderUnit } from '../core/unit.ts'
import { createLock } from './entry-lock.ts'
import { type Answer, type Refusal, type Request, serveEntry, wrongWords } from './entry-session.ts'
import type { Program } from './programs.ts'
import type { Sockets } from './sockets.ts'
import type { Systemd } from './systemd.ts'

export type GpuEntryOptions = {
  readonly systemd: Systemd
  readonly sockets: Sockets
  readonly policy: GpuPolicy
  readonly version: string
  /** share/unit-user.template */
  readonly template: string
  readonly units: string
  /** What of this host is a stand-in: `systemd marimo`. */
  readonly standIns: readonly string[]
}

type Former = { readonly text: string | null; readonly enabled: boolean; readonly active: boolean; touched: boolean }

/** `papergen-gpu serve` over the demo's systemd: the verbs of docs/entry-points.md. */
export const createGpuEntry = (options: GpuEntryOptions): Program => {
  const { systemd, policy, version } = options
  const former = new Map<string, Former>()
  const putBack = async (name: string): Promise<void> => {
    const was = former.get(name)
    if (was !== undefined) await restore(options, name, was)
  }
  const lock = createLock({
    hello: [
      'program papergen-gpu',
      'protocol 1',
      `version ${version}`,
      ...policyLines(policy),
      `stand-ins ${options.standIns.join(' ')}`,
      '',
    ].join('\n'),
    ready: () => null,
    taken: () => {},
    undo: async () => {
      for (const name of [...former.keys()].reverse()) await putBack(name)
    },
    isTouched: () => former.size > 0,
    end: async () => former.clear(),
    // The operator's registry must agree, so what was done waits for `papergen repair`.
    lost: async () => {},
  })
  const remember = (name: string, touched: boolean): void => {
    const { enabled, state } = systemd.unit(name)
    const was = former.get(name) ?? { text: systemd.text(name), enabled, active: state === 'active', touched: false }
    former.set(name, was)
    was.touched ||= touched
  }
  const change = async ({ verb, words }: Request): Promise<Answer> => {
    const [unit = '', port, release] = words.split(' ')
    if (!isUnitId(unit)) return wrongWords
    const name = unitNameOf(unit)
    const refusal = verb === 'unit-undo' ? null : whyNot(options, verb, unit)
    if (refusal !== null) return refusal
    if (verb === 'unit-undo') await putBack(name)
    else if (verb === 'unit-write') {
      remember(name, false)
      write(options, unit, Number(port), release ?? '')
    } else {
      if (verb !== 'unit-restart' || former.has(name)) remember(name, true)
      await act(systemd, verb, name, join(options.units, name))
    }
    return { ok: '' }
  }
  return async (_argv, { stdin }) => {
    const channel = Symbol('channel')
    const serve = async (request: Request): Promise<Answer> => {
      const common = await lock.answer(request, channel)
      if (common !== null) return common
      if (!(wordsOf[request.verb]?.test(request.words) ?? false)) return wrongWords
      if (request.verb === 'listener') return listener(options, request.words)
      return lock.operation(channel) === null ? { no: 'no-lock', why: 'begin first' } : change(request)
    }
    try {
      await serveEntry(stdin as Duplex, [], serve)
    } finally {
      await lock.leave(channel)
    }
    return 0
  }
}

/** Only papers are touched, and only a unit that is there can start. */
const whyNot = ({ systemd, units }: GpuEntryOptions, verb: string, unit: UnitId): Refusal | null => {
  const path = join(units, unitNameOf(unit))
  const text = systemd.text(unitNameOf(unit))
  if (text === null) return verb === 'unit-start' || verb === 'unit-restart' ? { no: 'not-found', why: path } : null
  return parseUnitFile(unit, path, text, false).origin === 'foreign' ? { no: 'foreign', why: path } : null
}

const wordsOf: Readonly<Record<string, RegExp>> = {
  'unit-write': /^\S+ \d{1,5} ([0-9a-f]{16}|live)$/,
  'unit-start': /^\S+$/,
  'unit-restart': /^\S+$/,
  'unit-remove': /^\S+$/,
  'unit-undo': /^\S+$/,
  listener: /^\S+ \d{1,5}$/,
}

const isUnitId = (text: string): text is UnitId => {
  const id = text.replace(/--next$/, '')
  return isPaperId(id) && (text === id || text === nextOf(id))
}

/** Renders the unit from the note that lies in the release folder. */
const write = (
  { policy, template, units, systemd }: GpuEntryOptions,
  unit: UnitId,
  port: number,
  hash: string,
): void => {
  const id = unit.replace(/--next$/, '')
  const note = readFileSync(join(policy.state, 'releases', id, hash, '.papergen'), 'utf8')
  const notebook = /^notebook (.*)$/m.exec(note)?.[1]
  if (notebook === undefined) throw new Error(`no release note at ${policy.state}/releases/${id}/${hash}/.papergen`)
  writeFileSync(join(units, `papergen-${unit}.service`), renderUnit(template, policy, unit, port, { hash, notebook }))
  systemd.reload()
}

const act = async (systemd: Systemd, verb: string, name: string, path: string): Promise<void> => {
  switch (verb) {
    case 'unit-start':
      if (!name.includes('--next')) systemd.enable(name, true)
      return systemd.start(name)
    case 'unit-restart':
      systemd.resetFailed(name)
      return systemd.restart(name)
    case 'unit-remove':
      return takeAway(systemd, name, path)
  }
}

const takeAway = async (systemd: Systemd, name: string, path: string): Promise<void> => {
  await systemd.stop(name)
  systemd.enable(name, false)
  rmSync(path, { force: true })
  systemd.resetFailed(name)
  systemd.reload()
}

/** The unit as it was before the operation; done once, so that a second undo restarts nothing. */
const restore = async ({ systemd, units }: GpuEntryOptions, name: string, was: Former): Promise<void> => {
  const path = join(units, name)
  if (was.text === null) return takeAway(systemd, name, path)
  writeFileSync(path, was.text)
  systemd.reload()
  systemd.enable(name, was.enabled)
  if (!was.touched) return
  was.touched = false
  systemd.resetFailed(name)
  await (was.active ? systemd.restart(name) : systemd.stop(name))
}

const listener = ({ systemd, sockets }: GpuEntryOptions, words: string): Answer => {
  const [unit = '', port] = words.split(' ')
  const running = systemd.unit(`papergen-${unit}.service`).running
  const owner = sockets.ownerOf(Number(port), running?.pid ?? null)
  return { ok: owner }
}
