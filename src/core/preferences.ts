import { columnNames } from './columns.ts'
import type { State, Ui } from './state.ts'
import { isThemeName } from './themes.ts'

/** What an operator arranged, remembered from one console to the next. */
export type Preferences = Pick<Ui, 'sort' | 'filter' | 'faultsOnly' | 'logGrowth' | 'theme'>

export const preferencesOf = ({ ui: { sort, filter, faultsOnly, logGrowth, theme } }: State): Preferences => ({
  sort,
  filter,
  faultsOnly,
  logGrowth,
  theme,
})

/** The state with what is remembered; what cannot be read is left as it is: it is a convenience, no record. */
export const withPreferences = (state: State, text: string | null): State => {
  const known = recordOf(text)
  const { sort, filter, faultsOnly, logGrowth, theme } = known
  const kept: Partial<Ui> = {
    ...(isSort(sort) ? { sort: { column: sort.column, descending: sort.descending } } : {}),
    ...(typeof filter === 'string' ? { filter } : {}),
    ...(typeof faultsOnly === 'boolean' ? { faultsOnly } : {}),
    ...(typeof logGrowth === 'number' && Math.abs(logGrowth) <= 20 ? { logGrowth: Math.round(logGrowth) } : {}),
    ...(isThemeName(theme) ? { theme } : {}),
  }
  return { ...state, ui: { ...state.ui, ...kept } }
}

const recordOf = (text: string | null): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

const isSort = (value: unknown): value is Ui['sort'] =>
  typeof value === 'object' &&
  value !== null &&
  columnNames.includes((value as Ui['sort']).column) &&
  typeof (value as Ui['sort']).descending === 'boolean'
