import { ago } from './age.ts'
import type { PaperFacts } from './facts.ts'
import { fuzzy } from './fuzzy.ts'
import { defaultPaperId, isPaperId } from './paper.ts'
import type { NotebookFile } from './ports.ts'
import { lastOf } from './reading.ts'
import { sessionWords } from './session-words.ts'
import { isOperationInFront, type State } from './state.ts'
import { oneLine } from './text.ts'

/** How a notebook stands, those first that want a publish. */
const standings = ['new', 'new, failed', 'published, changed', 'published', 'no notebook'] as const
export type Standing = (typeof standings)[number]

/** A notebook as the publish dialog offers it. */
export type Choice = {
  readonly path: string
  /** Empty for a file that is no notebook. */
  readonly title: string
  readonly id: string | null
  readonly standing: Standing
  readonly changed: string
  /** Why it cannot be published from here; known before anybody tries. */
  readonly refused: string | null
  /** Why an id must be named for it first; null when it has one. */
  readonly nameless: string | null
  readonly question: string
}

/** The notebooks that match; the best match first, and without a search what needs a publish. */
export const choicesOf = (state: State, filter: string): readonly Choice[] =>
  (state.notebooks ?? [])
    .map(notebook => choiceOf(state, notebook))
    .flatMap(choice => {
      const match = fuzzy(filter, `${choice.path} ${choice.title}`)
      return match === null ? [] : [{ choice, score: filter.trim() === '' ? 0 : match.score }]
    })
    .sort((a, b) => b.score - a.score || rank(a.choice) - rank(b.choice) || (a.choice.path < b.choice.path ? -1 : 1))
    .map(({ choice }) => choice)

/** The choice its cursor is on. Until it is moved that is the notebook of the paper one comes from, if that asks for a publish. */
export const chosenIn = (
  state: State,
  { index, filter }: { readonly index: number | null; readonly filter: string },
  choices: readonly Choice[],
): number => {
  if (index !== null || filter.trim() !== '') return index ?? 0
  const from = (isOperationInFront(state) ? state.operation?.id : null) ?? state.ui.cursor
  return Math.max(
    0,
    choices.findIndex(({ id, standing, refused }) => id === from && standing !== 'published' && refused === null),
  )
}

const choiceOf = (state: State, { path, mtimeMs, title }: NotebookFile): Choice => {
  const { papers } = state.observed
  const usual = defaultPaperId(path)
  const paper = publishedFrom(papers).get(path) ?? adopted(papers, usual)
  const id = paper?.id ?? usual
  const changedSince = paper !== undefined && lastOf(paper.changedSincePublish) === true
  const standing = paper === undefined ? newWords(state, id) : changedSince ? 'published, changed' : 'published'
  return {
    ...{ path, title: oneLine(title ?? ''), id, changed: ago(state.at - mtimeMs) },
    standing: title === null ? 'no notebook' : standing,
    refused: title === null ? 'there is no marimo.App in it' : whyRefused(paper),
    nameless: paper === undefined ? whyNameless(papers, id) : null,
    question: questionFor(paper, path, id),
  }
}

/** A notebook that this session tried in vain to publish is no news. */
const newWords = ({ ran }: State, id: string | null): Standing => {
  const last = ran.findLast(({ report }) => report.id === id)?.report
  return last?.operation === 'publish' && last.outcome.kind !== 'done' ? 'new, failed' : 'new'
}

const whyRefused = (paper: PaperFacts | undefined): string | null =>
  paper === undefined || isPaperId(paper.id) ? null : `${JSON.stringify(paper.id)} is no id papergen acts on`

/** Publishing it under the id of another notebook's paper would replace that one. */
const whyNameless = (papers: Papers, id: string | null): string | null => {
  if (id === null) return 'its name has no ASCII letter or digit'
  const other = papers.get(id)
  const from = other === undefined ? null : notebookOf(other)
  return from === null ? null : `${id} is published from ${oneLine(from)}`
}

const notebookOf = ({ entry }: PaperFacts): string | null => lastOf(entry)?.notebook ?? null

type Papers = State['observed']['papers']

/** What the older code published says not of what notebook; its id does. */
const adopted = (papers: Papers, id: string | null): PaperFacts | undefined => {
  const paper = papers.get(id ?? '')
  return paper !== undefined && lastOf(paper.entry) != null && notebookOf(paper) === null ? paper : undefined
}

/** Which paper is published from which notebook; of two from the same the first. */
const publishedFrom = (papers: Papers): ReadonlyMap<string | null, PaperFacts> => {
  const before = sources.get(papers)
  if (before !== undefined) return before
  const source = new Map([...papers.values()].reverse().map(paper => [notebookOf(paper), paper] as const))
  sources.set(papers, source)
  return source
}

// A thousand notebooks each ask for theirs among a thousand papers.
const sources = new WeakMap<Papers, ReadonlyMap<string | null, PaperFacts>>()

const questionFor = (paper: PaperFacts | undefined, path: string, id: string | null): string => {
  if (paper === undefined) return `Publish ${path} as ${id}?`
  const sessions = sessionWords(lastOf(paper.local)?.viewers ?? null)
  const same = lastOf(paper.changedSincePublish) === false ? ', unchanged since its publish' : ''
  return `Update ${id} from ${path}${same}? No request fails meanwhile; ${sessions}.`
}

/** The question for an id that somebody named: a paper that is there already would be replaced, which is said. */
export const questionNamed = ({ observed }: State, path: string, id: string): string => {
  const paper = observed.papers.get(id)
  const from = paper === undefined ? null : notebookOf(paper)
  return questionFor(paper, path, id) + (from === null ? '' : ` Until now it was published from ${from}.`)
}

const rank = ({ standing }: Choice): number => standings.indexOf(standing)
