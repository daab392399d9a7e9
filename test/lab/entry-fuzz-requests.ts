import type { HostName } from '../../lab/layout.ts'
import { releaseNames } from './entry-fuzz-hosts.ts'

/** A stream of numbers in [0, 1) that a seed decides (mulberry32). */
export type Random = () => number

export const seeded = (seed: number): Random => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

/** What one connection sends, all of it at once: some requests meant to pass, some bent, some no requests at all. */
export const session = (random: Random, role: HostName, requests: number): Buffer => {
  const one = (): Uint8Array => {
    const kind = random()
    if (kind < 0.6) return Buffer.from(request(random, role), 'latin1')
    return kind < 0.88 ? bent(random, request(random, role)) : noise(random)
  }
  const parts: Uint8Array[] = chance(random, 0.75) ? [Buffer.from(opening(random))] : []
  for (let n = parts.length; n < requests; n++) parts.push(one())
  return Buffer.concat(parts)
}

const pick = <T>(random: Random, from: readonly T[]): T => from[Math.floor(random() * from.length)]!
const chance = (random: Random, of: number): boolean => random() < of

const ids = ['alpha', 'beta', 'x', `a${'b'.repeat(62)}`] as const
const operations = ['publish', 'update', 'rollback', 'restart', 'unpublish', 'repair'] as const
const opOf = (operation: string) => `20261123070000123-${operation}-alpha`

/** Few operations, so that one whose session ended is resumed by a later one. */
const opening = (random: Random): string => {
  const operation = pick(random, operations)
  return `${operations.map((each, n) => `${n} resume ${opOf(each)} ${each} alpha son@x\n`).join('')}7 begin ${opOf(operation)} ${operation} alpha son@x\n`
}

const request = (random: Random, role: HostName): string => {
  const number = chance(random, 0.9)
    ? Math.floor(random() * 1e6)
    : pick(random, ['', '00', '1234567890', '-1', '$((1))'])
  const own = role === 'edge' ? edgeWords : gpuWords
  return `${number} ${chance(random, 0.3) ? commonWords(random) : own(random)}`
}

const commonWords = (random: Random): string => {
  const operation = pick(random, operations)
  const begin = `${op(random)} ${operation} ${id(random)} ${pick(random, ['son@x', 'a;b', '$(id)', '%n', 'x'.repeat(101)])}`
  const words = [`begin ${begin}`, `resume ${begin}`, 'hello', 'ping', 'holder', 'pending', 'undo', 'end', 'exposure']
  return `${pick(random, words)}\n`
}

const op = (random: Random) =>
  pick(random, [opOf(pick(random, operations)), hostile(random), `${'1'.repeat(17)}-a-../..`])
const id = (random: Random) => (chance(random, 0.75) ? pick(random, ids) : hostile(random))
const port = (random: Random) =>
  chance(random, 0.6)
    ? `${27000 + Math.floor(random() * 1000)}`
    : pick(random, [
        '26999',
        '28000',
        '80',
        '8443',
        '28000',
        '022',
        '027000',
        '80',
        '0',
        '-1',
        '27000 27001',
        '27000;',
        '0x6978',
        '27000:22',
        '9'.repeat(30),
      ])

/** Words that mean something to bash, nginx, systemd, a path or a regular expression. */
export const hostile = (random: Random) =>
  pick(random, [
    ...[
      '../../../etc/shadow',
      '/root/canary',
      '/home/ann/secret',
      '..',
      '.',
      '-',
      '--',
      '-rf',
      'alpha--next',
      'alpha--next--next',
      '_generation',
    ],
    ...[
      '$(id)',
      '`id`',
      'a[$(id)]',
      'op',
      'PATH',
      '*',
      '?',
      '[a-z]',
      '~root',
      '%n',
      '%i',
      '{a,b}',
      'a;b',
      'a|b',
      'a&b',
      '"a"',
      "'a'",
      '\\',
      '\\n',
    ],
    ...[
      'A',
      'é',
      '\u00ff',
      'a.conf',
      'alpha/../beta',
      'a'.repeat(64),
      '',
      ' ',
      '\t',
      '+1',
      '#',
      '!',
      '{{port}}',
      '@papergen_down',
    ],
  ])

const edgeWords = (random: Random): string => {
  const kind = random()
  if (kind < 0.12) return `route-set ${id(random)} ${port(random)}\n`
  if (kind < 0.18) return `route-drop ${id(random)}\n`
  if (kind < 0.45) return indexSet(random)
  if (kind < 0.5) return `${pick(random, ['outcome', 'forget'])} ${op(random)}\n`
  if (kind < 0.502) return `follow access 10 ${id(random)}\n`
  if (kind < 0.65)
    return `log ${pick(random, ['error', 'access', hostile(random)])} ${pick(random, ['10', '99999', '0', '-1', '+1', '1e9'])} ${pick(random, ['-', id(random)])}\n`
  return `${pick(random, ['state', 'snippets', 'index', 'hold', 'confirm', 'snippets', 'index', 'hold', 'confirm'])}\n`
}

const indexSet = (random: Random): string => {
  const item = () => {
    const text = pick(random, [
      'A paper',
      '&lt;script&gt;',
      '<script>x</script>',
      '&',
      "'",
      '"',
      '<!-- papergen:end -->',
      '\u0000',
      '</ul>',
      '{{base}}',
      '&#39;',
    ])
    const href = pick(random, [
      '/thesis/alpha/',
      '/thesis/../',
      'javascript:x',
      '/thesis/a" onclick="x',
      '//evil/',
      '/thesis/x/',
    ])
    return `<li><a href="${href}"><bdi>${text}</bdi></a></li>\n`
  }
  const items = Array.from({ length: 1 + Math.floor(random() * 3) }, item).join('')
  const body = chance(random, 0.15)
    ? '<p>No papers are published at the moment.</p>\n'
    : `<ul class="papers">\n${items}</ul>\n`
  const length = chance(random, 0.85)
    ? body.length
    : pick(random, [body.length - 1, 0, '00000', '010', '08', '1e3', body.length + 7, 524289])
  return `index-set ${length}\n${body}`
}

const gpuWords = (random: Random): string => {
  const unit = chance(random, 0.2) ? `${id(random)}--next` : id(random)
  const kind = random()
  if (kind < 0.5)
    return `unit-write ${unit} ${port(random)} ${chance(random, 0.4) ? pick(random, releaseNames.slice(0, 2)) : chance(random, 0.7) ? pick(random, releaseNames) : pick(random, ['live', hostile(random), 'f'.repeat(17)])}\n`
  if (kind < 0.7) return `listener ${unit} ${port(random)}\n`
  return `${pick(random, ['unit-start', 'unit-restart', 'unit-remove', 'unit-undo', 'unit-undo'])} ${unit}\n`
}

/** A request as it was meant, with one thing wrong with its bytes. */
const bent = (random: Random, text: string): Uint8Array => {
  const bytes = Buffer.from(text, 'latin1')
  const at = Math.floor(random() * bytes.length)
  const [before, after] = [bytes.subarray(0, at), bytes.subarray(at)]
  return pick(random, [
    () => Buffer.concat([before, Buffer.from([Math.floor(random() * 256)]), after.subarray(1)]),
    () => Buffer.concat([before, Buffer.from([0]), after]),
    () => Buffer.concat([before, Buffer.from('\r\n'), after]),
    () => Buffer.concat([before, Buffer.from('\n')]),
    () => Buffer.concat([bytes, bytes]),
    () => Buffer.concat([before, after.subarray(1)]),
    () => Buffer.concat([bytes.subarray(0, -1), Buffer.from(` ${pick(random, ['x', '', '; id', '$(id)'])}\n`)]),
    () => Buffer.from(text.replaceAll(' ', '  '), 'latin1'),
    () => Buffer.from(text.toUpperCase(), 'latin1'),
  ])()
}

/** A few lines of anything. A line over 400 bytes ends a program, so there are few. */
const noise = (random: Random): Uint8Array => {
  const length = chance(random, 0.03) ? 500 : Math.floor(random() * 60)
  const bytes = Array.from({ length }, () => Math.floor(random() * 256))
  return Buffer.from([...bytes, 10])
}
