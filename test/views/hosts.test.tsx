import { render } from 'ink-testing-library'
import { expect, test } from 'vitest'
import { initialState, type State } from '../../src/core/state.ts'
import { Hosts } from '../../src/views/hosts.tsx'
import { now, worldOf } from '../core/world.ts'

const stateOf = (ascii: boolean): State =>
  initialState(
    worldOf({}),
    now,
    { readOnly: false, ascii, color: false, zone: 0, note: null, site: 'https://learn.ericfromkorea.com/thesis/' },
    100,
    40,
  )

test('both hosts stand in a table, with link and state', () => {
  const { lastFrame, unmount } = render(<Hosts state={stateOf(false)} height={40} />)
  const frame = lastFrame() ?? ''
  unmount()
  expect(frame).toContain('GPU host')
  expect(frame).toContain('edge host')
  expect(frame).toMatch(/active, serves what is on disk/)
  expect(frame).toContain('┌')
  expect(Math.max(...frame.split('\n').map(line => line.length))).toBeLessThanOrEqual(100)
})

test('--ascii draws the table with ASCII alone', () => {
  const { lastFrame, unmount } = render(<Hosts state={stateOf(true)} height={40} />)
  const frame = lastFrame() ?? ''
  unmount()
  expect(frame).toContain('+--')
  expect([...frame].filter(character => character > '\u007e')).toEqual([])
})
