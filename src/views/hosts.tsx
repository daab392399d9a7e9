import { Box, Text } from 'ink'
import { Table } from 'ink-table'
import type { PropsWithChildren } from 'react'
import { type HostRow, hostRows, type ProcessRow, processRows } from '../core/hosts-model.ts'
import type { State } from '../core/state.ts'
import { cells, fit } from '../core/text.ts'

type Rows = readonly (HostRow | ProcessRow)[]

/** Both hosts and what uses the GPUs: as tables where they fit whole, as plain columns where they do not. */
export const Hosts = ({ state, height }: { readonly state: State; readonly height: number }) => {
  const hosts = hostRows(state)
  const processes = processRows(state)
  const isRoomy = tableHeight(hosts) + tableHeight(processes) <= height
  const { ascii } = state.ui.options
  const room = Math.max(1, height - hosts.length - 2)
  const shown = processes.length <= room ? processes : processes.slice(0, room - 1)
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      {isRoomy ? <Framed rows={hosts} ascii={ascii} /> : <Columns rows={hosts} width={state.ui.columns} />}
      {processes.length === 0 && <Text dimColor> No process uses a GPU.</Text>}
      {processes.length > 0 && isRoomy && <Framed rows={processes} ascii={ascii} />}
      {processes.length > 0 && !isRoomy && <Columns rows={shown} width={state.ui.columns} />}
      {!isRoomy && shown.length < processes.length && (
        <Text dimColor> and {processes.length - shown.length} more GPU processes</Text>
      )}
    </Box>
  )
}

/** A line around each row, and the heading. */
const tableHeight = (rows: Rows): number => (rows.length === 0 ? 1 : 2 * rows.length + 3)

const Framed = ({ rows, ascii }: { readonly rows: Rows; readonly ascii: boolean }) => (
  <Box flexShrink={0} flexDirection="column">
    <Table data={[...rows] as Record<string, string | number>[]} skeleton={ascii ? AsciiSkeleton : Skeleton} />
  </Box>
)

const Columns = ({ rows, width }: { readonly rows: Rows; readonly width: number }) => {
  const names = Object.keys(rows[0] ?? {})
  const texts = [names, ...rows.map(row => Object.values(row).map(String))]
  const widths = names.map((_, at) => Math.max(...texts.map(row => cells(row[at] ?? ''))))
  return texts.map((row, at) => (
    <Text key={row.join()} dimColor={at === 0}>
      {fit(` ${row.map((text, column) => fit(text, widths[column] ?? 0)).join('  ')}`, width)}
    </Text>
  ))
}

const Skeleton = ({ children }: PropsWithChildren) => <Text dimColor>{children}</Text>

const AsciiSkeleton = ({ children }: PropsWithChildren) => (
  <Text>
    {String(children)
      .replace(/[─]/g, '-')
      .replace(/[│]/g, '|')
      .replace(/[┌┬┐├┼┤└┴┘]/g, '+')}
  </Text>
)
