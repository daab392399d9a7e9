import { expect, test } from 'vitest'
import { themeOf } from '../../src/core/state.ts'
import { nextTheme, themeFor } from '../../src/core/themes.ts'
import { consoleOf, three, type } from './console-world.ts'

test.each([
  ['nothing said', undefined, 'dark'],
  ['black', '15;0', 'dark'],
  ['bright black', '15;8', 'dark'],
  ['light grey', '0;7', 'light'],
  ['white, with a field for the bold colour', '0;default;15', 'light'],
  ['the terminal cannot say', '0;default', 'dark'],
  ['no colour at all', 'dark;155', 'dark'],
] as const)('COLORFGBG with a background of %s (%s): %s', (_, said, theme) => {
  expect(themeFor('auto', said)).toBe(theme)
  expect(themeFor('high-contrast', said)).toBe('high-contrast')
})

test('T goes round, and says where it is', () => {
  const states = [1, 2, 3].map(times => type(consoleOf(three()), ...Array<string>(times).fill('T')).state)
  expect(states.map(themeOf)).toEqual(['light', 'high-contrast', 'dark'])
  expect(states.map(({ notice }) => notice?.text)).toEqual(['Theme: light', 'Theme: high-contrast', 'Theme: dark'])
  expect(nextTheme('high-contrast')).toBe('dark')
})

test('what is as configured is no choice of the operator', () => {
  const state = consoleOf(three(), { theme: 'high-contrast' })
  expect(type(state, 'T').state.ui.theme).toBe('dark')
  expect(type(state, 'T', 'T', 'T').state.ui.theme).toBeNull()
})

test('without colours there is nothing to choose', () => {
  const { state } = type(consoleOf(three(), { color: false }), 'T')
  expect([state.ui.theme, state.notice?.text]).toEqual([null, 'T theme: colours are off'])
})
