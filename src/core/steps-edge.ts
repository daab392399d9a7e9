import * as byHand from './by-hand.ts'
import { routeWritten } from './effects.ts'
import { type Problem, problemOf, UndecidedError } from './errors.ts'
import type { RegistryEntry } from './facts.ts'
import type { World } from './ports.ts'
import { readEntries, writeRecord } from './record.ts'
import type { Step, StepContext } from './step.ts'
import { type Draft, entryOf, recordEffects, recordUndo } from './steps-gpu.ts'
import { onEdge, onGpu, putBack, type Undertaking } from './undertaking.ts'

/** The steps that the public sees, up to the commit point and behind it. */

/** Provisional until confirmed; its undo puts back the whole edge as it was. */
export const routeStep = (undertaking: Undertaking, port: number, name = 'route'): Step => ({
  name,
  title: `Route ${undertaking.id} to port ${port}, on trial`,
  effects: routeWritten(undertaking.world, undertaking.id, port),
  run: () => setRoute(undertaking, port),
  undo: putBack(
    undertaking,
    'Put the route back',
    () => onEdge(undertaking, edge => edge.undo()),
    // Only a paper that was not live before may lose its route.
    undertaking.begin.operation === 'publish'
      ? byHand.dropRoute(undertaking.world.config, undertaking.id)
      : byHand.repair(undertaking.id),
  ),
})

export const setRoute = async (undertaking: Undertaking, port: number): Promise<void> => {
  await undertaking.world.edgeEntry.setRoute(undertaking.id, port)
  undertaking.provisionalSince = undertaking.world.clock.elapsed()
}

/** Visitors go to the second unit of an update while the main one changes. Without the edge that goes on, only not without a gap. */
export const serveFromNext = async (undertaking: Undertaking, port: number, { say }: StepContext): Promise<void> => {
  try {
    await onEdge(undertaking, () => setRoute(undertaking, port))
  } catch (thrown) {
    say(`the route stays where it is: ${problemOf(thrown, 'route').kind}`)
  }
}

/** As `serveFromNext`, where there is time: visitors who are answered by the main unit do not lose it before the edge follows. */
export const serveFromNextOrStay = async (
  undertaking: Undertaking,
  ports: { readonly main: number | null; readonly next: number },
  { say }: StepContext,
): Promise<void> => {
  const { world, id } = undertaking
  try {
    await onEdge(undertaking, () => setRoute(undertaking, ports.next))
  } catch (thrown) {
    if (ports.main !== null && (await world.prober.local(id, ports.main)).ok) throw thrown
    say(`the route stays where it is, and nobody answers there: ${problemOf(thrown, 'route').kind}`)
  }
}

/** The index page with (or without) this paper, and the others that are published. */
export const indexStep = (undertaking: Undertaking, own: RegistryEntry | null): Step => {
  const { world, id } = undertaking
  const { edge } = world.config
  return {
    name: 'index',
    title: own === null ? `Take ${id} off the index page` : `List ${id} on the index page`,
    effects: [{ kind: 'write', host: edge.name, path: edge.index }],
    run: async ({ say }) => {
      // A page of somebody else lists nothing of ours, so there is nothing to take off.
      if (own === null && (await isForeignIndex(world))) return say('the index page is not papergen’s; left as it is')
      await world.edgeEntry.setIndex(world.texts.fragment(await listedWith(undertaking, own)))
      undertaking.provisionalSince = world.clock.elapsed()
    },
  }
}

export const isForeignIndex = async ({ edgeEntry, texts }: World): Promise<boolean> =>
  texts.readIndex(await edgeEntry.index()).origin === 'foreign'

/** The index page as it was; in an update the undo of its first route says the same for the whole edge. */
export const indexUndo = (undertaking: Undertaking): NonNullable<Step['undo']> =>
  putBack(
    undertaking,
    'Put the index page back',
    () => onEdge(undertaking, entry => entry.undo()),
    byHand.repair(undertaking.id),
  )

const listedWith = async ({ world, id }: Undertaking, own: RegistryEntry | null): Promise<readonly RegistryEntry[]> => {
  const entries = await readEntries(world)
  const others = entries.map(entry => (entry.id === id ? own : entry.pending ? null : entry))
  return others.filter(entry => entry !== null)
}

/** The registry entry as it stays. */
export const completeStep = (undertaking: Undertaking, draft: Draft, publishedAt: string): Step => ({
  name: 'complete',
  title: `Complete the registry entry of ${undertaking.id}`,
  effects: recordEffects(undertaking, draft),
  run: () => writeRecord(undertaking.world, entryOf(undertaking, draft, { pending: false, publishedAt })),
  undo: recordUndo(undertaking),
})

/** The commit point. A lost answer is asked for again; only when nobody can be asked it stays undecided. */
export const confirmStep = (undertaking: Undertaking): Step => {
  const { world, begin } = undertaking
  return {
    name: 'confirm',
    title: `Make it final on ${world.config.edge.name}`,
    effects: [{ kind: 'run', host: world.config.edge.name, command: `papergen-edge: confirm  (${begin.op})` }],
    commit: true,
    run: async ({ say }) => {
      try {
        await world.edgeEntry.confirm()
      } catch (thrown) {
        say('no clear answer; asking the edge what became of it')
        if ((await outcomeOf(undertaking, problemOf(thrown, 'confirm'))) !== 'confirmed') throw thrown
      }
      undertaking.provisionalSince = null
    },
  }
}

const outcomeOf = async (undertaking: Undertaking, problem: Problem) => {
  try {
    return await onEdge(undertaking, edge => edge.outcome(undertaking.begin.op))
  } catch {
    throw new UndecidedError(problem)
  }
}

const releasesKept = 5

/** Behind the commit point: old snapshots, the intent and the locks go. */
export const finishStep = (undertaking: Undertaking, release: string | null): Step => {
  const { world, id, begin } = undertaking
  return {
    name: 'finish',
    title: 'Tidy up and unlock both hosts',
    effects: [{ kind: 'remove', host: world.config.gpu.name, path: `state/intents/${begin.op}.json` }],
    run: async ({ say }) => {
      try {
        if (release !== null) await world.releases.prune(id, releasesKept, [release])
      } catch (thrown) {
        say(`old snapshots stay: ${problemOf(thrown, 'prune').kind}`)
      }
      // The intent goes before the edge forgets the outcome: without an intent, `repair` only goes forward.
      await world.intents.remove(begin.op)
      await onEdge(undertaking, edge => edge.end())
      await onGpu(undertaking, gpu => gpu.end())
    },
  }
}
