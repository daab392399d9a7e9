import { afterAll, beforeAll, expect, test } from 'vitest'
import { insideArgv } from '../../lab/inside.ts'
import { drive } from '../console/driver.ts'
import { inHost, labHosts } from './harness.ts'
import { openConsole, papergen } from './operator.ts'

/** A key with a passphrase, and no agent: a person is asked, without an echo; without a person it is refused with the cure. */

const key = '/home/son/.ssh/id_ed25519'
const secret = 'open sesame 확산'

const keygen = async (...words: readonly string[]): Promise<void> => {
  const ran = await inHost('gpu', ['ssh-keygen', '-q', '-p', '-f', key, ...words])
  if (ran.code !== 0) throw new Error(ran.stderr)
}

beforeAll(() => keygen('-P', '', '-N', secret))
afterAll(() => keygen('-P', secret, '-N', ''))

test('the command line asks for the passphrase and shows nothing of it', async () => {
  const [program, ...args] = insideArgv(labHosts().booted.gpu.leader.pid, ['papergen', 'doctor'], {
    env: { TERM: 'xterm-256color', LANG: 'C.UTF-8' },
  })
  const terminal = drive([program ?? '', ...args])
  await terminal.sees(`Passphrase of ${key}`)
  terminal.type(secret).press('enter')
  await terminal.sees(/nginx +active/)
  expect(terminal.raw()).not.toContain('sesame')
  expect(await terminal.exited()).toBe(0)
})

test('the console asks before it takes the terminal', async () => {
  const console_ = openConsole()
  await console_.sees(`Passphrase of ${key}`)
  console_.type(secret).press('enter')
  await console_.sees(/son-wtr ● ssh/)
  expect(console_.raw()).not.toContain('sesame')
  console_.press('q')
  expect(await console_.exited()).toBe(0)
})

test('without a terminal it is refused with the cure: exit 4', async () => {
  const ran = await papergen(['publish', 'nothing.py', '--yes'])
  const status = await papergen(['status'])
  expect([ran.code, status.code]).toEqual([2, 4])
  expect(status.stderr).toContain('ssh-add')
})
