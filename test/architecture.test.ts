import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { expect, test } from 'vitest'

/** Which rooms each room may import from: the arrows of ARCHITECTURE.md. */
const arrows: Record<string, readonly string[]> = {
  core: ['core'],
  services: ['core'],
  store: ['core'],
  views: ['core', 'store', 'views'],
  cli: ['core', 'cli'],
  compose: ['core', 'services'],
  demo: ['core', 'demo'],
  console: ['core', 'services', 'store', 'views', 'compose', 'console'],
  main: ['core', 'services', 'store', 'views', 'cli', 'compose', 'console', 'demo', 'main'],
}

const root = join(import.meta.dirname, '..')

test('arrows point inward', () => {
  const wrong = imports().filter(({ from, to }) => {
    const [here, there] = [roomOf(from), roomOf(to)]
    if (here === 'services' && there === 'services') return !to.endsWith('/host.ts') && !sameAdapter(from, to)
    return !(arrows[here] ?? []).includes(there)
  })
  expect(wrong).toEqual([])
})

test('every room is known and none is called utils, helpers or manager', () => {
  const files = sources()
  expect(files.length).toBeGreaterThan(30)
  expect(files.filter(file => !(roomOf(file) in arrows))).toEqual([])
  expect(files.filter(file => /utils|helpers|manager/i.test(file))).toEqual([])
})

test('the core imports no Node module but hashing', () => {
  const outside = sources()
    .filter(file => roomOf(file) === 'core')
    .flatMap(file => specifiers(file).map(specifier => ({ file, specifier })))
    .filter(({ specifier }) => specifier.startsWith('node:') && specifier !== 'node:crypto')
  expect(outside).toEqual([])
})

/** `ssh-host.ts` and `ssh-shell.ts` are one adapter in two files: their first word says so. */
const sameAdapter = (from: string, to: string): boolean => firstWord(from) === firstWord(to)
const firstWord = (file: string): string => /([a-z]+)[^/]*$/.exec(file)?.[1] ?? ''

const roomOf = (file: string): string => /^src\/([\w-]+)/.exec(file)?.[1] ?? ''

const imports = (): readonly { from: string; to: string }[] =>
  sources().flatMap(from =>
    specifiers(from)
      .filter(specifier => specifier.startsWith('.'))
      .map(specifier => ({ from, to: normalize(join(dirname(from), specifier)) })),
  )

const specifiers = (file: string): readonly string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    match => match[1] ?? '',
  )

const sources = (): readonly string[] =>
  readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(entry => relative(root, join(entry.parentPath, entry.name)))
