import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { asRoot, fetchThroughEdge, inHost, knockThroughEdge, startInHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { expectPapergen, installWrapper, paperIn, statusOf, unpublishAll } from './operator.ts'
import { nothingRuns, reached } from './started.ts'
import { takeStock } from './unchanged.ts'

/** An operation that is killed or interrupted leaves, after one repair, the old or the new state; a second finds nothing. */

const health = async (id: string): Promise<number> => (await fetchThroughEdge(`/thesis/${id}/health`)).status

/** The snapshot its unit runs from. */
const served = async (id: string): Promise<string> => {
  const started = await asRoot('gpu', ['systemctl', 'show', '-p', 'ExecStart', '--value', `papergen-${id}.service`])
  return /releases\/[^/]+\/(\w+)/.exec(started)?.[1] ?? started
}

const repairs = async (): Promise<string> => {
  await nothingRuns()
  const { stdout } = await expectPapergen(0, 'repair', '--yes')
  expect((await expectPapergen(0, 'repair', '--yes')).stdout).toContain('Nothing to repair')
  return stdout
}

/** Starts papergen and sends it the signal at a step of its operation. */
const signalledAt = async (step: string, signal: NodeJS.Signals, id: string, ...words: string[]) => {
  const started = startInHost('gpu', ['papergen', ...words, '--yes'])
  await reached(id, step)
  started.signal(signal)
  return started.ended
}

beforeAll(async () => {
  await installWrapper()
  writeNotebook('fragile.py', notebook('first', 'Fragile'))
  // The first publish of all makes folders and the index page, which stay.
  await expectPapergen(0, 'publish', 'fragile.py', '--yes')
  await expectPapergen(0, 'unpublish', 'fragile', '--yes')
  await asRoot('gpu', ['rm', '-r', '/home/son/prj/thesis/state/releases/fragile'])
})
afterEach(async () => {
  await expectPapergen(0, 'repair', '--yes')
  await unpublishAll()
})
afterAll(async () => {
  await inHost('gpu', ['rm', '-rf', '/home/son/prj/thesis/state/releases/fragile'])
})

test('publish killed while it waits for health: status names it, repair undoes it to the last byte', async () => {
  const changes = takeStock()
  await signalledAt('health', 'SIGKILL', 'fragile', 'publish', 'fragile.py')
  await nothingRuns()
  expect(changes()).not.toEqual([])
  const seen = await expectPapergen(3, 'status')
  expect(seen.stdout).toMatch(/fragile.*publish interrupted at health/)
  expect((await expectPapergen(2, 'publish', 'fragile.py', '--yes')).stderr).toMatch(/papergen repair/)
  expect(await repairs()).toContain('publish of fragile')
  expect(changes()).toEqual([])
})

test('publish killed while its route is provisional: the edge takes the route back by itself', async () => {
  const changes = takeStock()
  await signalledAt('public', 'SIGKILL', 'fragile', 'publish', 'fragile.py')
  await nothingRuns()
  expect(await health('fragile')).toBe(404)
  await repairs()
  expect(changes()).toEqual([])
})

/** Before the main unit is touched, while it starts, and when visitors are on it again. */
const dying = ['next-health', 'main-health', 'public']

test.each(dying)('update killed at %s: no visitor misses an answer, through the kill and the repair', async step => {
  await expectPapergen(0, 'publish', 'fragile.py', '--yes')
  const before = await served('fragile')
  writeNotebook('fragile.py', notebook('second', 'Fragile'))
  const knocking = knockThroughEdge('/thesis/fragile/health', 50)
  await knocking.answered
  await signalledAt(step, 'SIGKILL', 'fragile', 'publish', 'fragile.py')
  await repairs()
  const knocks = await knocking.stop()
  writeNotebook('fragile.py', notebook('first', 'Fragile'))
  expect(knocks.length).toBeGreaterThan(20)
  expect(knocks.filter(({ status }) => status !== 200)).toEqual([])
  expect(paperIn(await statusOf(), 'fragile').verdict.level).toBe('ok')
  expect(await served('fragile')).toBe(before)
  const units = await asRoot('gpu', ['systemctl', 'list-units', '--all', '--plain', '--no-legend', 'papergen-*'])
  expect(units.trim().split('\n')).toHaveLength(1)
})

test('unpublish killed after the first removal: repair takes the paper down for good', async () => {
  await expectPapergen(0, 'publish', 'fragile.py', '--yes')
  await signalledAt('route', 'SIGKILL', 'fragile', 'unpublish', 'fragile')
  await repairs()
  expect(await health('fragile')).toBe(404)
  expect((await statusOf()).papers).toEqual([])
})

test.each(['SIGINT', 'SIGHUP'] as const)('publish stopped by %s undoes everything: exit 130', async signal => {
  const changes = takeStock()
  const { code, stderr } = await signalledAt('health', signal, 'fragile', 'publish', 'fragile.py')
  expect(code).toBe(130)
  expect(stderr).toContain('Everything was put back')
  expect(changes()).toEqual([])
  expect((await expectPapergen(0, 'repair', '--yes')).stdout).toContain('Nothing to repair')
})

test('an undo that cannot reach root: exit 5 with what is left behind, and repair mends it', async () => {
  const changes = takeStock()
  const started = startInHost('gpu', ['papergen', 'publish', 'fragile.py', '--yes'])
  await reached('fragile', 'health')
  await asRoot('gpu', ['mv', '/etc/sudoers.d/papergen-gpu', '/root/sudoers.away'])
  await asRoot('gpu', ['sh', '-c', 'kill -9 $(pgrep -f "^/bin/bash -p /usr/local/libexec/papergen-gpu serve")'])
  const { code, stderr } = await started.ended
  await asRoot('gpu', ['mv', '/root/sudoers.away', '/etc/sudoers.d/papergen-gpu'])
  expect(code).toBe(5)
  expect(stderr).toMatch(/Left behind/)
  await repairs()
  expect(changes()).toEqual([])
})
