import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkHostKey, fingerprint } from '../../src/core/known-hosts.ts'

// Written by ssh-keygen (and hashed with -H); the fingerprints are what `ssh-keygen -l` prints for the keys.
const file = (name: string) => readFileSync(new URL(`../fixtures/known-hosts/${name}`, import.meta.url), 'utf8')
const [first, second] = file('plain')
  .trim()
  .split('\n')
  .map(line => line.split(' ')[2]!) as [string, string]
const key = (base64: string) => Buffer.from(base64, 'base64')
const firstPrint = 'SHA256:YS/S3B4lq322g42cpS3uJcASrBuBBBvm4lyOvrWsLtA'
const secondPrint = 'SHA256:sGbmEh2wnDKssHB3EjhFSJSSnB2Nxh7Q7Nfl4oMlTUs'

test('fingerprints are those of ssh-keygen', () => {
  expect(fingerprint(key(first))).toBe(firstPrint)
  expect(fingerprint(key(second))).toBe(secondPrint)
})

describe.each(['plain', 'hashed'])('a %s file', name => {
  test.each([
    ['edge.example', 22, first, { kind: 'known' }],
    ['EDGE.example', 22, first, { kind: 'known' }],
    ['192.168.1.121', 22, first, { kind: 'known' }],
    ['edge.example', 2222, second, { kind: 'known' }],
    ['edge.example', 22, second, { kind: 'changed', expected: [firstPrint] }],
    ['edge.example', 2222, first, { kind: 'changed', expected: [secondPrint] }],
    ['edge.example', 2223, first, { kind: 'unknown' }],
    ['other.example', 22, first, { kind: 'unknown' }],
  ])('%s port %i', (host, port, base64, verdict) =>
    expect(checkHostKey(file(name), host, port, key(base64))).toEqual(verdict),
  )
})

const type = 'ssh-ed25519'
test.each<[string, string, string, string]>([
  ['empty', '', 'h', 'unknown'],
  ['comments and blanks', `# h ${type} ${first}\n\n   \n`, 'h', 'unknown'],
  ['wildcard', `*.example ${type} ${first}`, 'a.example', 'known'],
  ['a wildcard in the midst', `a*.ex*le ${type} ${first}`, 'a.b.example', 'known'],
  ['a wildcard for nothing', `h** ${type} ${first}`, 'h', 'known'],
  ['as many wildcards as one likes', `${'a*'.repeat(30)}b ${type} ${first}`, 'a'.repeat(80), 'unknown'],
  ['one sign', `h? ${type} ${first}`, 'h1', 'known'],
  ['one sign is one', `h? ${type} ${first}`, 'h12', 'unknown'],
  ['a dot is a dot', `a.b ${type} ${first}`, 'axb', 'unknown'],
  ['negated', `*.example,!bad.example ${type} ${first}`, 'bad.example', 'unknown'],
  ['negated first', `!bad.example,*.example ${type} ${first}`, 'good.example', 'known'],
  ['a certificate authority says nothing of plain keys', `@cert-authority * ${type} ${first}`, 'h', 'unknown'],
  ['revoked', `@revoked * ${type} ${first}`, 'h', 'revoked'],
  ['revoked beats known', `h ${type} ${first}\n@revoked h ${type} ${first}`, 'h', 'revoked'],
  ['another key revoked', `h ${type} ${first}\n@revoked h ${type} ${second}`, 'h', 'known'],
  ['only a revoked key of another kind', `@revoked h ${type} ${second}`, 'h', 'unknown'],
  ['one of two keys', `h ${type} ${second}\nh ${type} ${first}`, 'h', 'known'],
  ['tabs, a comment and windows line ends', `h\t${type}\t${first} me@here\r\n`, 'h', 'known'],
  ['a broken hash', `|1|x ${type} ${first}`, 'h', 'unknown'],
  ['too few words', `h ${type}`, 'h', 'unknown'],
  ['an unknown marker', `@what h ${type} ${first}`, 'h', 'unknown'],
])('%s', (_, text, host, kind) => expect(checkHostKey(text, host, 22, key(first)).kind).toBe(kind))

test('no file makes a key known that it does not hold', () => {
  const word = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('h', '*', '@revoked', '|1|', type, second, '\n', ' '),
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 12 }), words => {
      const text = words.join(' ')
      expect(checkHostKey(text, 'h', 22, key(first)).kind).not.toBe('known')
    }),
    { numRuns: 3000 },
  )
})
