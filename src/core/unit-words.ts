import type { UnitFacts } from './facts.ts'

/** Why the unit's process ended, in words: `exit 1, failed 5 times; systemd gave up`. */
export const exitWords = (unit: UnitFacts): string => {
  const times = timesFailed(unit)
  const often = times > 1 ? `, failed ${times} times` : ''
  return `${endWords(unit)}${often}${afterwards(unit)}`
}

/** The unit file's StartLimitBurst. */
const startLimit = 5

/** systemd's own exit statuses (systemd.exec(5)) a paper can meet. */
const ownStatus: Readonly<Record<number, string>> = {
  200: '200/CHDIR: the folder of the release is not there',
  203: '203/EXEC: marimo is not there or cannot be run',
  216: '216/GROUP: the group it runs as does not exist',
  217: '217/USER: the user it runs as does not exist',
  226: '226/NAMESPACE: a folder of its sandbox is not there',
}

const signals: Readonly<Record<number, string>> = { 4: 'ILL', 6: 'ABRT', 7: 'BUS', 9: 'KILL', 11: 'SEGV', 15: 'TERM' }

const endWords = ({ result, exitStatus }: UnitFacts): string => {
  switch (result) {
    case 'oom-kill':
      return 'killed because memory ran out (oom-kill)'
    case 'signal':
      return `killed by ${signalWords(exitStatus)}`
    case 'core-dump':
      return `crashed with ${signalWords(exitStatus)}`
    case 'timeout':
      return 'did not start or stop in time'
    case 'resources':
      return 'systemd could not start it (resources)'
    default:
      return statusWords(result, exitStatus)
  }
}

const statusWords = (result: string | null, status: number | null): string => {
  if (status !== null && status !== 0) return ownStatus[status] ?? `exit ${status}`
  if (result === 'start-limit-hit') return 'started too often'
  return result === null || result === 'success' ? 'ended' : result
}

const signalWords = (signal: number | null): string => {
  if (signal === null) return 'a signal'
  const name = signals[signal]
  return name === undefined ? `signal ${signal}` : `signal ${signal} (${name})`
}

/** In auto-restart the coming start is not counted yet; after the last failure every restart was one more failure. */
const timesFailed = ({ state, restarts }: UnitFacts): number =>
  state === 'failed' ? Math.max(1, restarts ?? 1) : (restarts ?? 0) + 1

/** A start by hand counts for the limit too: systemd may stop trying before it restarted so often by itself. */
const afterwards = (unit: UnitFacts): string => {
  if (gaveUp(unit)) return '; systemd gave up (start limit)'
  return unit.state === 'failed' && (unit.restarts ?? 0) > 0 ? '; systemd tries no more' : ''
}

const gaveUp = ({ state, result, restarts }: UnitFacts): boolean =>
  result === 'start-limit-hit' || (state === 'failed' && (restarts ?? 0) >= startLimit)
