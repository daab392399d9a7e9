import { Box, Text } from 'ink'
import { Table } from 'ink-table'
import { type PropsWithChildren, useMemo } from 'react'
import type { HostRow } from '../core/hosts-lines.ts'
import type { Tone } from '../core/line.ts'
import type { Theme } from './theme.ts'

export type HostsProps = { readonly rows: readonly HostRow[]; readonly theme: Theme; readonly ascii: boolean }

/** Both hosts side by side, where the screen has room for a table of them. */
export const Hosts = ({ rows, theme, ascii }: HostsProps) => {
  const parts = useMemo(() => partsIn(theme, ascii), [theme, ascii])
  return (
    <Box flexShrink={0} flexDirection="column">
      <Table data={[...rows]} {...parts} />
    </Box>
  )
}

const partsIn = (theme: Theme, ascii: boolean) => {
  const painted =
    (tone: Tone, shown = (text: string): string => text) =>
    ({ children }: PropsWithChildren) => <Text>{theme.paint(tone, shown(String(children)))}</Text>
  return { skeleton: painted('rule', ascii ? inAscii : undefined), header: painted('strong') }
}

const inAscii = (lines: string): string =>
  lines
    .replace(/[─]/g, '-')
    .replace(/[│]/g, '|')
    .replace(/[┌┬┐├┼┤└┴┘]/g, '+')
