import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect } from 'vitest'
import { checkHostKey } from '../../src/core/known-hosts.ts'
import { hostileText } from './arbitrary.ts'
import { property } from './cases.ts'

const keys = ['a key', 'another', 'a third'].map(text => Buffer.from(`\0\0\0\x0bssh-ed25519${text}`))
const host = fc.constantFrom('edge.example.org', '192.168.1.121', 'a'.repeat(60), '::1')
const port = fc.constantFrom(22, 2222)
const hashed = (name: string): string => `|1|c2FsdA==|${createHmac('sha1', 'salt').update(name).digest('base64')}`

const part = fc.oneof(hostileText, fc.constantFrom('*', '?', '!', ',', '@revoked ', '@cert-authority ', '#', '|1|', '[', ']:2222', ' ssh-ed25519 ', 'edge.example.org', '192.168.1.*', 'a*'.repeat(20), ...keys.map(key => ` ${key.toString('base64')}`))) // biome-ignore format: one list
const anyLine = fc.array(part, { maxLength: 8 }).map(parts => parts.join(''))

property('known_hosts of anybody', fc.tuple(fc.array(anyLine, { maxLength: 6 }), host, port), ([lines, name, at]) => {
  const text = lines.join('\n')
  const [key] = keys
  const verdict = checkHostKey(text, name, at, key!)
  // Nothing but the very key is known, and a file that holds it nowhere knows none.
  if (verdict.kind === 'known' || verdict.kind === 'revoked')
    expect(text).toContain(key!.toString('base64').replace(/=+$/, ''))
  if (verdict.kind === 'changed')
    for (const each of verdict.expected) expect(each).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/)
})

property(
  'one line of known_hosts among others',
  fc.tuple(fc.array(hostileText, { maxLength: 6 }), host, port, fc.nat(6), fc.boolean()),
  ([lines, name, at, place, isHashed]) => {
    const known = at === 22 ? name : `[${name}]:${at}`
    const line = `${isHashed ? hashed(known) : known} ssh-ed25519 ${keys[0]!.toString('base64')} son@desk`
    const text = lines.toSpliced(place, 0, line).join('\n')
    expect(checkHostKey(text, name, at, keys[0]!).kind).toBe('known')
    expect(checkHostKey(text, name, at, keys[1]!).kind).toBe('changed')
    expect(checkHostKey(text, 'elsewhere', at, keys[0]!).kind).not.toBe('known')
  },
)
