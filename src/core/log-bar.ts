import { type Line, line, span } from './line.ts'
import { logKeys } from './log-keys.ts'
import { countOf, type LogPane, type Prompt } from './log-pane.ts'
import { hitAt } from './log-scope.ts'
import { cursorOf } from './log-walk.ts'
import type { State } from './state.ts'
import { cells, fitEnd } from './text.ts'
import { shownTyped } from './typed.ts'

/** Key, words and why not, of each key of the focused log. */
export const logBarKeys = ({ log }: State): readonly (readonly [string, string, string | null])[] =>
  log === null ? [] : logKeys.map(({ key, name, disabled }) => [key, name(log), disabled?.(log) ?? null])

/** The keys of a log for the help. */
export const logHelp = ({ log }: State): readonly (readonly [string, string])[] =>
  log === null ? [] : logKeys.filter(({ key }) => key !== 'Tab').map(({ key, title }) => [key, title])

/** What is being typed at a log, what came of it so far, and how to end it. Of what has no room its end is seen, where one types. */
export const promptLine = (log: LogPane, { kind, typed }: Prompt, columns: number): Line => {
  const sign = ` ${kind === 'save' && columns < 60 ? 'Save to ' : signs[kind]}`
  return line(
    span(sign, 'key'),
    span(`${fitEnd(shownTyped(typed), columns - cells(sign) - 1)}▏`),
    span(`   ${soFar(log, kind)}`, 'dim'),
  )
}

const signs = { find: '/', filter: '&', save: 'Save on this machine to ' } as const

const soFar = (log: LogPane, kind: Prompt['kind']): string => {
  if (kind === 'save') return 'Enter saves what is shown, Esc leaves'
  const pattern = kind === 'find' ? log.find : log.scope.filter
  const ends = kind === 'find' ? 'Enter keeps, then n N; Esc leaves' : 'Enter keeps, Esc leaves, ! inverts'
  if (pattern === null) return ends
  const { place, of } = hitAt(log, cursorOf(log) ?? -1)
  const found =
    kind === 'find' ? (of === 0 ? 'nothing' : `${place} of ${of}`) : `${countOf(log).toLocaleString('en')} lines`
  return `${found}${pattern.literal ? ', word for word' : ''}   ${ends}`
}
