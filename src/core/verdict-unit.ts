import { age, ago } from './age.ts'
import { holderWords } from './drift.ts'
import type { PaperFacts, UnitFacts, Verdict } from './facts.ts'
import { lastOf, type Reading } from './reading.ts'
import { exitWords } from './unit-words.ts'

/** What is wrong on the GPU host: unit, process, local HTTP. Null when nothing is, or nothing is known. */
export const unitTrouble = (paper: PaperFacts, at: number): Verdict | null => {
  const unit = lastOf(paper.unit)
  if (unit === undefined || unit === null) return null
  switch (unit.state) {
    case 'failed':
    case 'maintenance':
      return broken(paper, unit, at)
    case 'activating':
      return unit.sub === 'auto-restart' ? broken(paper, unit, at) : starting('unit', `starting${forWords(unit, at)}`)
    case 'deactivating':
      return { level: 'stopped', hop: 'unit', cause: 'being stopped', fix: null }
    case 'inactive':
    case 'not-found':
      return stopped(unit, at)
    default:
      return running(paper, unit, at)
  }
}

/** Whether an answer tells of the unit's present run; one from before its start does not. */
export const isOfThisRun = (paper: PaperFacts, answer: Reading<unknown>): boolean => {
  const since = lastOf(paper.unit)?.since ?? null
  return answer.kind !== 'never' && (since === null || answer.at >= since)
}

/** Within its start-up time: it may still be loading what it needs. */
export const isStartingUp = (paper: PaperFacts, at: number): boolean => {
  const unit = lastOf(paper.unit)
  return unit?.state === 'active' && unit.since !== null && at - unit.since < startUpTime
}

const startUpTime = 90_000

const broken = (paper: PaperFacts, unit: UnitFacts, at: number): Verdict => {
  const exception = lastOf(paper.cells)?.exception ?? null
  const when = unit.since === null ? '' : `, ${ago(at - unit.since)}`
  const exit = exitWords(unit) + when
  const ended = exception === null ? exit : `${exception} (${exit})`
  const hop = unit.state === 'activating' ? 'process' : 'unit'
  if (lastOf(paper.listener)?.kind !== 'foreign') return { level: 'failing', hop, cause: ended, fix: 'restart' }
  const cause = `port ${lastOf(paper.entry)?.port ?? '?'} is held by ${holderWords(paper)}: ${ended}`
  return { level: 'failing', hop: 'process', cause, fix: 'restart' }
}

const stopped = (unit: UnitFacts, at: number): Verdict =>
  unit.enabled === false
    ? { level: 'stopped', hop: 'unit', cause: `${stopWords(unit, at)}, and not enabled`, fix: 'repair' }
    : { level: 'stopped', hop: 'unit', cause: stopWords(unit, at), fix: 'restart' }

/** A clean end by SIGTERM is somebody's wish; a program that ends by itself has a status of its own. */
const stopWords = ({ since, exitStatus }: UnitFacts, at: number): string => {
  if (since === null) return 'stopped: systemd remembers no run of it'
  const when = ago(at - since)
  if (exitStatus !== null && sigterm.includes(exitStatus)) return `stopped by hand ${when} (systemctl stop, or kill)`
  return exitStatus === 0 ? `stopped ${when}: it ended by itself (exit 0)` : `stopped ${when}`
}

/** As a signal, and as the exit status a shell makes of it. */
const sigterm: readonly number[] = [15, 143]

const running = (paper: PaperFacts, unit: UnitFacts, at: number): Verdict | null => {
  const local = lastOf(paper.local)
  if (local === undefined) return null
  if (!isOfThisRun(paper, paper.local)) {
    return isStartingUp(paper, at) ? starting('local', `started, not asked yet${forWords(unit, at)}`) : null
  }
  if (local.ok) return null
  const listener = lastOf(paper.listener)
  if (listener?.kind === 'foreign') {
    const cause = `port ${lastOf(paper.entry)?.port ?? '?'} is held by ${holderWords(paper)}, not by its unit`
    return { level: 'failing', hop: 'process', cause, fix: 'restart' }
  }
  const port = lastOf(paper.entry)?.port
  const served = lastOf(paper.unitFile)?.port ?? port
  if (port !== undefined && served !== port) {
    return { level: 'drift', hop: 'unit', cause: `unit on ${served}, the registry says ${port}`, fix: 'repair' }
  }
  const answer = local.status === null ? (local.error ?? 'no answer') : `answers ${local.status}`
  if (isStartingUp(paper, at)) return starting('local', `starting${forWords(unit, at)} (local HTTP: ${answer})`)
  return silent(paper, unit, answer, at)
}

const silent = (paper: PaperFacts, unit: UnitFacts, answer: string, at: number): Verdict => {
  const after = unit.since === null ? '' : `, ${age(at - unit.since)} after its start`
  return lastOf(paper.listener)?.kind === 'nobody'
    ? { level: 'failing', hop: 'process', cause: `runs, but listens on no port${after}`, fix: 'restart' }
    : { level: 'failing', hop: 'local', cause: `local HTTP: ${answer}${after}`, fix: 'restart' }
}

const starting = (hop: 'unit' | 'local', cause: string): Verdict => ({ level: 'starting', hop, cause, fix: null })

const forWords = ({ since }: UnitFacts, at: number): string => (since === null ? '' : ` for ${age(at - since)}`)
