import { Box, Text } from 'ink'
import { Table } from 'ink-table'
import type { PropsWithChildren } from 'react'
import { hostRows, processRows } from '../core/hosts-model.ts'
import type { State } from '../core/state.ts'

/** Both hosts and what uses the GPUs, as small still tables. */
export const Hosts = ({ state, height }: { readonly state: State; readonly height: number }) => {
  const hosts = hostRows(state)
  const processes = processRows(state).slice(0, Math.max(0, height - 24))
  const skeleton = state.ui.options.ascii ? AsciiSkeleton : Skeleton
  return (
    <Box flexDirection="column" height={height} overflow="hidden">
      <Table data={hosts} skeleton={skeleton} />
      {processes.length === 0 ? (
        <Text dimColor> No process uses a GPU.</Text>
      ) : (
        <Table data={processes} skeleton={skeleton} />
      )}
    </Box>
  )
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
