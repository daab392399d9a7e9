import { describe, expect, it } from 'vitest'
import { toggleTraceback } from '../../src/core/log-fold.ts'
import { follow, type Layout, page, placedIn, scroll, windowOf } from '../../src/core/log-move.ts'
import { appendLines, countOf, type LogPane, openPane } from '../../src/core/log-pane.ts'
import { patternOf } from '../../src/core/log-pattern.ts'
import { ask, givenUp, typed } from '../../src/core/log-prompt.ts'
import { onePaper } from '../../src/core/log-request.ts'
import { scoped, searched } from '../../src/core/log-scope.ts'
import { itemAt, lengthOf } from '../../src/core/sequence.ts'
import { entryOf } from './console-world.ts'

const empty = openPane(onePaper('a', 'journal'))
const lines = (from: number, count: number, text = '') =>
  Array.from({ length: count }, (_, i) => entryOf(`${from + i}${text}`))
const high = (height: number): Layout => ({ height, rowsOf: () => 1 })
const shown = (pane: LogPane, height: number) =>
  windowOf(pane, high(height)).numbers.map(number => itemAt(pane.lines, number)?.entry.text)

describe('the buffer', () => {
  it('keeps the newest 100,000 lines', () => {
    const pane = appendLines(appendLines(empty, lines(0, 75_000)), lines(75_000, 75_000))
    const oldest = itemAt(pane.lines, pane.lines.first)?.entry.text
    expect([lengthOf(pane.lines), oldest, pane.lines.end]).toEqual([100_000, '50000', 150_000])
  })

  it('keeps at most 32 MiB, and at least the newest line', () => {
    const pane = appendLines(empty, lines(0, 40, 'x'.repeat(1024 * 1024)))
    expect(pane.bytes).toBeLessThanOrEqual(32 * 1024 * 1024)
    expect(itemAt(pane.lines, pane.lines.end - 1)?.entry.text.startsWith('39')).toBe(true)
    expect(lengthOf(pane.lines)).toBe(31)
  })

  it('counts Korean text by its bytes', () => {
    expect(appendLines(empty, [entryOf('확산')]).bytes).toBe(6)
  })

  it('forgets what was found in lines that are gone', () => {
    const pane = searched(scoped(empty, { filter: patternOf('7') }), patternOf('77'))
    const full = appendLines(appendLines(pane, lines(0, 90_000)), lines(90_000, 90_000))
    const again = searched(scoped(full, {}), patternOf('77'))
    expect([countOf(full), lengthOf(full.hits)]).toEqual([countOf(again), lengthOf(again.hits)])
    expect(itemAt(full.hits, full.hits.first)).toBeGreaterThanOrEqual(full.lines.first)
  })

  it('matches a line once, however much comes later', () => {
    let asked = 0
    const filter = patternOf('5')!
    const counting = {
      ...filter,
      expression: Object.assign(/5/g, { test: (text: string) => ++asked > 0 && text.includes('5') }),
    }
    let pane = scoped(empty, { filter: counting })
    for (let batch = 0; batch < 10; batch++) pane = appendLines(pane, lines(batch * 100, 100))
    expect(asked).toBe(1_000)
  })
})

describe('where one looks', () => {
  it('stays while lines come, and they are counted', () => {
    const paused = scroll(appendLines(empty, lines(0, 10)), -5, high(4))
    const seen = shown(paused, 4)
    expect(seen).toEqual(['4', '5', '6', '7'])
    const later = appendLines(paused, lines(10, 5))
    expect([shown(later, 4), later.unseen]).toEqual([seen, 5])
    const followed = follow(later, true)
    expect([shown(followed, 2), followed.unseen]).toEqual([['13', '14'], 0])
  })

  it('has nothing new when what was searched for is given up, or not found, and the end is followed again', () => {
    const asked = ask(appendLines(empty, lines(0, 10)), 'find', '')
    const came = (text: string) => appendLines(typed(asked, asked.prompt!, text, high(4)), lines(10, 3))
    const found = came('5')
    expect([found.following, found.unseen]).toEqual([false, 3])
    const again = [givenUp(found, found.prompt!), typed(found, found.prompt!, '5x', high(4))]
    expect(again.map(pane => [pane.following, pane.unseen])).toEqual([
      [true, 0],
      [true, 0],
    ])
    expect(again.map(pane => follow(pane).unseen)).toEqual([0, 0])
  })

  it('counts on what came while another letter is searched for', () => {
    const asked = ask(appendLines(empty, lines(0, 60)), 'find', '')
    const found = appendLines(typed(asked, asked.prompt!, '5', high(4)), lines(60, 3))
    expect(typed(found, found.prompt!, '55', high(4))).toMatchObject({ following: false, unseen: 3 })
  })

  it('moves to the oldest line that is left when its own is gone', () => {
    const paused = scroll(appendLines(empty, lines(0, 10)), -Infinity, high(4))
    const later = appendLines(paused, lines(10, 120_000))
    expect(shown(later, 3)).toEqual(['20010', '20011', '20012'])
  })

  it.each([
    [1, 3],
    [50, 1],
    [50, 7],
  ])('pages through %i lines in a pane of %i rows and back, with the cursor on the screen', (count, height) => {
    let pane = appendLines(empty, lines(0, count))
    const at = () => expect(windowOf(pane, high(height)).numbers).toContain(pane.following ? count - 1 : pane.cursor)
    for (let step = 0; step < 60; step++, at()) pane = page(pane, -1, high(height))
    expect(pane.cursor).toBe(0)
    for (let step = 0; step < 60; step++, at()) pane = page(pane, 1, high(height))
    expect(pane.cursor).toBe(count - 1)
  })

  it('is nowhere in an empty pane', () => {
    expect(shown(page(scroll(follow(empty), -1, high(4)), 1, high(4)), 4)).toEqual([])
  })

  it('counts only what the filter leaves', () => {
    const paused = follow(scoped(appendLines(empty, lines(0, 10)), { filter: patternOf('5') }), false)
    expect(appendLines(paused, lines(10, 20)).unseen).toBe(2)
  })

  it('counts the lines of a new run that is the only one shown', () => {
    const ran = (invocation: string, count: number) => Array.from({ length: count }, () => entryOf('x', { invocation }))
    const paused = follow(scoped(appendLines(empty, ran('x', 10)), { run: 'this' }), false)
    const restarted = appendLines(paused, ran('y', 3))
    expect([countOf(restarted), restarted.unseen]).toEqual([3, 3])
    expect(appendLines(restarted, ran('y', 2)).unseen).toBe(5)
    expect(appendLines(paused, [...ran('x', 4), ...ran('y', 3)]).unseen).toBe(3)
  })

  it('counts only lines that came, where older ones are shown anew', () => {
    const ran = (invocation: string, count: number) => Array.from({ length: count }, () => entryOf('x', { invocation }))
    const two = appendLines(appendLines(empty, ran('x', 10)), ran('y', 3))
    const paused = follow(scoped(two, { run: 'previous' }), false)
    expect(appendLines(paused, ran('z', 1)).unseen).toBe(0)
  })
})

describe('what is shown', () => {
  const trouble = [
    entryOf('before'),
    entryOf('Traceback (most recent call last):'),
    entryOf('  File "nb.py", line 4'),
    entryOf('ValueError: boom'),
    entryOf('[E 261123 07:13:38 notification_utils:257] (error_id=0b1c2d3e) boom'),
    entryOf('after', { priority: 4 }),
  ]
  const pane = appendLines(empty, trouble)
  const numbers = (one: LogPane) => windowOf(one, high(20)).numbers

  it('of a traceback one line, until it is opened', () => {
    expect(numbers(pane)).toEqual([0, 4, 5])
    const opened = toggleTraceback(scroll(pane, -1, high(20)), high(20))!
    expect(numbers(opened)).toEqual([0, 1, 2, 3, 4, 5])
    expect(numbers(toggleTraceback(opened, high(20))!)).toEqual([0, 4, 5])
    expect(numbers(toggleTraceback(scroll(opened, -2, high(20)), high(20))!)).toEqual([0, 4, 5])
  })

  it('the same whether it came at once or line by line', () => {
    const slowly = trouble.reduce((before, entry) => appendLines(before, [entry]), empty)
    expect(numbers(slowly)).toEqual([0, 4, 5])
  })

  it.each([
    [{ priority: 3 }, 'boom'],
    [{ priority: 3 }, 'nb.py'],
    [{ filter: patternOf('nb.py') }, 'boom'],
    [{ filter: patternOf('!before', true) }, 'nb.py'],
  ])('with %o and / %s the same lines and hits, however they came', (scope, find) => {
    const narrowed = searched(scoped(empty, scope), patternOf(find))
    const asked = searched(scoped(pane, scope), patternOf(find))
    const seen = ({ shown: left, hits }: LogPane) => ({ left, hits })
    for (const size of [1, 2, 3, 6]) {
      let slowly = narrowed
      for (let at = 0; at < trouble.length; at += size) slowly = appendLines(slowly, trouble.slice(at, at + size))
      expect(seen(slowly), `${size} at once`).toEqual(seen(asked))
    }
  })

  it('nothing to open on another line', () => expect(toggleTraceback(pane, high(20))).toBeNull())

  it.each([
    ['before', [0]],
    ['nb.py', [4]],
    ['!nb.py', [0, 5]],
    ['nowhere', []],
  ])('filter %s', (typed, left) => {
    const filter = patternOf(typed, true)
    expect(numbers(scoped(pane, { filter }))).toEqual(left)
    // And so when the filter was there before the lines.
    expect(numbers(appendLines(scoped(empty, { filter }), trouble))).toEqual(left)
  })

  it('all of a traceback that is opened under a filter', () => {
    const filtered = appendLines(scoped(empty, { filter: patternOf('nb.py') }), trouble)
    expect(numbers(toggleTraceback(filtered, high(20))!)).toEqual([1, 2, 3, 4])
  })

  it.each([
    [7, [0, 4, 5]],
    [5, [4, 5]],
    [3, [4]],
    [2, []],
  ])('priority %i: a cell error is an error', (priority, left) =>
    expect(numbers(scoped(pane, { priority }))).toEqual(left),
  )

  it('counts the cell errors that are left', () => {
    expect(pane.raised).toBe(1)
    expect(appendLines(pane, lines(0, 120_000)).raised).toBe(0)
  })

  it('this run follows a restart', () => {
    const first = appendLines(scoped(empty, { run: 'this' }), [entryOf('1', { invocation: 'x' })])
    const second = appendLines(first, [entryOf('2', { invocation: 'y' }), entryOf('3', { invocation: 'y' })])
    expect(shown(second, 5)).toEqual(['2', '3'])
    expect(shown(scoped(second, { run: 'previous' }), 5)).toEqual(['1'])
  })
})

describe('a cell error that is opened', () => {
  const code = Array.from({ length: 6 }, (_, at) => `    code ${at}`)
  const end = '[E 261123 07:13:38 notification_utils:257] (error_id=0b1c2d3e-57c8-41ff-bdb4-e7223d31baf5) boom'
  const raised = ['Traceback (most recent call last):', ...code, 'ValueError: boom', end].map(text => entryOf(text))
  const at = (pane: LogPane, cursor: number): LogPane => ({ ...pane, following: false, cursor, bottom: cursor })
  const pane = at(appendLines(empty, [...lines(0, 20), ...raised, ...lines(50, 20)]), 28)

  it.each([
    [10, 'Traceback (most recent call last):', end],
    [9, 'Traceback (most recent call last):', end],
    [6, 'Traceback (most recent call last):', '    code 4'],
    [3, 'Traceback (most recent call last):', '    code 1'],
  ])('in %i rows shows its first line and as much of it as fits', (height, first, last) => {
    const seen = shown(toggleTraceback(pane, high(height))!, height)
    expect(seen).toHaveLength(height)
    expect([seen.includes(first), seen.includes(last)]).toEqual([true, true])
  })

  it('goes on below its first line where the pane then gets more room', () => {
    const opened = toggleTraceback(pane, high(3))!
    expect(itemAt(opened.lines, opened.cursor)?.entry.text).toBe('    code 1')
    const larger = placedIn(opened, high(3), high(9))
    expect(shown(larger, 9)).toEqual(raised.map(({ text }) => text))
  })

  it('moves nothing where all of it is seen anyway, and is closed from where the cursor then is', () => {
    const opened = toggleTraceback(pane, high(20))!
    expect(shown(opened, 20).at(-1)).toBe(end)
    expect(opened.cursor).toBe(28)
    const long = toggleTraceback(pane, high(4))!
    expect([...toggleTraceback(long, high(4))!.opened]).toEqual([])
  })
})
