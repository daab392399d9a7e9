import fc from 'fast-check'
import type { Key } from 'ink'
import { expect } from 'vitest'
import { alarmOf, windowTitle } from '../../src/core/alert.ts'
import type { Problem } from '../../src/core/errors.ts'
import { explain, problemLine, renderProblem } from '../../src/core/explain.ts'
import type { EdgeProbe, GpuSample, Listener } from '../../src/core/facts.ts'
import { hostsTable } from '../../src/core/hosts-lines.ts'
import { notification } from '../../src/core/notification.ts'
import { observe } from '../../src/core/observed.ts'
import { reduce } from '../../src/core/reduce.ts'
import { screenLines } from '../../src/core/screen.ts'
import type { State } from '../../src/core/state.ts'
import { statusDocument } from '../../src/core/status.ts'
import { statusTable } from '../../src/core/table.ts'
import { cells, oneLine } from '../../src/core/text.ts'
import { keysOf } from '../../src/views/keyboard.ts'
import { consoleOf, entryOf, type } from '../core/console-world.ts'
import { problems } from '../core/problems.ts'
import { ago, now, type Spec } from '../core/world.ts'
import { hostileText, steers } from './arbitrary.ts'
import { isDrawable, property } from './cases.ts'
import { paperPort } from './files.ts'

const kinds = Object.keys(problems) as Problem['kind'][]

/** The words of it replaced one by one, what it is stays. */
const spoilt = (value: unknown, words: readonly string[], key = ''): unknown => {
  if (typeof value === 'string')
    return key === 'kind' || key === 'role' ? value : words[(value.length * 7) % words.length]
  if (Array.isArray(value)) return value.map(each => spoilt(each, words))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, spoilt(each, words, name)]))
}

const problem: fc.Arbitrary<Problem> = fc
  .tuple(fc.constantFrom(...kinds), fc.array(hostileText, { minLength: 1, maxLength: 5 }))
  .map(([kind, words]) => spoilt(problems[kind], words) as Problem)

property('problems', problem, told => {
  const { title, cause, hint, evidence } = explain(told)
  for (const line of [title, cause, hint ?? '', ...evidence, problemLine(told)]) expect(line).toSatisfy(isDrawable)
  expect(renderProblem(told)).not.toMatch(steers)
})

const text = hostileText
const number = fc.oneof(fc.nat(1000), fc.nat(), fc.constantFrom(0, 2 ** 53, 1e18))
const moment = fc.constantFrom(null, 0, ago(5), ago(500), Date.UTC(9999, 11, 31))
const whose = fc.constantFrom('ours', 'edited', 'adopted', 'foreign')

const probe: fc.Arbitrary<Partial<EdgeProbe>> = fc.record({ ok: fc.boolean(), kind: fc.constantFrom('ok', 'tls', 'dns', 'timeout', 'wrong-paper', 'bad-gateway', 'unreachable'), status: fc.option(number), error: fc.option(text), websocket: fc.option(fc.boolean()) }, { requiredKeys: [] }) // biome-ignore format: one record
const listener: fc.Arbitrary<Listener> = fc.oneof(fc.constant({ kind: 'unit' } as const), fc.record({ kind: fc.constant('foreign' as const), pid: fc.option(number), name: fc.option(text) })) // biome-ignore format: one list

/** As the test world knows one. */
const fault = problem.filter(told => 'host' in told)

const spec = fc.record({
  entry: fc.oneof(fc.record({ port: paperPort, title: fc.option(text), notebook: fc.option(text), publishedAt: fc.option(text), pending: fc.boolean() }, { requiredKeys: ['port'] }), fc.constant(null), fault),
  unit: fc.oneof(fc.record({ state: fc.constantFrom('active', 'failed', 'activating', 'inactive'), sub: fc.option(text), result: fc.option(text), exitStatus: fc.option(number), restarts: fc.option(number), since: moment, enabled: fc.boolean() }, { requiredKeys: [] }), fc.constant(null), fault),
  unitFile: fc.oneof(fc.record({ origin: whose, path: text, port: fc.option(paperPort), notebook: fc.option(text), text }, { requiredKeys: [] }), fc.constant(null)),
  snippet: fc.oneof(fc.record({ origin: whose, text }, { requiredKeys: [] }), fc.constant(null), fault),
  listed: fc.boolean(),
  local: fc.record({ ok: fc.boolean(), status: fc.option(number), error: fc.option(text) }, { requiredKeys: [] }),
  lan: fc.record({ ok: fc.boolean(), error: fc.option(text) }, { requiredKeys: [] }),
  edge: fc.oneof(probe, fault),
  cells: fc.record({ errors: number, last: fc.option(text), lastAt: moment, exception: fc.option(text) }, { requiredKeys: [] }),
  listener,
  intent: fc.record({ by: text, since: text, step: text }),
  state: fc.oneof(fc.record({ nginx: fc.constantFrom('active', 'failed', 'broken-config', 'unknown'), configError: fc.option(text), markerOnDisk: fc.option(text), certificate: fc.option(fc.record({ path: text, fingerprint: text, notAfter: fc.constantFrom(0, Date.UTC(9999, 11, 31)), names: fc.array(text) })), certbot: fc.option(fc.record({ next: fc.option(text), last: fc.option(text), lastResult: fc.option(text) })) }, { requiredKeys: [] }), fault),
}, { requiredKeys: [] }) as unknown as fc.Arbitrary<Spec> // biome-ignore format: one record

const sample: fc.Arbitrary<GpuSample> = fc.record({ devices: fc.array(fc.record({ index: number, uuid: fc.constantFrom('GPU-1', 'GPU-2'), name: text, usedMib: fc.option(number), totalMib: fc.option(number), utilization: fc.option(fc.double({ min: 0, max: 1, noNaN: true })), temperatureC: fc.option(number), note: fc.option(text) }), { maxLength: 3 }), processes: fc.array(fc.record({ pid: number, name: text, uuid: fc.constantFrom('GPU-1', 'MIG-3'), mib: fc.option(number), unit: fc.option(fc.oneof(text, fc.constant('papergen-a.service'))), user: fc.option(text) }), { maxLength: 4 }), driver: fc.option(text), simulated: fc.boolean() }) // biome-ignore format: one record

/** Ids of the registry may be anybody's: what papergen does not act on it shows all the same. */
const papers = fc.uniqueArray(fc.tuple(fc.oneof(text.filter(id => id !== ''), fc.constantFrom('a', 'attention')), spec), { selector: ([id]) => id, minLength: 1, maxLength: 3 }) // biome-ignore format: one chain
const keys = fc.constantFrom('', 'enter', 'h', '?', ':', 'H', '/', 'l', 'le', ' *l', 'x', 'u', 'r', 'o', 'y', 'p', 'z') // biome-ignore format: one list

/** Text that came as one piece, as what is pasted does. */
const noKey = {} as Key

const look = (state: State): void => {
  for (const { spans } of screenLines(state)) {
    for (const { text } of spans) expect(text).toSatisfy(isDrawable)
    expect(spans.reduce((sum, span) => sum + cells(span.text), 0)).toBe(state.ui.columns)
  }
}

property(
  'the whole console',
  fc.tuple(
    papers,
    sample,
    fc.array(text, { maxLength: 4 }),
    keys,
    fc.constantFrom([40, 15], [80, 24], [160, 50]),
    fc.boolean(),
  ),
  ([specs, gpu, words, pressed, size, ascii]) => {
    const before = consoleOf(Object.fromEntries(specs), { ascii, note: words[0] ?? null }, [...size])
    const observed = observe(before.observed, { type: 'gpu', answer: { at: now, value: gpu } })
    const notebooks = words.map(path => ({ path, mtimeMs: now, title: path }))
    const notice = { type: 'notice', notice: { tone: 'bad', text: words[0] ?? '' } } as const
    const opened = type(
      { ...before, observed },
      ...(pressed === 'le'
        ? ['l', 'e']
        : pressed === ''
          ? []
          : pressed.length > 1 && pressed.startsWith(' ')
            ? [...pressed]
            : [pressed]),
    ).state
    const told = reduce(reduce(opened, { type: 'notebooks', notebooks }), notice)
    const typed = type(told, ...keysOf(words[1] ?? '', noKey).slice(0, 4)).state
    // The lines of several papers' logs name them.
    const { log } = opened
    const entries = log?.units.map(unit => ({ ...entryOf(oneLine(words[0] ?? '')), unit })) ?? []
    const read =
      log === null ? typed : reduce(opened, { type: 'log-lines', unit: log.unit, source: log.source, entries })
    look(read)
    look(typed)
    for (const row of hostsTable(told, 60) ?? []) expect(Object.entries(row).flat().join('')).toSatisfy(isDrawable)
    expect(windowTitle(told)).toSatisfy(isDrawable)
    const alarm = notification(
      'osc9',
      alarmOf(
        told,
        specs.map(([id]) => id),
      ),
      false,
    )
    expect(alarm).toMatch(/^\u001b\]9;papergen: [^\u0000-\u001f\u007f-\u009f]*\u0007$/)
    expect(statusTable(observed, now, { width: size[0]!, ascii })).not.toMatch(steers)
    const document = JSON.stringify(statusDocument(observed, { at: now }), (_, value: unknown) =>
      typeof value === 'string' && !isDrawable(value) ? expect.fail(JSON.stringify(value)) : value,
    )
    expect(document).not.toMatch(steers)
  },
)
