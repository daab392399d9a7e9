import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startLimitHit, unitFacts, unitObjectPath, unitOfObjectPath } from '../../src/core/systemd.ts'

const unset = 18446744073709551615n
const unit = {
  Id: 'papergen-attention.service',
  LoadState: 'loaded',
  ActiveState: 'active',
  SubState: 'running',
  UnitFileState: 'enabled',
  NeedDaemonReload: false,
  StateChangeTimestamp: 1795419143357890n,
  InvocationID: Buffer.from('0e33412a66484f889d261342ddbea216', 'hex'),
}
const service = {
  Result: 'success',
  NRestarts: 0,
  ExecMainCode: 0,
  ExecMainStatus: 0,
  MainPID: 461,
  MemoryCurrent: 123456789n,
  ControlGroup: '/system.slice/papergen-attention.service',
}
const facts = (more: object = {}, moreService: object = {}) =>
  unitFacts('papergen-attention.service', { ...unit, ...more }, { ...service, ...moreService })

test('a running unit', () =>
  expect(facts()).toEqual({
    unit: 'attention',
    state: 'active',
    sub: 'running',
    result: 'success',
    restarts: 0,
    exitStatus: null,
    since: 1795419143357,
    mainPid: 461,
    memoryBytes: 123456789,
    enabled: true,
    controlGroup: '/system.slice/papergen-attention.service',
    invocation: '0e33412a66484f889d261342ddbea216',
    needsReload: false,
  }))

describe('what is not set is null, never 0', () => {
  test.each([
    ['memory', facts({}, { MemoryCurrent: unset }).memoryBytes],
    ['memory as a rounded number', facts({}, { MemoryCurrent: 18446744073709552000 }).memoryBytes],
    ['main pid', facts({}, { MainPID: 0 }).mainPid],
    ['time', facts({ StateChangeTimestamp: 0n }).since],
    ['a time beyond any date', facts({ StateChangeTimestamp: unset - 1n }).since],
    ['enabled', facts({ UnitFileState: '' }).enabled],
    ['control group', facts({}, { ControlGroup: '' }).controlGroup],
    ['invocation', facts({ InvocationID: Buffer.alloc(0) }).invocation],
    ['invocation of zeros', facts({ InvocationID: Buffer.alloc(16) }).invocation],
    ['restarts a systemd does not tell', facts({}, { NRestarts: undefined }).restarts],
    ['exit status while it never ended', facts().exitStatus],
  ])('%s', (_, value) => expect(value).toBeNull())
})

test.each([
  ['failed', 'loaded', 'failed'],
  ['inactive', 'not-found', 'not-found'],
  ['failed', 'not-found', 'failed'],
  ['active', 'not-found', 'active'],
  ['inactive', 'masked', 'inactive'],
  ['refreshing', 'loaded', 'reloading'],
])('%s and %s is %s', (ActiveState, LoadState, state) => expect(facts({ ActiveState, LoadState }).state).toBe(state))

test.each([
  ['enabled', true],
  ['enabled-runtime', true],
  ['disabled', false],
  ['static', false],
  ['masked', false],
  ['linked', false],
])('unit file %s', (UnitFileState, enabled) => expect(facts({ UnitFileState }).enabled).toBe(enabled))

test('an exit status after an end', () =>
  expect(facts({ ActiveState: 'failed' }, { ExecMainCode: 1, ExecMainStatus: 203 }).exitStatus).toBe(203))

test.each([
  ['failed', 'start-limit-hit', 0, true],
  ['failed', 'exit-code', 5, true],
  ['failed', 'exit-code', 4, false],
  ['active', 'success', 7, false],
])('%s, %s, %i restarts: start limit %s', (ActiveState, Result, NRestarts, hit) =>
  expect(startLimitHit(facts({ ActiveState }, { Result, NRestarts }))).toBe(hit),
)

describe('object paths', () => {
  test.each([
    ['papergen-ok.service', '/org/freedesktop/systemd1/unit/papergen_2dok_2eservice'],
    ['papergen-a--next.service', '/org/freedesktop/systemd1/unit/papergen_2da_2d_2dnext_2eservice'],
    ['2024.service', '/org/freedesktop/systemd1/unit/_32024_2eservice'],
  ])('%s', (name, path) => {
    expect(unitObjectPath(name)).toBe(path)
    expect(unitOfObjectPath(path)).toBe(name)
  })

  test('there and back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), name => {
        expect(unitObjectPath(name)).toMatch(/^\/org\/freedesktop\/systemd1\/unit\/[A-Za-z0-9_]+$/)
        expect(unitOfObjectPath(unitObjectPath(name))).toBe(name)
      }),
      { numRuns: 1000 },
    )
    expect(unitOfObjectPath('/org/freedesktop/systemd1/job/7')).toBeNull()
  })
})
