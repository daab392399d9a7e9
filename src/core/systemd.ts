import type { UnitFacts, UnitState } from './facts.ts'
import { unitIdOf } from './paper.ts'
import { momentOf } from './time-of-day.ts'

/** Properties of one D-Bus interface as dbus-native gives them with plain values: numbers may be bigint, bytes a Buffer. */
export type Properties = Readonly<Record<string, unknown>>

/**
 * @param name whole unit name, `papergen-attention.service`
 * @param unit properties of org.freedesktop.systemd1.Unit
 * @param service properties of org.freedesktop.systemd1.Service
 */
export const unitFacts = (name: string, unit: Properties, service: Properties): UnitFacts => ({
  unit: unitIdOf(name) ?? name,
  state: stateOf(unit),
  sub: textOf(unit.SubState),
  result: textOf(service.Result),
  restarts: numberOf(service.NRestarts),
  // Until a main process has ended there is no status, and systemd says 0.
  exitStatus: numberOf(service.ExecMainCode) === 0 ? null : numberOf(service.ExecMainStatus),
  since: timeOf(unit.StateChangeTimestamp),
  mainPid: numberOf(service.MainPID) || null,
  memoryBytes: numberOf(service.MemoryCurrent),
  enabled: enabledOf(unit.UnitFileState),
  controlGroup: textOf(service.ControlGroup),
  invocation: hexOf(unit.InvocationID),
  needsReload: unit.NeedDaemonReload === true,
})

/** `papergen-ok.service` -> `/org/freedesktop/systemd1/unit/papergen_2dok_2eservice`. */
export const unitObjectPath = (name: string): string => `/org/freedesktop/systemd1/unit/${escapeLabel(name)}`

/** The unit's name in an object path; null for a path that is no unit's. */
export const unitOfObjectPath = (path: string): string | null => {
  const label = /^\/org\/freedesktop\/systemd1\/unit\/([A-Za-z0-9_]+)$/.exec(path)?.[1]
  return label === undefined
    ? null
    : Buffer.from(
        label.replace(/_([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
        'latin1',
      ).toString()
}

/**
 * Whether systemd gave up on restarting: `Result` may go on saying `exit-code`, so the number of restarts counts too.
 * @param burst the unit's StartLimitBurst
 */
export const startLimitHit = (unit: UnitFacts, burst = 5): boolean =>
  unit.state === 'failed' && (unit.result === 'start-limit-hit' || (unit.restarts ?? 0) >= burst)

const states: readonly string[] = [
  'active',
  'reloading',
  'inactive',
  'failed',
  'activating',
  'deactivating',
  'maintenance',
]

const stateOf = (unit: Properties): UnitState => {
  const state = textOf(unit.ActiveState)
  if (textOf(unit.LoadState) === 'not-found' && (state === 'inactive' || state === null)) return 'not-found'
  // systemd 254 and newer say `refreshing` for a kind of reload.
  return state !== null && states.includes(state) ? (state as UnitState) : 'reloading'
}

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null)

const unset = 18446744073709551615n

const numberOf = (value: unknown): number | null => {
  if (typeof value === 'bigint') return value === unset ? null : Number(value)
  if (typeof value === 'number') return value >= Number(unset) || !Number.isFinite(value) ? null : value
  return null
}

/** Microseconds since the epoch; 0 is never. */
const timeOf = (value: unknown): number | null => {
  const micro = numberOf(value)
  return micro === null || micro === 0 ? null : momentOf(Math.floor(micro / 1000))
}

const enabledOf = (value: unknown): boolean | null => {
  const state = textOf(value)
  return state === null ? null : /^enabled(-runtime)?$/.test(state)
}

const hexOf = (value: unknown): string | null => {
  if (!(value instanceof Uint8Array) && !Array.isArray(value)) return null
  const hex = Buffer.from(value as Uint8Array).toString('hex')
  return hex === '' || /^0+$/.test(hex) ? null : hex
}

const escapeLabel = (name: string): string =>
  [...Buffer.from(name)]
    .map((byte, at) => {
      const char = String.fromCharCode(byte)
      const plain = /[A-Za-z]/.test(char) || (at > 0 && /[0-9]/.test(char))
      return plain ? char : `_${byte.toString(16).padStart(2, '0')}`
    })
    .join('')
