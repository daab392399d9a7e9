import { afterEach, beforeAll, expect, test } from 'vitest'
import { asRoot, diffTrees, fetchThroughEdge, tree, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { expectPapergen, installWrapper, papergen, statusOf, unpublishAll } from './operator.ts'

/** Failed and undone operations leave both hosts as they were; a tool outside papergen compares the trees. */

/** The audit log and locks, and marimo's own caches beside a notebook, are nobody's undo. */
const except = [/audit\.jsonl$/, /\.lock$/, /\/lock$/, /__pycache__/, /__marimo__/]

const trees = () => ({ gpu: tree('gpu', { except }), edge: tree('edge', { except }) })

const expectSame = (before: ReturnType<typeof trees>, after = trees(), aside: RegExp | null = null): void => {
  expect(before.gpu.size + before.edge.size).toBeGreaterThan(500)
  const differences = [...diffTrees(before.gpu, after.gpu), ...diffTrees(before.edge, after.edge)]
  expect(differences.filter(line => aside === null || !aside.test(JSON.stringify(line)))).toEqual([])
}

const site = '/etc/nginx/sites-enabled/learn.ericfromkorea.com'

beforeAll(installWrapper)
afterEach(unpublishAll)

test('a marimo that dies after a second: publish fails at the health step, shows its last lines and undoes everything', async () => {
  writeNotebook('dies-soon.py', notebook('x', 'Dies soon'))
  const before = trees()
  const ran = await expectPapergen(1, 'publish', 'dies-soon.py', '--yes')
  expect(ran.stderr).toContain('no CUDA device, giving up')
  expect(ran.stderr).toMatch(/health/i)
  expectSame(before)
  expect(await asRoot('gpu', ['systemctl', 'list-units', '--all', '--plain', '--no-legend', 'papergen-*'])).toBe('')
})

test('unpublish leaves what was there before the paper was ever published, its snapshots aside', async () => {
  writeNotebook('leaves.py', notebook('x', 'Leaves'))
  // The first publish of all makes the index page; its content is set aside by the second comparison.
  await expectPapergen(0, 'publish', 'leaves.py', '--yes')
  await expectPapergen(0, 'unpublish', 'leaves', '--yes')
  writeNotebook('comes.py', notebook('y', 'Comes'))
  const before = trees()
  await expectPapergen(0, 'publish', 'comes.py', '--yes')
  expect((await fetchThroughEdge('/thesis/comes/health')).status).toBe(200)
  await expectPapergen(0, 'unpublish', 'comes', '--yes')
  expectSame(before, trees(), /state\/releases\/comes|thesis\/index\.html/)
})

test('nginx that somebody else broke: refused before anything is begun, with file and line', async () => {
  writeNotebook('fine.py', notebook('x', 'Fine'))
  await asRoot('edge', ['sh', '-c', 'echo "bogus_directive on;" > /etc/nginx/conf.d/broken-by-somebody.conf'])
  try {
    const before = trees()
    const ran = await expectPapergen(4, 'publish', 'fine.py', '--yes')
    expect(ran.stderr).toContain('broken-by-somebody.conf')
    expectSame(before)
  } finally {
    await asRoot('edge', ['rm', '/etc/nginx/conf.d/broken-by-somebody.conf'])
  }
})

test('a listen conflict that makes nginx keep its old configuration is caught as a failed reload and undone', async () => {
  writeNotebook('fine.py', notebook('x', 'Fine'))
  const squatter = 'python3 -m http.server 8444 --bind 0.0.0.0'
  await asRoot('edge', ['systemd-run', '--unit=squatter', '--', ...squatter.split(' ')])
  await asRoot('edge', ['cp', site, '/root/site.before'])
  await asRoot('edge', ['sed', '-i', '0,/listen /s//listen 8444;\\n    listen /', site])
  try {
    await asRoot('edge', ['nginx', '-t', '-q'])
    const before = trees()
    const ran = await papergen(['publish', 'fine.py', '--yes'])
    expect(ran.code).toBe(1)
    expect(ran.stderr).toMatch(/reload/i)
    expectSame(before)
    expect((await fetchThroughEdge('/thesis/fine/health')).status).toBe(404)
  } finally {
    await asRoot('edge', ['cp', '/root/site.before', site])
    await asRoot('edge', ['rm', '/root/site.before'])
    await asRoot('edge', ['systemctl', 'stop', 'squatter'])
    await asRoot('edge', ['systemctl', 'reload', 'nginx'])
  }
  expect((await statusOf()).papers).toEqual([])
})
