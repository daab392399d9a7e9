import { render } from 'ink-testing-library'
import { expect, test } from 'vitest'
import { hostsTable, tableHeight } from '../../src/core/hosts-lines.ts'
import { Hosts } from '../../src/views/hosts.tsx'
import { createTheme } from '../../src/views/theme.ts'
import { consoleOf, three } from '../core/console-world.ts'

const drawn = (ascii: boolean): string[] => {
  const rows = hostsTable(consoleOf(three(), { ascii }, [100, 40]), 36)
  if (rows === null) throw new Error('there is no room for the table')
  const { lastFrame, unmount } = render(<Hosts rows={rows} theme={createTheme('dark', false)} ascii={ascii} />)
  const frame = (lastFrame() ?? '').split('\n')
  unmount()
  expect(frame).toHaveLength(tableHeight(rows))
  return frame
}

test('both hosts stand in a table, as high and no wider than it was counted', () => {
  const frame = drawn(false)
  expect(frame.join('\n')).toMatch(/│ +│ son-pro6000 \(GPU host\) │ son-wtr \(edge\)/)
  expect(frame.join('\n')).toContain('active, serves what is on disk')
  expect(Math.max(...frame.map(line => line.length))).toBeLessThanOrEqual(100)
})

test('--ascii draws the table with ASCII alone', () => {
  const frame = drawn(true).join('\n')
  expect(frame).toContain('+--')
  expect([...frame].filter(character => character > '\u007e')).toEqual([])
})
