import { Box, Text, useApp, useInput, useWindowSize } from 'ink'
import { memo, useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { headerLines } from '../core/header.ts'
import { hostsTable, tableHeight } from '../core/hosts-lines.ts'
import { screenLines } from '../core/screen.ts'
import { themeOf } from '../core/state.ts'
import type { ConsoleStore } from '../store.ts'
import { Hosts } from './hosts.tsx'
import { keysOf } from './keyboard.ts'
import { createTheme } from './theme.ts'

export type AppProps = {
  readonly store: ConsoleStore
  readonly onKey: (key: string) => void
  /** Called with the number of keys handled when what they changed was rendered. */
  readonly onDrawn: (handled: number) => void
  /** Called once there is something to suspend. */
  readonly onMounted: (suspend: SuspendTerminal) => void
}

/** Gives the terminal back until it is resumed. */
export type SuspendTerminal = ReturnType<typeof useApp>['suspendTerminal']

/** The whole screen: one memoised text a line, because every frame of Ink costs what is mounted. */
export const App = ({ store, onKey, onDrawn, onMounted }: AppProps) => {
  const state = useStore(store.api)
  const { columns, rows } = useWindowSize()
  const name = themeOf(state)
  const { color } = state.ui.options
  const theme = useMemo(() => createTheme(name, color), [name, color])
  useEffect(() => store.dispatch({ type: 'resize', columns, rows }), [store, columns, rows])
  useEffect(() => onDrawn(state.handled), [state.handled, onDrawn])
  const { suspendTerminal } = useApp()
  useEffect(() => onMounted(suspendTerminal), [suspendTerminal, onMounted])
  useInput((input, key) => {
    for (const name of keysOf(input, key)) onKey(name)
  })
  const sized =
    state.ui.columns === columns && state.ui.rows === rows ? state : { ...state, ui: { ...state.ui, columns, rows } }
  const lines = screenLines(sized)
  // The host screen leaves the table's place blank below its heading.
  const above = headerLines(sized).length + 1
  const table = sized.ui.dialog?.kind === 'hosts' ? hostsTable(sized, rows - above - 1) : null
  const below = table === null ? above : above + tableHeight(table)
  // No width of its own: what Ink draws between a resize and the next state must not be wider than the terminal.
  return (
    <Box flexDirection="column" height={rows}>
      {lines.slice(0, above).map((line, row) => (
        <Row key={row} text={theme.line(line)} />
      ))}
      {table !== null && <Hosts rows={table} theme={theme} ascii={sized.ui.options.ascii} />}
      {lines.slice(below).map((line, row) => (
        <Row key={below + row} text={theme.line(line)} />
      ))}
    </Box>
  )
}

const Row = memo(({ text }: { readonly text: string }) => <Text wrap="truncate">{text === '' ? ' ' : text}</Text>)
