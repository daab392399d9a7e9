import { createHash } from 'node:crypto'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { asRoot, fetchThroughEdge, inHost, startInHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import {
  emptyRegistry,
  eventually,
  expectPapergen,
  installWrapper,
  project,
  stateFile,
  statusOf,
  unpublishAll,
  writeState,
} from './operator.ts'
import { differences, expectUnchanged, trees } from './unchanged.ts'
import { expectSeen } from './world.ts'

/** Failed and undone operations leave both hosts as they were; a tool outside papergen compares the trees. */

const site = '/etc/nginx/sites-enabled/learn.ericfromkorea.com'
const page = '/var/www/learn.ericfromkorea.com/thesis/index.html'

beforeAll(async () => {
  await installWrapper()
  await unpublishAll()
})
afterEach(unpublishAll)

const unitsThere = (): Promise<string> =>
  asRoot('gpu', ['systemctl', 'list-units', '--all', '--plain', '--no-legend', 'papergen-*'])

test('a marimo that dies after a second: publish fails at the health step, shows its last lines and undoes everything', async () => {
  writeNotebook('dies-soon.py', notebook('x', 'Dies soon'))
  // Without a registry: the one that publish makes must go again.
  await asRoot('gpu', ['rm', '-f', stateFile])
  const before = trees()
  const ran = await expectPapergen(1, 'publish', 'dies-soon.py', '--yes')
  expect(ran.stderr).toMatch(/FAILED +Wait until papergen-dies-soon\.service is healthy/)
  expect(ran.stderr).toMatch(
    /✗ Step health failed\n.*crashes again and again[\s\S]*│ wrapper: no CUDA device, giving up/,
  )
  expect(ran.stderr).toMatch(/undone +Register[\s\S]*undone +Snapshot[\s\S]*Everything was put back/)
  expectUnchanged(before)
  expect(await unitsThere()).toBe('')
})

test('unpublish leaves what was there before anything was ever published, the index page and the snapshots aside', async () => {
  const text = notebook('y', 'Comes')
  writeNotebook('comes.py', text)
  // The registry is shared and there before papergen (contract.md); where there was none, unpublish leaves an empty one.
  await writeState(emptyRegistry)
  await asRoot('edge', ['rm', '-f', page])
  await asRoot('gpu', ['sh', '-c', `rm -rf ${project}/state/releases/*`])
  const never = trees()
  await expectPapergen(0, 'publish', 'comes.py', '--yes')
  expect((await fetchThroughEdge('/thesis/comes/health')).status).toBe(200)
  await expectPapergen(0, 'unpublish', 'comes', '--yes')
  expect((await fetchThroughEdge('/thesis/comes/health')).status).toBe(404)
  expect(await unitsThere()).toBe('')

  // operations.md, "Unpublish": the last snapshots stay on disk. The one snapshot: the notebook, a note, and links to its siblings.
  const releases = `${project}/state/releases/comes`
  const snapshot = `${releases}/${sha256(text).slice(0, 16)}`
  const siblings = [...never.gpu.keys()]
    .filter(path => new RegExp(`^${project}/papers/[^/]+$`).test(path) && !path.endsWith('/comes.py'))
    .map(path => path.replace(/^.*\//, ''))
  const left = differences(never)
  expect(left.map(({ change, path }) => `${change} ${path}`).sort()).toEqual(
    [releases, snapshot, page]
      .concat(['comes.py', '.papergen', ...siblings].map(name => `${snapshot}/${name}`))
      .map(path => `added ${path}`)
      .sort(),
  )
  const lineOf = (path: string) => left.find(difference => difference.path === path)?.after
  expect(lineOf(`${snapshot}/comes.py`)).toContain(` file 0644 1000:1000 ${sha256(text)}`)
  for (const name of siblings) expect(lineOf(`${snapshot}/${name}`)).toMatch(new RegExp(` link .*/papers/${name}$`))
  expect(lineOf(page)).toMatch(/ file 0644 0:0 /)

  // With the page and the snapshot there, the next round leaves nothing at all, not even in the page's content.
  const unpublished = trees()
  await expectPapergen(0, 'publish', 'comes.py', '--yes')
  expect(differences(unpublished).length).toBeGreaterThan(4)
  await expectPapergen(0, 'unpublish', 'comes', '--yes')
  expectUnchanged(unpublished)
})

test('nginx that somebody else broke: refused before anything is begun, with file and line', async () => {
  const theirs = '/etc/nginx/conf.d/broken-by-somebody.conf'
  writeNotebook('fine.py', notebook('x', 'Fine'))
  await asRoot('edge', ['sh', '-c', `echo "bogus_directive on;" > ${theirs}`])
  try {
    const before = trees()
    const ran = await expectPapergen(4, 'publish', 'fine.py', '--yes')
    expectSeen('nginx was broken by somebody else', ran.stderr)
    expect(ran.stderr).toContain('unknown directive "bogus_directive"')
    expectUnchanged(before)
  } finally {
    await asRoot('edge', ['rm', theirs])
  }
})

test('a listen conflict that makes nginx keep its old configuration is caught as a failed reload and undone', async () => {
  writeNotebook('fine.py', notebook('x', 'Fine'))
  writeNotebook('lives.py', notebook('y', 'Lives'))
  await expectPapergen(0, 'publish', 'lives.py', '--yes')
  const squatter = 'python3 -m http.server 8444 --bind 0.0.0.0'
  await asRoot('edge', ['systemd-run', '--unit=squatter', '--', ...squatter.split(' ')])
  await asRoot('edge', ['cp', site, '/root/site.before'])
  await asRoot('edge', ['sed', '-i', '0,/listen /s//listen 8444;\\n    listen /', site])
  try {
    await asRoot('edge', ['sh', '-c', 'until ss -Hltn sport = :8444 | grep -q .; do sleep 0.1; done'])
    // nginx itself finds nothing wrong.
    await asRoot('edge', ['nginx', '-t', '-q'])
    const before = trees()
    const ran = await expectPapergen(1, 'publish', 'fine.py', '--yes')
    expect(ran.stderr).toMatch(/FAILED +Route fine to port/)
    expectSeen('a listening conflict: nginx keeps its old configuration in silence', ran.stderr)
    expectUnchanged(before)
    expect((await fetchThroughEdge('/thesis/fine/health')).status).toBe(404)
    expect((await fetchThroughEdge('/thesis/lives/health')).status).toBe(200)
  } finally {
    await asRoot('edge', ['cp', '/root/site.before', site])
    await asRoot('edge', ['rm', '/root/site.before'])
    await asRoot('edge', ['systemctl', 'stop', 'squatter'])
    await asRoot('edge', ['systemctl', 'reload', 'nginx'])
  }
  expect((await statusOf()).papers.map(({ id }: { id: string }) => id)).toEqual(['lives'])
})

test('an update whose new version dies is undone, and the old version serves on', async () => {
  writeNotebook('stays.py', notebook('x', 'Stays'))
  writeNotebook('dies-next.py', notebook('y', 'Dies'))
  await expectPapergen(0, 'publish', 'stays.py', '--yes')
  const before = trees()
  const ran = await expectPapergen(1, 'publish', 'dies-next.py', '--id', 'stays', '--yes')
  expect(ran.stderr).toContain('│ wrapper: no CUDA device, giving up')
  expectUnchanged(before)
  expect((await fetchThroughEdge('/thesis/stays/health')).status).toBe(200)
  expect(await unitsThere()).toMatch(/^papergen-stays\.service +loaded active running [^\n]*\n$/)
})

test.each<[string, (begun: () => Promise<unknown>) => Promise<number>]>([
  [
    'Ctrl-C',
    async begun => {
      const started = startInHost('gpu', ['papergen', 'publish', 'slow-leaves.py', '--yes'])
      await begun()
      started.signal('SIGINT')
      return (await started.ended).code
    },
  ],
  [
    'a reader of its output that goes away',
    async () =>
      (await inHost('gpu', ['bash', '-o', 'pipefail', '-c', 'papergen publish slow-leaves.py --yes 2>&1 | head -1']))
        .code,
  ],
])('%s in the middle of a publish: exit 130 and everything undone', async (_, interrupt) => {
  writeNotebook('slow-leaves.py', notebook('x', 'Leaves'))
  const before = trees()
  const begun = () =>
    eventually('the unit started', 20, async () => (await unitsThere()).includes('papergen-slow-leaves.service'))
  expect(await interrupt(begun)).toBe(130)
  expectUnchanged(before)
  expect(await unitsThere()).toBe('')
})

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
