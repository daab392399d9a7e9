import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { unitIdOf } from '../core/paper.ts'
import { execStart } from '../core/unit.ts'
import type { Journal } from './journal.ts'
import type { Exit, Launch, Running } from './running.ts'
import { endingOf } from './unit-ending.ts'

export type UnitState = 'active' | 'inactive' | 'failed' | 'deactivating'

export type Unit = {
  readonly name: string
  state: UnitState
  sub: string
  result: string
  exit: Exit | null
  /** Milliseconds since the epoch; null: never active. */
  since: number | null
  enabled: boolean
  invocation: string | null
  /** Which run this is: 1 for the first. */
  runs: number
  running: Running | null
}

export type SystemdOptions = {
  /** Where the unit files lie. */
  readonly folder: string
  readonly journal: Journal
  readonly launch: (launch: Launch) => Promise<Running>
}

export type Systemd = ReturnType<typeof createSystemd>

/**
 * A stand-in for systemd's user manager: it runs what the unit files say as real processes and remembers how they end. It heeds
 * `ExecStart` and `WorkingDirectory` and starts nothing again by itself: a dead paper stays dead until somebody restarts it.
 */
export const createSystemd = ({ folder, journal, launch }: SystemdOptions) => {
  const units = new Map<string, Unit>()
  const changed = new Set<(unit: Unit) => void>()
  const reloaded = new Set<() => void>()

  const jobs = new Map<string, Promise<void>>()
  /** One job of a unit after the other: what is starting cannot be stopped yet. */
  const inTurn = (name: string, job: () => Promise<void>): Promise<void> => {
    const done = (jobs.get(name) ?? Promise.resolve()).then(job)
    jobs.set(
      name,
      done.catch(() => {}),
    )
    return done
  }
  const text = (name: string): string | null => {
    const path = join(folder, name)
    return existsSync(path) ? readFileSync(path, 'utf8') : null
  }
  const unit = (name: string): Unit => {
    const known = units.get(name)
    if (known !== undefined) return known
    const fresh = { ...untouched, name }
    units.set(name, fresh)
    return fresh
  }
  const become = (of: Unit, now: Partial<Unit>): void => {
    Object.assign(of, now)
    for (const heard of changed) heard(of)
  }
  const note = (of: Unit, words: string, priority = 6): void =>
    journal.write({ unit: of.name, text: words, priority, pid: 1, invocation: of.invocation, bySystemd: true })

  let isOver = false
  const start = async (name: string): Promise<void> => {
    const of = unit(name)
    if (of.running !== null) return
    if (isOver) throw new Error(`Failed to start ${name}: the host is shutting down.`)
    const file = text(name)
    if (file === null) throw new Error(`Failed to start ${name}: Unit ${name} not found.`)
    const invocation = randomBytes(16).toString('hex')
    Object.assign(of, { invocation, runs: of.runs + 1 })
    try {
      const running = await launch({
        id: unitIdOf(name) ?? name,
        argv: execStart(file),
        cwd: /^WorkingDirectory=(.*)$/m.exec(file)?.[1] ?? folder,
        run: of.runs,
        env: { PAPERGEN_DEMO_RUN: String(of.runs), PYTHONUNBUFFERED: '1' },
        say: (line, pid) => journal.write({ unit: name, text: line, priority: 6, pid, invocation, bySystemd: false }),
      })
      become(of, { state: 'active', sub: 'running', result: 'success', exit: null, since: Date.now(), running })
      note(of, `Started ${name} - papergen paper ${unitIdOf(name)}.`)
      void running.ended.then(exit => hasEnded(of, running, exit))
      if (isOver) running.stop(true)
    } catch (thrown) {
      const exit = { code: 203, signal: null }
      become(of, { state: 'failed', sub: 'failed', result: 'exit-code', exit, since: Date.now() })
      note(of, `Failed to start ${name}: ${thrown instanceof Error ? thrown.message : thrown}`, 3)
      throw new Error(`Job for ${name} failed because the control process exited with error code.`)
    }
  }

  const hasEnded = (of: Unit, running: Running, exit: Exit): void => {
    if (of.running !== running) return
    const { ending, says } = endingOf(of, exit)
    for (const [words, priority] of says) note(of, words, priority)
    become(of, { ...ending, exit, since: Date.now(), running: null })
  }

  const stop = async (name: string): Promise<void> => {
    const of = unit(name)
    const { running } = of
    if (running === null) return
    note(of, `Stopping ${name} - papergen paper ${unitIdOf(name)}...`)
    become(of, { state: 'deactivating', sub: 'stop-sigterm' })
    running.stop()
    const patience = setTimeout(() => running.stop(true), 15_000)
    await running.ended
    clearTimeout(patience)
    hasEnded(of, running, await running.ended)
  }

  return {
    unit,
    /** A unit file, as it lies there. */
    text,
    isInstalled: (name: string): boolean => existsSync(join(folder, name)),
    installed: (): readonly string[] => readdirSync(folder).filter(name => unitIdOf(name) !== null),
    loaded: (): readonly Unit[] => [...units.values()].filter(({ state }) => state !== 'inactive'),
    start: (name: string): Promise<void> => inTurn(name, () => start(name)),
    stop: (name: string): Promise<void> => inTurn(name, () => stop(name)),
    restart: (name: string): Promise<void> =>
      inTurn(name, async () => {
        await stop(name)
        await start(name)
      }),
    enable: (name: string, enabled: boolean): void => become(unit(name), { enabled }),
    resetFailed: (name: string): void => {
      const of = unit(name)
      if (of.state === 'failed') become(of, { state: 'inactive', sub: 'dead', result: 'success' })
    },
    reload: (): void => {
      for (const [name, of] of units) if (of.running === null && text(name) === null) units.delete(name)
      for (const heard of reloaded) heard()
    },
    onChange: (heard: (unit: Unit) => void): (() => void) => {
      changed.add(heard)
      return () => changed.delete(heard)
    },
    onReload: (heard: () => void): (() => void) => {
      reloaded.add(heard)
      return () => reloaded.delete(heard)
    },
    /** Everything ended, at once, and what was just starting with it. */
    end: async (): Promise<void> => {
      isOver = true
      const running = [...units.values()].flatMap(each => each.running ?? [])
      for (const each of running) each.stop(true)
      await Promise.all(jobs.values())
    },
  }
}

const untouched: Omit<Unit, 'name'> = {
  state: 'inactive',
  sub: 'dead',
  result: 'success',
  exit: null,
  since: null,
  enabled: false,
  invocation: null,
  runs: 0,
  running: null,
}
