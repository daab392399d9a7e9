import { Box, Text } from 'ink'
import { Table } from 'ink-table'
import type { PropsWithChildren } from 'react'
import type { HostRow } from '../core/hosts-lines.ts'

/** Both hosts side by side, where the screen has room for a table of them. */
export const Hosts = ({ rows, ascii }: { readonly rows: readonly HostRow[]; readonly ascii: boolean }) => (
  <Box flexShrink={0} flexDirection="column">
    <Table data={[...rows]} skeleton={ascii ? AsciiSkeleton : Skeleton} />
  </Box>
)

const Skeleton = ({ children }: PropsWithChildren) => <Text dimColor>{children}</Text>

const AsciiSkeleton = ({ children }: PropsWithChildren) => (
  <Text>
    {String(children)
      .replace(/[─]/g, '-')
      .replace(/[│]/g, '|')
      .replace(/[┌┬┐├┼┤└┴┘]/g, '+')}
  </Text>
)
