import { age } from './age.ts'
import type { Level } from './facts.ts'
import type { Note } from './notification.ts'
import { lastOf } from './reading.ts'
import { judgedOf } from './rows.ts'
import { signOf } from './signs.ts'
import type { State } from './state.ts'

/**
 * Papers that were seen to be well and now fail: what an operator who looks elsewhere should hear. A paper that was failing when the
 * console came, or that somebody restarts just now, is no news.
 */
export const turnedFailing = (before: State, after: State): readonly string[] => {
  if (before.observed === after.observed && before.at === after.at) return []
  const was = new Map(judgedOf(before).map(({ paper, verdict }) => [paper.id, verdict.level]))
  return judgedOf(after).flatMap(({ paper, verdict }) =>
    verdict.level === 'failing' && isNews(was.get(paper.id)) ? [paper.id] : [],
  )
}

const isNews = (level: Level | undefined): boolean =>
  level === 'ok' || level === 'degraded' || level === 'drift' || level === 'starting'

/** In words for who does not see the screen: with several papers their names, with one what it is called and why it fails. */
export const alarmOf = (state: State, ids: readonly string[]): Note => {
  const one = ids.length === 1 ? judgedOf(state).find(({ paper }) => paper.id === ids[0]) : undefined
  const what =
    one?.again === undefined
      ? 'turned failing'
      : `failed again, ${age(one.again.after)} after its ${one.again.operation}`
  const headline = `${ids.length > 3 ? `${ids.length} papers` : ids.join(', ')} ${what}`
  const title = one === undefined ? undefined : lastOf(one.paper.entry)?.title
  return { headline, detail: [title, one?.verdict.cause].filter(part => (part ?? '') !== '').join(': ') }
}

/** The terminal's title: how many papers there are, and what is not well. */
export const windowTitle = (state: State): string => {
  const counts = new Map<Level, number>()
  for (const { verdict } of judgedOf(state)) counts.set(verdict.level, (counts.get(verdict.level) ?? 0) + 1)
  const bad = (['failing', 'drift', 'degraded'] as const).flatMap(level =>
    counts.has(level) ? [`${counts.get(level)} ${signOf(level, state.ui.options.ascii)}`] : [],
  )
  return ['papergen', ...bad].join('  ')
}
