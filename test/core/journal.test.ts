import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  exceptionIn,
  isCellError,
  type JournalQuery,
  journalArgs,
  parseJournalLine,
  parseTimestamp,
  speakerIn,
  speakersArgs,
} from '../../src/core/journal.ts'
import { parseAccessLine, parseNginxErrorLine } from '../../src/core/nginx-log.ts'

const line = (fields: Record<string, unknown>) =>
  JSON.stringify({
    __REALTIME_TIMESTAMP: '1795419143357890',
    __CURSOR: 's=1;i=2',
    _PID: '466',
    PRIORITY: '6',
    SYSLOG_IDENTIFIER: 'marimo',
    _SYSTEMD_INVOCATION_ID: 'aa',
    MESSAGE: 'hello',
    ...fields,
  })

test('an ordinary line', () =>
  expect(parseJournalLine(line({}))).toEqual({
    source: 'journal',
    at: 1795419143357,
    who: 'marimo',
    priority: 6,
    text: 'hello',
    cursor: 's=1;i=2',
    invocation: 'aa',
    pid: 466,
    lifecycle: false,
  }))

describe('MESSAGE in its forms', () => {
  const bytes = (text: string) => [...new TextEncoder().encode(text)]
  test.each<[string, unknown, string]>([
    ['bytes that are UTF-8', bytes('제목'), '제목'],
    ['bytes that are not', [99, 97, 102, 233], 'caf\ufffd'],
    ['colours as bytes', bytes('\u001b[31mred\u001b[0m'), 'red'],
    ['no bytes', [], ''],
    ['null', null, '(a message journalctl did not show: too long)'],
    ['given twice', ['a', 'b'], 'a b'],
    ['given twice, one as bytes', ['a', bytes('b')], 'a b'],
    ['an indent is kept', '    raise ValueError', '    raise ValueError'],
    ['several lines', 'a\nb', 'a b'],
    ['a window title', '\u001b]0;evil\u0007ok', 'ok'],
    ['absent', undefined, ''],
    ['deeper than journald goes', [[['a']]], ''],
  ])('%s', (_, message, text) => expect(parseJournalLine(line({ MESSAGE: message }))?.text).toBe(text))
})

test('systemd about a unit, in both scopes', () => {
  const system = { _PID: '1', UNIT: 'papergen-a.service', INVOCATION_ID: 'bb', _SYSTEMD_INVOCATION_ID: undefined }
  expect(parseJournalLine(line(system))).toMatchObject({ lifecycle: true, invocation: 'bb', pid: 1 })
  const user = {
    _COMM: 'systemd',
    USER_UNIT: 'papergen-a.service',
    USER_INVOCATION_ID: 'cc',
    _SYSTEMD_INVOCATION_ID: 'manager',
  }
  expect(parseJournalLine(line(user))).toMatchObject({ lifecycle: true, invocation: 'cc' })
  const forged = { UNIT: 'papergen-a.service', USER_UNIT: 'papergen-a.service', INVOCATION_ID: 'bb', _COMM: 'python3' }
  expect(parseJournalLine(line(forged))).toMatchObject({ lifecycle: false, invocation: 'aa' })
})

test('fields that are missing, doubled or nonsense', () => {
  expect(parseJournalLine(line({ PRIORITY: ['3', '4'] }))?.priority).toBe(3)
  expect(parseJournalLine(line({ PRIORITY: '9', _PID: 'x', __REALTIME_TIMESTAMP: undefined }))).toMatchObject({
    priority: 6,
    pid: null,
    at: null,
  })
  expect(parseJournalLine(line({ __REALTIME_TIMESTAMP: '99999999999999999999' }))?.at).toBeNull()
  expect(parseJournalLine(line({ SYSLOG_IDENTIFIER: undefined, _COMM: 'sh' }))?.who).toBe('sh')
  expect(parseJournalLine('{"MESSAGE": "cut of')).toBeNull()
  expect(parseJournalLine('null')).toBeNull()
  expect(parseJournalLine('-- No entries --')).toBeNull()
})

test('whatever is in a line, what comes out is one safe line', () => {
  const message = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.integer({ min: 0, max: 255 })), fc.constant(null))
  fc.assert(
    fc.property(message, fc.string({ unit: 'binary' }), (MESSAGE, SYSLOG_IDENTIFIER) => {
      const entry = parseJournalLine(line({ MESSAGE, SYSLOG_IDENTIFIER }))!
      expect(entry.text + entry.who).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/)
    }),
    { numRuns: 3000 },
  )
})

test.each([
  ['[E 261123 07:13:38 notification_utils:257] (error_id=abc21e35-57c8-41ff-bdb4-e7223d31baf5) boom', true],
  ['[E 261123 07:13:38 other:1] something else', false],
  ['he said [E 261123 07:13:38 a:1] (error_id=x)', false],
  ['Traceback (most recent call last):', false],
])('cell error: %s', (text, is) => expect(isCellError(text)).toBe(is))

test('a recorded run is read whole', () => {
  const text = readFileSync(new URL('../fixtures/journal.ndjson', import.meta.url), 'utf8')
  const entries = text.trim().split('\n').map(parseJournalLine)
  expect(entries).not.toContain(null)
  expect(entries.filter(entry => entry!.lifecycle)).toHaveLength(2)
  expect(entries.filter(entry => isCellError(entry!.text))).toHaveLength(1)
})

describe('journalctl', () => {
  const query: JournalQuery = {
    unit: 'attention',
    source: 'journal',
    lines: 200,
    follow: false,
    since: null,
    priority: null,
    afterCursor: null,
    invocation: null,
  }
  const args = (more: Partial<JournalQuery>, scope: 'system' | 'user' = 'system') =>
    journalArgs({ ...query, ...more }, scope).argv

  test('a look back', () => {
    expect(args({})).toContain('--lines=200')
    expect(args({ lines: null })).toContain('--lines=all')
    expect(args({})).toEqual(
      expect.arrayContaining(['--unit=papergen-attention.service', '--output=json', '--all', '--no-pager']),
    )
    expect(args({}, 'user')).toEqual(expect.arrayContaining(['--user', '--user-unit=papergen-attention.service']))
  })

  test.each<[Partial<JournalQuery>, string]>([
    [{ follow: true }, '--since=now'],
    [{ follow: true, afterCursor: 's=1' }, '--after-cursor=s=1'],
    [{ follow: true, since: '-1h', afterCursor: 's=1' }, '--after-cursor=s=1'],
    [{ since: '-1h' }, '--since=-1h'],
  ])('never a count beside a start: %j', (more, start) => {
    expect(args(more)).toContain(start)
    expect(args(more)).toContain('--lines=all')
    expect(args(more).filter(word => /^--(since|after-cursor)/.test(word))).toHaveLength(1)
  })

  test('a follow of all begins with the first line: a unit without lines loses none', () => {
    const words = args({ follow: true, lines: null })
    expect(words).toContain('--lines=all')
    expect(words.filter(word => word.startsWith('--since'))).toEqual([])
  })

  test.each([
    ['   UNIX seconds: @1795440363.984905\n       From now: 5min ago\n', 1795440363000],
    ['  Original form: yesterday\n   UNIX seconds: @1795305600\n', 1795305600000],
    ['', null],
  ])('the moment systemd makes of words: %j', (stdout, moment) => {
    expect(parseTimestamp(stdout)).toBe(moment)
  })

  test('priority and run', () => {
    const words = args({ priority: 3, invocation: 'aa' })
    expect(words).toContain('--priority=3')
    expect(words.slice(-3)).toEqual(['_SYSTEMD_INVOCATION_ID=aa', '+', 'INVOCATION_ID=aa'])
    expect(args({ invocation: 'aa' }, 'user').at(-1)).toBe('USER_INVOCATION_ID=aa')
  })
})

describe('nginx', () => {
  test('error lines', () => {
    const text = '2026/11/23 07:26:15 [emerg] 6290#6290: *3 unknown directive "bogus" in /etc/nginx/x.conf:1'
    expect(parseNginxErrorLine(text)).toMatchObject({
      source: 'error',
      at: Date.UTC(2026, 10, 23, 7, 26, 15),
      who: 'nginx',
      priority: 0,
      pid: 6290,
      text: '*3 unknown directive "bogus" in /etc/nginx/x.conf:1',
    })
    expect(parseNginxErrorLine(text, 540).at).toBe(Date.UTC(2026, 10, 22, 22, 26, 15))
    expect(parseNginxErrorLine('nginx: \u001b[1mrotated')).toMatchObject({
      at: null,
      priority: 6,
      text: 'nginx: rotated',
    })
  })

  test.each([
    ['200', 6],
    ['404', 4],
    ['502', 3],
  ])('access line with %s', (status, priority) => {
    const text = `10.0.0.7 - - [23/Nov/2026:16:26:15 +0900] "GET /thesis/a/ HTTP/2.0" ${status} 512 "-" "curl/8.0"`
    expect(parseAccessLine(text)).toMatchObject({
      source: 'access',
      at: Date.UTC(2026, 10, 23, 7, 26, 15),
      priority,
      text: `10.0.0.7 "GET /thesis/a/ HTTP/2.0" ${status} 512 "-" "curl/8.0"`,
    })
  })

  test('another log format is shown as it is', () =>
    expect(parseAccessLine('whatever')).toMatchObject({ at: null, priority: 6, text: 'whatever' }))
})

describe('whose line it is', () => {
  test('is asked of the whole host, and nothing else is', () => {
    expect(speakersArgs('system').argv.join(' ')).toBe(
      'journalctl --output=cat --output-fields=_SYSTEMD_UNIT,UNIT --no-pager --quiet --follow --lines=0',
    )
    expect(speakersArgs('user').argv.join(' ')).toBe(
      'journalctl --user --output=cat --output-fields=_SYSTEMD_USER_UNIT,USER_UNIT --no-pager --quiet --follow --lines=0',
    )
  })

  test.each([
    ['papergen-attention.service', 'attention'],
    ['papergen-attention--next.service', 'attention'],
    ['papergen-Thesis_2024.service', 'Thesis_2024'],
    ['papergen-.service', null],
    ['xpapergen-a.service', null],
    ['ssh.service', null],
    ['init.scope', null],
    ['', null],
    ['\u001b[31mpapergen-a.service', null],
  ])('%j: %j', (unit, paper) => expect(speakerIn(unit)).toBe(paper))
})

describe('exceptionIn', () => {
  test.each([
    ["ModuleNotFoundError: No module named 'einops'", true],
    ['torch.OutOfMemoryError: CUDA out of memory.', true],
    ['KeyboardInterrupt', true],
    ['  RuntimeError: CUDA error', true],
    ['ERROR in line 3', false],
    ['Traceback (most recent call last):', false],
    ['INFO: an Error: it is none', false],
    ['error: lower case is somebody else', false],
    ['Errors: 3', false],
  ])('%s', (text, is) => expect(exceptionIn(text)).toBe(is ? text.trim() : null))

  test('tells why the server could not listen', () => {
    const why =
      "[Errno 99] error while attempting to bind on address ('192.0.2.1', 27000): cannot assign requested address"
    expect(exceptionIn(`ERROR:    ${why}`)).toBe(why)
  })
})
