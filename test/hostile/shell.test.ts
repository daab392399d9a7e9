import { spawnSync } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished } from 'vitest'
import { command, quote, show } from '../../src/core/command.ts'
import { refuseNames } from '../../src/core/notebook-name.ts'
import { tethered } from '../../src/core/tether.ts'
import { hostileText, some } from './arbitrary.ts'
import { accepted, property } from './cases.ts'
import { notebookPath, sampled } from './files.ts'
import { shellWords } from './shell.ts'

const words = fc.array(hostileText, { minLength: 1, maxLength: 4 })
const argv = (all: readonly string[]) => command(all[0]!, ...all.slice(1))

property('words of a shell', fc.tuple(words, fc.option(hostileText)), ([all, cwd]) => {
  const line = accepted(() => quote(cwd === null ? argv(all) : { ...argv(all), cwd }))
  // No argument of any program can hold a NUL.
  expect(line === null).toBe([...all, cwd ?? ''].some(word => word.includes('\0')))
  if (line === null) return
  const head = cwd === null ? '' : line.slice(0, line.length - quote(argv(all)).length)
  if (cwd !== null) expect(shellWords(head.replace(/ && $/, ''))).toEqual(['cd', cwd])
  expect(shellWords(line.slice(head.length))).toEqual(all)
})

property('commands to be copied by hand', words, all => {
  const line = show(argv(all))
  expect(shellWords(line)).toEqual(all)
})

/** Sampled, and as bytes: half a character is no text to any program. */
const passable = some(hostileText, 2400)
  .filter(word => !word.includes('\0'))
  .map(word => word.toWellFormed())
  .slice(0, 2000)

const inShell = (line: string): string[] => {
  const { stdout, stderr, status } = spawnSync('sh', { input: line, encoding: 'utf8' })
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
  return stdout.split('\0').slice(0, -1)
}

describe('2,000 words through a real sh', () => {
  it('come back as they were', () => {
    expect(passable).toHaveLength(2000)
    const lines = passable.map(word => `${quote(command('printf', '%s\\0', word))}\n`)
    expect(inShell(lines.join(''))).toEqual(passable)
  })

  it('and through the shell that a command is tied to its channel with', () => {
    const folder = mkdtempSync(join(tmpdir(), 'papergen-shell-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const script = join(folder, 'tethered')
    writeFileSync(script, quote(tethered(command('printf', '%s\\0', ...passable))))
    // The end of its input would end the command: this one has none.
    const endless = openSync('/dev/zero', 'r')
    onTestFinished(() => closeSync(endless))
    const { stdout, stderr, status } = spawnSync('sh', [script], { stdio: [endless, 'pipe', 'pipe'], encoding: 'utf8' })
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 })
    expect(stdout.split('\0').slice(0, -1)).toEqual(passable)
  })

  it('also as a person would copy them', () => {
    const lines = passable.map(word => `${show(command('printf', '%s\\0', word))}\n`)
    expect(inShell(lines.join(''))).toEqual(passable)
  })
})

it('2,000 names of notebooks that the core takes, the root program takes too', () => {
  const isTaken = (path: string) => accepted(() => refuseNames(path, null) ?? true) !== null && path.isWellFormed()
  const paths = sampled(notebookPath, 2000, path => path, isTaken)
  const names = paths.flatMap(path => [path, path.slice(path.lastIndexOf('/') + 1)])
  const script = 'source "$1"; while IFS= read -r -d "" name; do plain "$name" || printf "%s\\0" "$name"; done'
  const program = new URL('../../libexec/papergen-gpu', import.meta.url).pathname
  const input = names.map(name => `${name}\0`).join('')
  const { stdout, stderr, status } = spawnSync('bash', ['-pc', script, '-', program], { input, encoding: 'utf8' })
  expect({ stdout, stderr, status }).toEqual({ stdout: '', stderr: '', status: 0 })
})
