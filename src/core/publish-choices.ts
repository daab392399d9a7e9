import { age } from './age.ts'
import { defaultPaperId } from './paper.ts'
import { lastOf } from './reading.ts'
import type { State } from './state.ts'

/** A notebook as the publish dialog offers it. */
export type Choice = {
  readonly path: string
  readonly id: string | null
  /** `new`, `live`, `live, changed since`. */
  readonly standing: string
  readonly changed: string
  /** Why it cannot be published from here; known before anybody tries. */
  readonly refused: string | null
  readonly question: string
}

/** The notebooks that match, the ones that need a publish first. */
export const choicesOf = (state: State, filter: string): readonly Choice[] => {
  const wanted = filter.trim().toLowerCase()
  return (state.notebooks ?? [])
    .filter(({ path }) => path.toLowerCase().includes(wanted))
    .map(({ path, mtimeMs }) => choiceOf(state, path, mtimeMs))
    .sort((a, b) => rank(a) - rank(b) || (a.path < b.path ? -1 : 1))
}

const choiceOf = (state: State, path: string, mtimeMs: number): Choice => {
  const paper = [...state.observed.papers.values()].find(({ entry }) => lastOf(entry)?.notebook === path)
  const id = paper?.id ?? defaultPaperId(path)
  const changedSince = paper !== undefined && lastOf(paper.changedSincePublish) === true
  const viewers = paper === undefined ? null : (lastOf(paper.local)?.viewers ?? null)
  const standing = paper === undefined ? 'new' : changedSince ? 'live, changed since' : 'live'
  return {
    path,
    id,
    standing,
    changed: `${age(state.at - mtimeMs)} ago`,
    refused: id === null ? 'its name has no ASCII letter or digit; use papergen publish with --id' : null,
    question:
      paper === undefined
        ? `Publish ${path} as ${id}?`
        : `Update ${id} from ${path} without an outage? ${viewers === null ? 'Open sessions' : `${viewers} open sessions`} will start anew.`,
  }
}

const rank = ({ standing }: Choice): number => ['new', 'live, changed since', 'live'].indexOf(standing)
