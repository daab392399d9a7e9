import { Box, Text, useInput, useWindowSize } from 'ink'
import { memo, useEffect, useMemo } from 'react'
import { useStore } from 'zustand'
import { screenLines } from '../core/screen.ts'
import type { ConsoleStore } from '../store.ts'
import { keysOf } from './keyboard.ts'
import { createTheme, paintLine } from './theme.ts'

export type AppProps = {
  readonly store: ConsoleStore
  readonly onKey: (key: string) => void
}

/** The whole screen: one memoised text a line, because every frame of Ink costs what is mounted. */
export const App = ({ store, onKey }: AppProps) => {
  const state = useStore(store.api)
  const { columns, rows } = useWindowSize()
  const theme = useMemo(() => createTheme(state.ui.options.color), [state.ui.options.color])
  useEffect(() => store.dispatch({ type: 'resize', columns, rows }), [store, columns, rows])
  useInput((input, key) => {
    for (const name of keysOf(input, key)) onKey(name)
  })
  const sized =
    state.ui.columns === columns && state.ui.rows === rows ? state : { ...state, ui: { ...state.ui, columns, rows } }
  return (
    <Box flexDirection="column" height={rows} width={columns}>
      {screenLines(sized).map((line, row) => (
        <Row key={row} text={paintLine(theme, line)} />
      ))}
    </Box>
  )
}

const Row = memo(({ text }: { readonly text: string }) => <Text wrap="truncate">{text === '' ? ' ' : text}</Text>)
