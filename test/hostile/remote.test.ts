import fc from 'fast-check'
import { expect } from 'vitest'
import { parseCgroups, parseUsers } from '../../src/core/cgroup.ts'
import type { PapergenError } from '../../src/core/errors.ts'
import { renderProblem } from '../../src/core/explain.ts'
import { readExposure } from '../../src/core/exposure.ts'
import { judgeFiles, judgeLogin } from '../../src/core/hardening.ts'
import { parseCheck } from '../../src/core/notebook.ts'
import {
  gpuFields,
  hiddenOn,
  parseDevices,
  parseProcesses,
  unknownField,
  withComplaint,
  withoutField,
} from '../../src/core/nvidia.ts'
import { failureReason } from '../../src/core/nvidia-failure.ts'
import type { PaperId } from '../../src/core/paper.ts'
import { unitFacts } from '../../src/core/systemd.ts'
import { dayAndTime } from '../../src/core/time-of-day.ts'
import { createEdgeLines } from '../../src/services/edge-log.ts'
import { entryChannel } from '../../src/services/entry-channel.ts'
import { createEdgeEntry, createGpuEntry } from '../../src/services/entry-point.ts'
import { refusalOf, setupRefusal } from '../../src/services/entry-refusal.ts'
import { exchange, isHealthy, isOtherMarimo } from '../../src/services/prober-exchange.ts'
import { hostileLines, hostileText, steers } from './arbitrary.ts'
import { answered, isDrawable, property } from './cases.ts'
import { config } from './files.ts'
import { entryPoint, farEnd } from './remote.ts'
import { shellWords } from './shell.ts'

const lines = (heads: readonly string[]) =>
  fc
    .array(fc.tuple(fc.constantFrom(...heads), fc.oneof(hostileText, fc.stringMatching(/^\d{1,20}$/))), {
      maxLength: 10,
    })
    .map(pairs => pairs.map(([head, rest]) => `${head} ${rest}`).join('\n'))

const stateLines = lines(['nginx', 'config', 'config-error', 'marker-disk', 'marker-served', 'cert-path', 'cert-sha256', 'cert-not-after', 'cert-names', 'certbot-next', 'certbot-last', 'certbot-result', 'stand-in', 'nginx active', 'file a.conf', 'present', 'foreign']) // biome-ignore format: one list

const isWhole = (value: number | null): boolean => value === null || Number.isFinite(value)

property(
  'answers of the edge',
  fc.tuple(fc.constantFrom('ok', 'no busy', 'no broken', 'no xyz'), fc.oneof(stateLines, hostileLines)),
  async ([head, body]) => {
    const far = entryPoint('edge', head, body)
    const edge = createEdgeEntry({ host: 'edge', open: async () => far.channel })
    const state = await answered(() => edge.state())
    const certificate = state?.certificate ?? null
    if (certificate !== null) expect(dayAndTime(certificate.notAfter, 0)).not.toContain('?')
    const [pending, outcome] = [await answered(() => edge.pending()), await answered(() => edge.outcome('x'))]
    if (pending !== null) expect(Object.values(pending).every(word => word !== '' && !word.includes(' '))).toBe(true)
    expect([null, 'confirmed', 'pending', 'none']).toContain(outcome)
    for (const ask of [edge.snippets, edge.index, edge.holder, edge.hello, edge.exposure]) await answered<unknown>(ask)
    await answered(() => edge.log('error', 20, null))
    await edge.close()
  },
)

const frames = fc.array(fc.oneof(hostileText, fc.constantFrom('1 ok 0\n', '1 ok 5\nhello', '1 no busy 3\na b', '2 ok 0\n', '1 ok 99999999999\n', '1 ok -1\n', '0 no bad-request 0\n', '\n')), { maxLength: 8 }) // biome-ignore format: one list

property('frames of an entry point', frames, async pieces => {
  const far = farEnd(() => {
    const said = pieces.splice(0).join('')
    // What was begun and is not ended would be waited for.
    setImmediate(() => far.end())
    return said
  })
  const channel = entryChannel(far.channel, 'edge', setupRefusal('edge', 'edge'))
  for (let asked = 0; asked < 3; asked++) {
    const answer = await answered(() => channel.ask('state', { seconds: 5 }))
    if (answer?.ok === false) expect(answer.kind).toMatch(/^[a-z-]+$/)
  }
  await channel.close()
})

/** docs/entry-points.md: a number, a verb, words of few characters. */
const request = /^\d{1,9} [a-z-]{1,20}(?: [A-Za-z0-9._@ -]*)?$/

property('requests to an entry point', fc.tuple(hostileText, hostileText, hostileText), async ([id, by, release]) => {
  const [edgeFar, gpuFar, followFar] = [entryPoint('edge', 'ok', ''), entryPoint('gpu', 'ok', ''), entryPoint('edge', 'ok', '')] // biome-ignore format: one list
  const edge = createEdgeEntry({ host: 'edge', open: async () => edgeFar.channel })
  const gpu = createGpuEntry({ host: 'gpu', open: async () => gpuFar.channel })
  const paper = id as PaperId
  const begin = { op: '20261123070000123-publish-a', operation: 'publish', id: 'a' as PaperId, by } as const
  const before = await answered(() => edge.begin(begin))
  expect(before).toBeUndefined()
  const asks: (() => Promise<unknown>)[] = [() => edge.begin({ ...begin, id: paper }), () => edge.log('error', 20, paper), () => edge.setRoute(paper, 27000), () => edge.dropRoute(paper), () => edge.outcome(id), () => gpu.writeUnit(paper, 27000, release), () => gpu.removeUnit(paper), () => gpu.listener(paper, 1)] // biome-ignore format: one list
  for (const ask of asks) await answered(ask)
  const followed = createEdgeLines('edge', edge, async () => followFar.channel)('error', 20, id, { follow: true, signal: AbortSignal.timeout(5000) }) // biome-ignore format: one call
  await answered(async () => {
    for await (const _ of followed) break
  })
  const text = id.toWellFormed()
  await edge.setIndex(text)
  await edge.close()
  await gpu.close()
  const index = ` index-set ${Buffer.byteLength(text)}\n${text}`
  expect(edgeFar.heard()).toContain(index)
  const heard = edgeFar.heard().replace(index, ' index-set 0\n') + gpuFar.heard() + followFar.heard()
  for (const line of heard.split('\n').slice(0, -1)) expect(line).toMatch(request)
})

const kinds = fc.oneof(fc.constantFrom('busy', 'pending', 'broken', 'down', 'foreign', 'unproved', 'failed', 'no-lock'), hostileText) // biome-ignore format: one list

property('refusals of an entry point', fc.tuple(kinds, hostileLines), ([kind, body]) => {
  const said = (error: PapergenError) => renderProblem(error.problem)
  expect(said(refusalOf('edge', 'route-set a 27000', kind, body))).not.toMatch(steers)
  expect(said(setupRefusal('edge', 'edge')(body, 1))).not.toMatch(steers)
})

const row = fc.array(fc.oneof(hostileText, fc.constantFrom(' 0', ' GPU-1', ' NVIDIA', ' [N/A]', ' 12', ' 500 MiB', ' ERR!', '4711')), { minLength: 1, maxLength: 11 }).map(cells => cells.join(',')) // biome-ignore format: one chain
const table = fc.array(fc.oneof(row, hostileText, hostileText.map(text => `Unable to determine the device handle for GPU 0000:3B:00.0: ${text}`), hostileText.map(text => `Field "${text}" is not a valid field to query`)), { maxLength: 5 }).map(rows => rows.join('\n')) // biome-ignore format: one chain

property('answers of nvidia-smi', fc.tuple(table, fc.option(fc.integer({ min: 0, max: 130 }))), ([stdout, code]) => {
  const { devices, complaint } = parseDevices(stdout)
  for (const { name, note, index, usedMib, totalMib, utilization, temperatureC } of devices) {
    expect(name).toSatisfy(isDrawable)
    expect(note ?? '').toSatisfy(isDrawable)
    expect([index, usedMib, totalMib, utilization, temperatureC].every(isWhole)).toBe(true)
  }
  expect(complaint ?? '').toSatisfy(isDrawable)
  for (const { name, pid, mib } of parseProcesses(stdout).processes) {
    expect(name).toSatisfy(isDrawable)
    expect(Number.isSafeInteger(pid) && pid >= 0 && isWhole(mib)).toBe(true)
  }
  for (const reason of parseProcesses(stdout).hidden.values()) expect(reason).toSatisfy(isDrawable)
  const told = withComplaint(parseDevices(stdout), code)
  for (const { note } of [...told, ...(hiddenOn(told, parseProcesses(stdout))?.devices ?? [])])
    expect(note ?? '').toSatisfy(isDrawable)
  expect(failureReason(code, stdout)).toSatisfy(isDrawable)
  // Asking again always ends: each time with a field less.
  const unknown = unknownField(stdout)
  const fewer = unknown === null ? null : withoutField(gpuFields, unknown)
  if (fewer !== null) expect(fewer.length).toBe(gpuFields.length - 1)
})

const groups = lines(['pid 12\n0::/system.slice/', 'pid', 'user', 'user 12 son', '0::/', '1:name=systemd:/', '12:cpu:/']) // biome-ignore format: one list

property('control groups', fc.oneof(groups, hostileLines), text => {
  for (const [pid, unit] of parseCgroups(text)) {
    expect(pid).toBeGreaterThanOrEqual(0)
    if (unit !== null) expect(unit).toMatch(/\.(?:service|scope)$/)
  }
  for (const [pid, user] of parseUsers(text)) expect(`${pid} ${user}`).toMatch(/^\d\S* (?:uid \d+|\S+)$/)
})

const propertyValue: fc.Arbitrary<unknown> = fc.oneof(hostileText, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.double(), fc.boolean(), fc.constant(null), fc.uint8Array({ maxLength: 20 }), fc.array(fc.integer(), { maxLength: 4 }), fc.constantFrom('active', 'failed', 'not-found', 'refreshing')) // biome-ignore format: one list
const properties = (names: readonly string[]) => fc.record(Object.fromEntries(names.map(each => [each, propertyValue])), { requiredKeys: [] }) // biome-ignore format: one chain

property(
  'properties of a unit',
  fc.tuple(
    hostileText,
    properties([
      'LoadState',
      'ActiveState',
      'SubState',
      'UnitFileState',
      'StateChangeTimestamp',
      'InvocationID',
      'NeedDaemonReload',
    ]),
    properties(['Result', 'NRestarts', 'ExecMainCode', 'ExecMainStatus', 'MainPID', 'MemoryCurrent', 'ControlGroup']),
  ),
  ([name, unit, service]) => {
    const facts = unitFacts(name, unit, service)
    expect([
      'active',
      'reloading',
      'inactive',
      'failed',
      'activating',
      'deactivating',
      'maintenance',
      'not-found',
    ]).toContain(facts.state)
    expect([facts.restarts, facts.exitStatus, facts.since, facts.mainPid, facts.memoryBytes].every(isWhole)).toBe(true)
    if (facts.since !== null) expect(dayAndTime(facts.since, 0)).not.toContain('?')
    expect(facts.invocation ?? '').toMatch(/^(?:[0-9a-f]{2})*$/)
  },
)

const finding = fc.record({ severity: hostileText, code: hostileText, line: fc.oneof(fc.double(), hostileText), message: fc.oneof(hostileText, fc.jsonValue()), error: hostileText }, { requiredKeys: [] }) // biome-ignore format: one record

property(
  'findings of marimo check',
  fc.tuple(hostileText, fc.array(fc.oneof(finding, fc.jsonValue()), { maxLength: 4 })),
  ([before, issues]) => {
    for (const text of [JSON.stringify({ issues }), before + JSON.stringify({ issues }), before])
      for (const { code, message } of parseCheck(text) ?? []) expect(`${code} ${message}`).toSatisfy(isDrawable)
  },
)

const openness = lines(['loose 1000:666', 'loose', 'looked-at', 'login-name', 'login-shell', 'login-group', 'login-sudo', 'filter some', 'filter']) // biome-ignore format: one list

property('what an entry point says of its host', fc.oneof(openness, hostileLines), body => {
  const exposure = readExposure(body)
  const judged = [judgeFiles('edge', 'system', exposure), judgeLogin(config, exposure)]
  for (const { detail, cure } of judged) expect(`${detail} ${cure}`).toSatisfy(isDrawable)
  // The cure is copied into a shell of root's.
  for (const { path } of exposure.loose.slice(0, 8)) {
    const { cure } = judgeFiles('edge', 'system', {
      ...exposure,
      lookedAt: 1,
      loose: [{ path, owner: 1000, mode: '666' }],
    })
    expect(cure!.replace('on edge: ', '').split(' && ', 1).map(shellWords)).toEqual([
      ['sudo', 'chown', 'root:root', path],
    ])
  }
})

const header = fc.tuple(fc.constantFrom('Content-Length', 'Transfer-Encoding', 'Connection', 'Upgrade', 'Location', 'X', 'Content-Encoding', 'Set-Cookie'), fc.oneof(hostileText, fc.constantFrom('chunked', '5', '-1', '99999999999999999999', 'websocket', 'gzip'))).map(([name, value]) => `${name}: ${value}`) // biome-ignore format: one chain
const status = fc.oneof(fc.constantFrom('HTTP/1.1 200 OK', 'HTTP/1.1 404 Not Found', 'HTTP/1.0 502 x', 'HTTP/1.1 101 Switching', 'HTTP/2 200', 'HTTP/1.1 100 Continue', 'HTTP/1.1 999 x'), hostileText) // biome-ignore format: one list
const http = fc.tuple(status, fc.array(header, { maxLength: 5 }), fc.oneof(hostileText, fc.constantFrom('{"status":"healthy"}', '{"detail":"Not Found"}', 'ffffffff\r\n'))) // biome-ignore format: one tuple

property('headers of HTTP', http, async ([first, headers, body]) => {
  const far = farEnd(() => {
    setImmediate(() => far.end())
    return [first, ...headers, '', body].join('\r\n')
  })
  const { stream } = far.channel
  const answer = await exchange(stream, {
    path: '/thesis/a/health',
    host: 'a',
    signal: AbortSignal.timeout(5000),
  }).catch((thrown: unknown) => thrown as Error)
  if (answer instanceof Error) return expect(answer.name).not.toBe('TimeoutError')
  expect(Number.isInteger(answer.status)).toBe(true)
  expect(answer.body.length).toBeLessThanOrEqual(128 * 1024)
  if (isHealthy(answer)) expect(body).toContain('healthy')
  isOtherMarimo(answer)
  expect(stream.destroyed).toBe(true)
})
