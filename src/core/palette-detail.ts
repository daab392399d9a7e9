import { actions, targets } from './actions.ts'
import { gridKeys } from './grid-keys.ts'
import type { PaletteEntry } from './palette.ts'
import type { State } from './state.ts'

/** What stands beside an entry's words: the paper its key would act on, and what the words do not say themselves. */
export const detailOf = (
  state: State,
  { words, detail, act }: Pick<PaletteEntry, 'words' | 'detail' | 'act'>,
): string => {
  if (act.kind !== 'key' || act.paper !== null) return detail
  const rest = isRepeated(words, detail) ? '' : withoutName(words, detail)
  const target = targetOf(state, act.key)
  if (target === null) return rest
  // Which papers that is now is what the target says.
  const done = rest.replace(/, or all marked ones,?/, '')
  return done === '' || done.startsWith(`${words} `) ? target : `${target}: ${done}`
}

/** `quit  quit`, `help  this help`. */
const isRepeated = (words: string, detail: string): boolean => words === detail.replace(/^(the|this|a) /, '')

/** `past operations  past operations: who did what`. */
const withoutName = (words: string, detail: string): string =>
  detail.startsWith(`${words}: `) ? detail.slice(words.length + 2) : detail

/** Null for a key that acts on no paper. The journal of several marked papers is one log. */
const targetOf = (state: State, key: string): string | null => {
  if (gridKeys.find(each => each.key === key)?.ofPaper !== true) return null
  const isAction = actions.some(action => action.key === key)
  const chosen = targets(state)
  if (chosen.length > 1 && (isAction || key === 'l')) return `${chosen.length} marked papers`
  return isAction ? (chosen[0]?.paper.id ?? null) : state.ui.cursor
}
