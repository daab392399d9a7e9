import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { type PapersUser, readable } from '../../src/core/papers-user.ts'
import { createLocalHost } from '../../src/services/local-host.ts'
import { createLogins } from '../../src/services/logins.ts'
import { ownFolder } from './folder.ts'

const host = createLocalHost('here')
const logins = createLogins({ gpu: host, edge: host })

it('tells who a login is, and what of these keys a stranger could read', async () => {
  const folder = ownFolder()
  const keys = join(folder, '.ssh')
  mkdirSync(keys)
  for (const name of ['id', 'id.pub']) writeFileSync(join(keys, name), 'x', { mode: 0o644 })
  const { username, uid, gid } = userInfo()
  const seen = async (mode: number): Promise<PapersUser | null> => {
    chmodSync(keys, mode)
    return logins.papersUser(username, [keys, join(folder, 'missing')])
  }
  // Whether a stranger comes as far as the folder is the machine's affair.
  const toStranger = (user: PapersUser | null): readonly string[] => {
    const paths = user!.paths.map(each => (keys.startsWith(each.path) && each.path !== keys ? { ...each, mode: 0o755 } : each)) // biome-ignore format: a value
    return readable({ ...user!, uid: 4711, gids: [4711], paths })
  }
  const closed = await seen(0o700)
  expect(closed).toMatchObject({ name: username, uid, gids: expect.arrayContaining([gid]) })
  expect(readable(closed!)).toEqual([join(keys, 'id')])
  expect(toStranger(closed)).toEqual([])
  expect(toStranger(await seen(0o755))).toEqual([join(keys, 'id')])
})

it('knows of no login that is not there', async () =>
  expect(await logins.papersUser('nobody-of-that-name', ['/root'])).toBeNull())
