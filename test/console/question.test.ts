import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Driver } from './driver.ts'
import { usingConsole } from './using.ts'

/** A question of the command line, left without an answer. */

const console = usingConsole()
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'papergen-question-'))
  writeFileSync(join(folder, 'config.toml'), `[gpu]\nproject = "${folder}"\n[edge]\nvia = "local"\n`)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['Ctrl-C', 130, /✗ Interrupted\n/, (driver: Driver) => driver.press('ctrl-c')],
  ['SIGTERM', 130, /✗ Interrupted\n/, (driver: Driver) => driver.kill('SIGTERM')],
  [
    'Ctrl-D',
    2,
    /✗ Refused: it was not confirmed[\s\S]*nothing was changed/,
    (driver: Driver) => driver.press('ctrl-d'),
  ],
])('%s ends it with %i, in words on a line of their own', async (_, code, words, leave) => {
  const driver = await console
    .papergen(['--config', join(folder, 'config.toml'), 'unpublish', 'attention'])
    .sees('Type attention to go on:')
  leave(driver)
  expect(await driver.exited()).toBe(code)
  const screen = driver.screen().join('\n')
  expect(screen).toMatch(/to go on: *\n/)
  expect(screen).toMatch(words)
  expect(screen).not.toContain('unexpected')
})

test('Ctrl-C at the passphrase of a key ends the console with 130 before it began', async () => {
  const [key, config] = [join(folder, 'key'), join(folder, 'locked.toml')]
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'open sesame', '-f', key])
  writeFileSync(config, `[gpu]\nproject = "${folder}"\n[edge]\nidentity = "${key}"\n`)
  const line = `env -u SSH_AUTH_SOCK ${process.execPath} ${console.program()} --config ${config}; echo "code $?"`
  const driver = await console.shell().sees('$').shell(line).sees(`Passphrase of ${key}`).press('ctrl-c')
  await driver.sees('✗ Interrupted').sees(/^code 130$/m)
})
