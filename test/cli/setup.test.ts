import { expect, it } from 'vitest'
import { setup } from '../../src/cli/setup.ts'
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
  const host = { name: 'son-wtr', via: 'ssh', isRoot: false, login: 'papergen@192.168.1.121', shell } as const
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
