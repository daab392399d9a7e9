import { describe, expect, it } from 'vitest'
import { type SetupTarget, setup } from '../../src/cli/setup.ts'
import type { Command } from '../../src/core/command.ts'
import type { Shell } from '../../src/core/ports.ts'
import { FakeWorld } from '../core/fake-world.ts'
import { sessionOn } from './session.ts'

const asked = () => Promise.reject(new Error('no host may be asked'))

it('prints the script and asks no host, with --read-only too', async () => {
  const { session, said } = sessionOn(new FakeWorld())
  const options = { apply: false, yes: false, account: null, readOnly: true }
  expect(await setup(session.terminal, 'gpu', '#!/bin/bash', asked, options)).toBe(0)
  expect(said.stdout).toEqual(['#!/bin/bash'])
})

it('applies nothing with --read-only', async () => {
  const { session } = sessionOn(new FakeWorld())
  const options = { apply: true, yes: true, account: null, readOnly: true }
  await expect(setup(session.terminal, 'edge', '#!/bin/bash', asked, options)).rejects.toMatchObject({
    problem: { kind: 'read-only', action: 'setup edge --apply' },
  })
})

it('says how to set the edge up by hand when its login can do nothing but start the entry point', async () => {
  const { session } = sessionOn(new FakeWorld())
  const stderr = 'papergen: this login starts the entry point and does nothing else\n'
  const shell = { run: async () => ({ code: 126, stdout: '', stderr }) } as unknown as Shell
  const host = {
    name: 'son-wtr',
    via: 'ssh',
    isRoot: false,
    scope: 'system',
    login: 'papergen@192.168.1.121',
    shell,
  } as const
  const options = { apply: true, yes: true, account: 'papergen', readOnly: false }
  await expect(setup(session.terminal, 'edge', '#!/bin/bash', async () => host, options)).rejects.toMatchObject({
    problem: {
      kind: 'no-permission',
      cure: expect.stringMatching(
        /setup edge --account papergen > setup\.sh; scp .*; ssh -t ADMIN@192\.168\.1\.121 sudo bash/,
      ),
    },
  })
})

/** A host that notes what it was asked to run. */
const hostOf = (more: Partial<SetupTarget>) => {
  const ran: string[] = []
  const run = async ({ argv }: Command, options: { stdin: string }) => {
    ran.push(`${argv.join(' ')} < ${options.stdin}`)
    return { code: 0, stdout: 'papergen setup: done\n', stderr: '' }
  }
  const shell = { run } as unknown as Shell
  const target: SetupTarget = {
    name: 'gpu',
    via: 'local',
    scope: 'system',
    isRoot: false,
    login: 'son',
    shell,
    ...more,
  }
  return { target, ran }
}

const apply = { apply: true, account: null, readOnly: false }

describe('--apply', () => {
  it.each([
    ['system', false, 'sudo -n bash -s', 'as root on gpu?'],
    ['system', true, 'bash -s', 'as root on gpu?'],
    ['user', false, 'bash -s', 'as son on gpu?'],
  ] as const)('in the %s scope, root there: %j: %s', async (scope, isRoot, command, question) => {
    const { target, ran } = hostOf({ scope, isRoot })
    const { session } = sessionOn(new FakeWorld())
    const asked: string[] = []
    const ask = async (words: string): Promise<string> => {
      asked.push(words)
      return 'y'
    }
    const options = { ...apply, yes: false }
    expect(await setup({ ...session.terminal, ask }, 'gpu', 'script', async () => target, options)).toBe(0)
    expect([ran, asked]).toEqual([[`${command} < script`], [expect.stringContaining(question)]])
  })

  it.each([
    [{ via: 'local' }, /without sudo/],
    [{ via: 'ssh', login: 'root@192.168.1.116' }, /user under \[gpu\]/],
  ] as const)('in the user scope root is refused, with the next step: %j', async (where, hint) => {
    const { target, ran } = hostOf({ ...where, scope: 'user', isRoot: true })
    const { session } = sessionOn(new FakeWorld())
    const options = { ...apply, yes: true }
    await expect(setup(session.terminal, 'gpu', 'script', async () => target, options)).rejects.toMatchObject({
      problem: { kind: 'bad-argument', what: 'setup gpu --apply', hint: expect.stringMatching(hint) },
    })
    expect(ran).toEqual([])
  })
})
