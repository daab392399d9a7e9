import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isInTmux, notification, notifyWays } from '../../src/core/notification.ts'

const note = { headline: 'attention turned failing', detail: 'Attention Is All You Need: exit 1' }

describe('a notification', () => {
  test.each([
    ['off', false, ''],
    ['osc9', false, '\u001b]9;papergen: attention turned failing: Attention Is All You Need: exit 1\u0007'],
    ['osc777', false, '\u001b]777;notify;papergen: attention turned failing;Attention Is All You Need: exit 1\u0007'],
    ['off', true, ''],
    [
      'osc9',
      true,
      '\u001bPtmux;\u001b\u001b]9;papergen: attention turned failing: Attention Is All You Need: exit 1\u0007\u001b\\',
    ],
  ] as const)('by %s, in tmux: %s', (way, inTmux, sequence) => expect(notification(way, note, inTmux)).toBe(sequence))

  test('without more to say it is the headline alone', () => {
    expect(notification('osc9', { ...note, detail: '' }, false)).toBe(
      '\u001b]9;papergen: attention turned failing\u0007',
    )
  })

  test('whatever a paper is called, it is one sequence, one line, and not long', () => {
    const hostile = fc.array(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.constantFrom('\u0007', '\u001b\\', '\u009c', ';', '\n', '\u001b]52;c;x\u0007', '\u202e'),
      ),
    )
    fc.assert(
      fc.property(fc.constantFrom(...notifyWays), hostile, fc.boolean(), (way, parts, inTmux) => {
        const text = parts.join('')
        const sequence = notification(way, { headline: text, detail: text.repeat(30) }, inTmux)
        const inner = sequence.replace(/^\u001bPtmux;\u001b(.*)\u001b\\$/su, '$1')
        if (way === 'off') expect(sequence).toBe('')
        else expect(inner).toMatch(/^\u001b\](?:9;papergen: [^;]*|777;notify;papergen: [^;]*;[^;]*)\u0007$/u)
        expect([...inner.slice(1, -1)].filter(character => /[\p{Cc}\u2028-\u202e]/u.test(character))).toEqual([])
        expect([...inner].length).toBeLessThan(1000)
      }),
    )
  })
})

test.each([
  [{ TMUX: '/tmp/tmux-1000/default,1,0' }, true],
  [{ TMUX: '', TERM: 'xterm-256color' }, false],
  [{ TERM: 'tmux-256color' }, true],
  [{ TERM: 'screen-256color' }, false],
  [{}, false],
])('%j is in tmux: %s', (environment, inTmux) => expect(isInTmux(environment)).toBe(inTmux))
