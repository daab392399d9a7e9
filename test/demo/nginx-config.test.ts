import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { argsOf, parseNginx } from '../../src/demo/nginx-config.ts'

const share = join(import.meta.dirname, '../../share')
const templates = readdirSync(share).filter(name => /^(snippet|generation)\.template$/.test(name))

const refusalOf = (text: string): string | null => {
  try {
    parseNginx(text, 'r.conf')
    return null
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : String(thrown)
  }
}

describe('parseNginx', () => {
  it.each(templates)('reads share/%s', name => {
    const text = readFileSync(join(share, name), 'utf8').replaceAll(/\{\{(\w+)\}\}/g, 'x')
    const directives = parseNginx(text, name)
    expect(directives.length).toBeGreaterThan(1)
    expect(directives.every(each => each.name === 'location' && each.block !== null)).toBe(true)
  })

  it('knows both quotes, escapes, comments and lines', () => {
    const text = `# a "comment' { ;\nlocation = "/a b" { # more\n  return 200 'it\\'s {"x"};\nso';\n  default_type\n    text/plain;\n}\n`
    const [location] = parseNginx(text, 'r.conf')
    expect(location).toMatchObject({ name: 'location', args: ['=', '/a b'], line: 2 })
    expect(argsOf(location?.block ?? [], 'return')).toEqual(['200', 'it\'s {"x"};\nso'])
    expect(location?.block?.[1]).toMatchObject({ args: ['text/plain'], line: 6 })
    expect(argsOf(location?.block ?? [], 'proxy_pass')).toBeNull()
  })

  // What nginx 1.22 says of the same text.
  it.each([
    ['location = /a {\n  retrun 200 x;\n}\n', 'unknown directive "retrun" in r.conf:2'],
    ['location = /a {\n  return 200 "x"\n}\n', 'unexpected "}" in r.conf:3'],
    ['location = /a {\n  return 200 x;\n', 'unexpected end of file, expecting "}" in r.conf:3'],
    ['location = /a {\n  return 200 x;\n}\n}\n', 'unexpected "}" in r.conf:4'],
    ['location = /a {\n  return 200 x;\n}\n;\n', 'unexpected ";" in r.conf:4'],
    ['location = /a {\n  return 200 x\n', 'unexpected end of file, expecting ";" or "}" in r.conf:3'],
    ['location = /a {\n  return 200 "x;\n}\n', 'unexpected end of file, expecting ";" or "}" in r.conf:4'],
    ['location = /a {\n  return 200 "x"y;\n}\n', 'unexpected "y" in r.conf:2'],
    ['location = /a;\n', 'directive "location" has no opening "{" in r.conf:1'],
    ['location = /a {\n  return 200 {\n  }\n}\n', 'directive "return" is not terminated by ";" in r.conf:2'],
    [
      'location ^~ /a/ {\n  proxy_pass http://h:1\n  proxy_http_version 1.1;\n}\n',
      'invalid number of arguments in "proxy_pass" directive in r.conf:3',
    ],
  ])('refuses %j in the words of nginx', (text, words) => {
    expect(refusalOf(text)).toBe(words)
  })
})
