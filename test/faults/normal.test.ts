import { expect, test } from 'vitest'
import { isDated, isKept, isUncompared, withoutTimes } from './normal.ts'

const state = '/home/son/prj/thesis/state'

test.each([
  ['"published_at": "2026-11-26T14:09:41Z"', '"published_at": "TIME"'],
  ['<time datetime="2026-11-26">2026-11-26</time>', '<time datetime="TIME">TIME</time>'],
  ['file a.py\nmade 1795701234567\n', 'file a.py\nmade TIME\n'],
  ['"port": 27001, "release": "0123456789abcdef"', '"port": 27001, "release": "0123456789abcdef"'],
])('%j without its times', (text, expected) => expect(withoutTimes(text)).toBe(expected))

test.each([
  [`${state}/state.json`, true],
  [`${state}/releases/a/0123456789abcdef/.papergen`, true],
  ['/var/www/learn.ericfromkorea.com/thesis/index.html', true],
  ['/etc/systemd/system/papergen-a.service', false],
])('%s is dated: %s', (path, expected) => expect(isDated(path)).toBe(expected))

test.each([
  [`${state}/audit.jsonl`, true],
  [`${state}/state.json.lock`, true],
  [`${state}/state.json`, false],
  [`${state}/releases/a/0123456789abcdef/__marimo__`, true],
  ['/var/lib/papergen/edge/confirmed', true],
  ['/var/lib/papergen/edge/undo', false],
])('%s is left out: %s', (path, expected) => expect(isUncompared.some(each => each.test(path))).toBe(expected))

test('what the edge confirmed is put back: repair goes by it', () =>
  expect(isKept.some(each => each.test('/var/lib/papergen/edge/confirmed'))).toBe(false))
