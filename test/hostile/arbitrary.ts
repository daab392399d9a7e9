import fc from 'fast-check'

/** The same cases each time, so that a run that fails fails again; `PAPERGEN_HOSTILE_SEED=random` looks for others. */
const asked = process.env.PAPERGEN_HOSTILE_SEED ?? '20261126'
const seed = asked === 'random' ? Date.now() % 2 ** 31 : Number(asked)
fc.configureGlobal({ seed })

let drawn = 0

/** So many of these, other ones each time. */
export const some = <T>(from: fc.Arbitrary<T>, count: number): readonly T[] =>
  fc.sample(from, { numRuns: count, seed: seed + drawn++ })

/** What somebody would write who wants more than to be shown: pieces that mean something to one of our readers, and any text between them. */

const pieces = {
  terminal: ['\u001b', '\u001b[2J', '\u001b]0;', '\u001b]52;c;', '\u001bP', '\u009b31m', '\u009d', '\u0007', '\u001b\\', '\u009c', '\b', '\r', '\u007f'], // biome-ignore format: one list
  direction: ['\u202e', '\u2066', '\u2069', '\u200f', '\u061c', '\ufeff', '\u200b', '\u2028'],
  shell: ['$(id)', '`id`', ';', '|', '&&', "'", '"', '\\', '\n', '>', '-rf', '--', '*', '~', '$IFS'],
  nginx: ['}', '{', ';', '\n', '#', '$host', 'include /etc/passwd;', 'proxy_pass http://evil/;', '"'],
  systemd: ['%', '%n', '%%', '\n[Service]\n', 'ExecStartPre=/bin/sh', '\\\n', '=', '$HOME', '"'],
  html: ['<script>', '</bdi>', '<!--', '-->', '&', '&#x3c;', '"', "'", '<', '>', 'javascript:', '</ul>', '\0'],
  paths: ['../', '/', './', '/etc/passwd', '\0', '..', ' ', '\ud800', '한', '👩‍👩‍👧', 'é', 'a', '.py'],
} as const

const one = fc.oneof(
  fc.constantFrom(...Object.values(pieces).flat()),
  fc.string({ unit: 'binary', maxLength: 3 }),
  fc.stringMatching(/^[a-z0-9-]{1,8}$/),
)

/** Text of anybody's. */
export const hostileText: fc.Arbitrary<string> = fc.array(one, { maxLength: 12 }).map(parts => parts.join(''))

/** Bytes that may look like lines of words: what another machine sends. */
export const hostileLines: fc.Arbitrary<string> = fc
  .array(fc.oneof(hostileText, fc.constantFrom('0 ok 4', '1 no locked 9', 'nginx active', 'GPU-0, 12', '12, python')), {
    maxLength: 6,
  })
  .map(lines => lines.join('\n'))

/** C0 but the line break, DEL, C1, what reorders or hides text, and half a character. */
export const steers =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
