import { expect, test } from 'vitest'
import { preferencesOf, withPreferences } from '../../src/core/preferences.ts'
import { consoleOf, three, type } from './console-world.ts'

test('what was arranged is found again', () => {
  const arranged = type(consoleOf(three()), 's', 'S', 'l', '+', 'l', 'f', 'T', '/', 'f', 'l', 'enter').state
  const again = withPreferences(consoleOf(three()), JSON.stringify(preferencesOf(arranged)))
  expect(preferencesOf(again)).toEqual(preferencesOf(arranged))
  expect(preferencesOf(again)).toEqual({
    ...{ sort: { column: 'paper', descending: true }, filter: 'fl', faultsOnly: true, logGrowth: 2 },
    theme: 'light',
  })
})

test.each([
  ['nothing', null],
  ['no JSON', '{"sort":'],
  ['another kind of JSON', '[1]'],
  ['null', 'null'],
  [
    'values of other kinds',
    '{"sort":{"column":"colour","descending":1},"filter":3,"faultsOnly":"yes","logGrowth":1e9,"theme":"pink"}',
  ],
])('%s changes nothing', (_, text) => {
  const state = consoleOf(three())
  expect(withPreferences(state, text).ui).toEqual(state.ui)
})
