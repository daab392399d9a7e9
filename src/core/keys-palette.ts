import { aimedAt, pressAt, withMarks } from './aimed.ts'
import { pressInGrid } from './keys-grid.ts'
import { pressInLog } from './keys-log.ts'
import { choose } from './keys-publish.ts'
import { chosenIn, foundIn, type PaletteEntry, whyNotRun } from './palette.ts'
import { nameOf } from './palette-entries.ts'
import { only, type Pressed, say, withDialog } from './pressed.ts'
import { sortBy } from './row-order.ts'
import type { Dialog, State } from './state.ts'
import { withTyped } from './typed.ts'

type Palette = Extract<Dialog, { kind: 'palette' }>

/** Keys while the palette is open: every character narrows at once, Enter runs what a key would run. */
export const pressInPalette = (state: State, dialog: Palette, key: string): Pressed => {
  const found = foundIn(state, dialog.query)
  const by = { down: 1, tab: 1, up: -1, pagedown: 10, pageup: -10, home: -Infinity, end: Infinity }[key]
  if (by !== undefined) {
    const index = Math.max(0, Math.min(found.length - 1, chosenIn(found, dialog.chosen) + by))
    const entry = found[index]
    return only(withDialog(state, { ...dialog, chosen: entry === undefined ? null : nameOf(entry) }))
  }
  if (key !== 'enter')
    return only(withDialog(state, { ...dialog, query: withTyped(dialog.query, key) ?? dialog.query, chosen: null }))
  const entry = found[chosenIn(found, dialog.chosen)]
  if (entry === undefined) return only(say(state, 'Nothing matches; Backspace widens the search.'))
  const why = whyNotRun(state, entry)
  return why === null ? run(withDialog(state, null), entry) : only(say(state, `${entry.words}: ${why}`))
}

const run = (state: State, { act }: PaletteEntry): Pressed => {
  switch (act.kind) {
    case 'key':
      return act.paper === null ? pressInGrid(state, act.key) : pressAt(state, act.paper, act.key)
    case 'log':
      return runInLog(state, act.key)
    case 'go':
      return withMarks(state, only(aimedAt(state, act.paper)))
    case 'sort':
      return only({ ...state, ui: { ...state.ui, sort: sortBy(act.column) } })
    case 'publish':
      return choose(state, act.choice)
  }
}

/** Its key, pressed in the log, which has the keys from then on. */
const runInLog = (state: State, key: string): Pressed => {
  const focused: State = { ...state, ui: { ...state.ui, focus: 'log', front: 'log' } }
  return (focused.log === null ? null : pressInLog(focused, focused.log, key)) ?? only(focused)
}
