import { expect, it } from 'vitest'
import { setup } from '../../src/cli/setup.ts'
import { FakeWorld } from '../core/fake-world.ts'
import { sessionOn } from './session.ts'

const asked = () => Promise.reject(new Error('no host may be asked'))

it('prints the script and asks no host, with --read-only too', async () => {
  const { session, said } = sessionOn(new FakeWorld())
  const options = { apply: false, yes: false, readOnly: true }
  expect(await setup(session.terminal, 'gpu', '#!/bin/bash', asked, options)).toBe(0)
  expect(said.stdout).toEqual(['#!/bin/bash'])
})

it('applies nothing with --read-only', async () => {
  const { session } = sessionOn(new FakeWorld())
  const options = { apply: true, yes: true, readOnly: true }
  await expect(setup(session.terminal, 'edge', '#!/bin/bash', asked, options)).rejects.toMatchObject({
    problem: { kind: 'read-only', action: 'setup edge --apply' },
  })
})
