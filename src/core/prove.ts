import { PapergenError } from './errors.ts'
import { frameIn, ofLastRun } from './evidence.ts'
import type { UnitFacts } from './facts.ts'
import { nameWords } from './next-step.ts'
import type { UnitId } from './paper.ts'
import type { World } from './ports.ts'
import type { StepContext } from './step.ts'
import { prolong, type Undertaking } from './undertaking.ts'

const startUp = 120_000
const lanPatience = 10_000
const publicPatience = 20_000
const pollEvery = 300
/** The edge puts a provisional state back after 60 s. */
const holdEvery = 20_000

/**
 * Waits up to 120 s until the unit's own socket answers `<base>/health`, and gives up early when systemd has.
 * @throws `step-failed` with the unit's last lines
 */
export const proveHealthy = async (
  undertaking: Undertaking,
  unit: UnitId,
  port: number,
  context: StepContext,
): Promise<void> => {
  const { world, id } = undertaking
  const former = (await world.units.unit(unit)).restarts ?? 0
  let seen = 'no answer yet'
  await waitUntil(undertaking, startUp, context, async late => {
    const facts = await world.units.unit(unit)
    const dead = deadBecause(facts, former)
    if (dead !== null) {
      await refuseForeign(world, unit, port)
      throw await unitFailed(undertaking, unit, dead)
    }
    const probe = await world.prober.local(id, port, context.signal)
    seen = probe.error ?? `status ${probe.status}`
    if (late) throw await unitFailed(undertaking, unit, `not healthy after ${startUp / 1000} s: ${seen}`)
    return probe.ok && (await isOurs(world, unit, port))
  })
  context.say(`papergen-${unit}.service answers on port ${port}`)
}

const deadBecause = ({ state, result, exitStatus, restarts }: UnitFacts, former: number): string | null => {
  // Between two runs systemd does not know it any more.
  const status = exitStatus === null ? '' : `, exit status ${exitStatus}`
  if (state === 'failed') return `the unit failed (${result ?? 'unknown'}${status})`
  if (state === 'inactive' || state === 'not-found') return `the unit is ${state}`
  return (restarts ?? 0) - former >= 2 ? `the unit crashes again and again${status}` : null
}

/** An answer proves nothing when it comes from somebody else's socket. */
const isOurs = async (world: World, unit: UnitId, port: number): Promise<boolean> =>
  (await refuseForeign(world, unit, port)) === 'unit'

/** A unit whose port somebody took between the look and its start dies of it: the notebook is not to blame. */
const refuseForeign = async (world: World, unit: UnitId, port: number): Promise<'unit' | 'nobody'> => {
  const listener = await world.gpuEntry.listener(unit, port)
  if (listener.kind !== 'foreign') return listener.kind
  const holder = `${listener.name ?? 'another process'} (${listener.pid})`
  const next = `end ${holder} on ${world.config.gpu.name} and run the operation again`
  throw stepFailed('health', `port ${port} is held by ${holder}`, await lastLines(world, unit), { next })
}

/** The hop edge -> GPU host. @throws `step-failed` after 10 s */
export const proveLan = async (undertaking: Undertaking, port: number, context: StepContext): Promise<void> => {
  const { world, id } = undertaking
  await waitUntil(undertaking, lanPatience, context, async late => {
    const probe = await world.prober.lan(id, port, context.signal)
    if (late && !probe.ok) throw stepFailed('lan', `the edge cannot reach port ${port}: ${probe.error ?? 'no answer'}`)
    return probe.ok
  })
}

/** The public page and its WebSocket hop. @throws `step-failed` after 20 s */
export const provePublic = async (undertaking: Undertaking, context: StepContext): Promise<void> => {
  const { world, id } = undertaking
  await waitUntil(undertaking, publicPatience, context, async late => {
    const probe = await world.prober.public(id, { websocket: true, signal: context.signal })
    const proved = probe.ok && probe.websocket === true
    const why = probe.ok ? 'the WebSocket hop does not answer' : (probe.error ?? `${probe.kind} ${probe.status ?? ''}`)
    const more = probe.kind === 'dns' ? { next: nameWords(world.config.edge.name) } : {}
    if (late && !proved) throw stepFailed('public', `${world.config.site.url}${id}/: ${why}`, [], more)
    return proved
  })
}

/** That the public page is gone: answered, and not by the paper. @throws `step-failed` after 20 s */
export const proveGone = async (undertaking: Undertaking, context: StepContext): Promise<void> => {
  const { world, id } = undertaking
  await waitUntil(undertaking, publicPatience, context, async late => {
    const probe = await world.prober.public(id, { signal: context.signal })
    const gone = ['client-error', 'redirect', 'wrong-paper'].includes(probe.kind)
    if (late && !gone)
      throw stepFailed('gone', `${world.config.site.url}${id}/ still answers ${probe.status ?? probe.kind}`)
    return gone
  })
}

/** Polls until proved, prolonging what is provisional on the edge. `late` tells the last look. */
const waitUntil = async (
  undertaking: Undertaking,
  patience: number,
  { signal }: StepContext,
  isProved: (late: boolean) => Promise<boolean>,
): Promise<void> => {
  const { clock } = undertaking.world
  const until = clock.elapsed() + patience
  while (!(await isProved(clock.elapsed() >= until))) {
    await hold(undertaking)
    await clock.sleep(pollEvery, signal)
  }
}

const hold = async (undertaking: Undertaking): Promise<void> => {
  const since = undertaking.provisionalSince
  if (since === null || undertaking.world.clock.elapsed() - since < holdEvery) return
  await prolong(undertaking)
}

const unitFailed = async (undertaking: Undertaking, unit: UnitId, why: string): Promise<PapergenError> => {
  const evidence = await lastLines(undertaking.world, unit)
  // The second unit of an update has no journal one could ask for.
  const journal = unit === undertaking.id ? { journalOf: unit } : {}
  return stepFailed('health', why, evidence, { next: nextAfter(undertaking, evidence), ...journal })
}

/** What to mend and to publish: the very line, where the paper's last words name one of the project. */
const nextAfter = ({ world, intent: { notebook } }: Undertaking, evidence: readonly string[]): string => {
  if (notebook === null) return 'mend the cause and run the operation again'
  const frame = frameIn(evidence, world.config.gpu.project, notebook)
  if (frame === null) return `mend ${notebook} and publish it again`
  const what = frame.file === notebook ? 'it' : notebook
  return `mend ${frame.file}, line ${frame.line}, and publish ${what} again`
}

const lastLines = async (world: World, unit: UnitId): Promise<readonly string[]> => {
  const query = { unit, source: 'journal', lines: 15, follow: false, since: null, priority: null } as const
  const lines: string[] = []
  try {
    const entries = world.journal.read({ ...query, afterCursor: null, invocation: null }, new AbortController().signal)
    for await (const entry of entries) lines.push(entry.text)
  } catch {
    // Evidence is a courtesy; the failure itself is told without it.
  }
  return ofLastRun(lines.slice(-15))
}

const stepFailed = (
  step: string,
  why: string,
  evidence: readonly string[] = [],
  more: { readonly next?: string; readonly journalOf?: string } = {},
): PapergenError => new PapergenError({ kind: 'step-failed', step, why, evidence, ...more })
