import type { Key } from 'ink'
import { describe, expect, it } from 'vitest'
import { keysOf } from '../../src/views/keyboard.ts'

const plain = { ctrl: false, meta: false } as Key

describe('keys of what Ink read', () => {
  it.each<readonly [string, string, Partial<Key>, readonly string[]]>([
    ['a letter', 'r', {}, ['r']],
    ['Ctrl-C', 'c', { ctrl: true }, ['ctrl-c']],
    ['Ctrl-Z', 'z', { ctrl: true }, ['ctrl-z']],
    ['Ctrl-Z in the midst of typing', 'j\u001a', {}, ['j', 'ctrl-z']],
    ['Ctrl-C in the midst of typing', 'jj\u0003', {}, ['j', 'j', 'ctrl-c']],
    ['Tab and a key in one read', '\tg', {}, ['tab', 'g']],
    ['a typed id and Enter in one read', 'abc\r', {}, ['a', 'b', 'c', 'enter']],
    ['a correction in one read', 'a\u007fb', {}, ['a', 'backspace', 'b']],
    ['Hangul', '확산', {}, ['확', '산']],
    ['an arrow', '', { upArrow: true }, ['up']],
    ['what the backspace key sends', '', { delete: true }, ['backspace']],
    ['other control characters', '\u0001\u001f', {}, []],
    ['what is pasted and would steer the terminal', 'a\u009b2J\u202e\ud800b', {}, ['a', '2', 'J', 'b']],
    ['a family', '👩‍👧', {}, ['👩', '\u200d', '👧']],
    ['another Ctrl key', 'x', { ctrl: true }, []],
    ['an Alt key', 'x', { meta: true }, []],
  ])('%s', (_, input, key, names) => expect(keysOf(input, { ...plain, ...key })).toEqual(names))
})
