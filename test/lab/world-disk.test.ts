import { afterAll, beforeAll, expect, test } from 'vitest'
import { fetchThroughEdge, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { expectPapergen, paperIn, project, statusOf, unpublishAll } from './operator.ts'
import { diskTrouble } from './troubles.ts'
import { expectUnchanged, trees } from './unchanged.ts'
import { during, expectSeen } from './world.ts'

/** A disk that takes nothing more, on either host: a publish is put back and says where; what is live serves on. */

const state = `${project}/state`
const library = '/var/lib/papergen'
const units = '/etc/systemd/system'
const routes = '/etc/nginx/snippets/learn-papers'

beforeAll(async () => {
  writeNotebook('fine.py', notebook('x', 'Fine'))
  writeNotebook('lives.py', notebook('y', 'Lives'))
  await expectPapergen(0, 'publish', 'lives.py', '--yes')
})
afterAll(unpublishAll)

test.each([
  ['the disk below state/ is full', 'gpu', state, 'full', 4],
  ['the disk below state/ is read-only', 'gpu', state, 'read-only', 4],
  ["the GPU host's /var/lib/papergen is full", 'gpu', library, 'full', 1],
  ["the units' folder is read-only", 'gpu', units, 'read-only', 1],
  ["the edge's routes are on a full disk", 'edge', routes, 'full', 1],
  ["the edge's routes are on a read-only disk", 'edge', routes, 'read-only', 1],
  ["the edge's /var/lib/papergen is read-only", 'edge', library, 'read-only', 1],
] as const)('%s', async (fault, host, folder, trouble, code) => {
  const before = trees()
  await during(diskTrouble(host, folder, trouble), async () => {
    const { stderr } = await expectPapergen(code, 'publish', 'fine.py', '--yes')
    expectSeen(fault, stderr)
    expect(stderr).toMatch(/Nothing was changed for fine|Everything was put back: fine is not published/)
    // Nothing of the machinery is shown to a person.
    expect(stderr).not.toMatch(/\{"kind"|may be a defect/)
    expect((await fetchThroughEdge('/thesis/lives/health')).status).toBe(200)
    const { stderr: restarted } = await expectPapergen(0, 'restart', 'lives', '--yes')
    expect(restarted).not.toMatch(/\{"kind"/)
    expect(paperIn(await statusOf(), 'lives').verdict.level).toBe('ok')
  })
  expectUnchanged(before)
  expect((await expectPapergen(0, 'repair', '--yes')).stdout).toContain('Nothing to repair')
})
