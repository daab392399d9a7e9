import { afterEach, beforeAll, expect, test, vi } from 'vitest'
import type { Driver } from '../console/driver.ts'
import { asRoot, fetchThroughEdge, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { expectPapergen, openConsole, paperIn, project, statusOf, unpublishAll } from './operator.ts'
import { nothingRuns } from './started.ts'
import { takeStock } from './unchanged.ts'

vi.setConfig({ testTimeout: 300_000 })

/** The console itself is killed in the midst of what it does; the next one says so at its start and mends it with a key. */

const releases = `${project}/state/releases/fragile`
const done = /[─━]{2} done [─━]{2}/

const health = async (): Promise<number> => (await fetchThroughEdge('/thesis/fragile/health')).status

const publishInConsole = async (console_: Driver): Promise<void> => {
  await console_.sees(/son-wtr ● ssh/)
  await console_.press('p').idle().sees('fragile.py')
  await console_.type('fragile').idle().press('enter').idle().sees(/y\/N/, 60)
  await console_.press('y')
}

const unpublishInConsole = async (console_: Driver): Promise<void> => {
  await console_.sees(/fragile.*\bok\b/)
  await console_.select('fragile').press('u').idle().sees('Take fragile off the site?')
  await console_.sees(/^ +1 {2}\S/m, 60)
  await console_.type('fragile').press('enter')
}

/** SIGKILL of the console's own process, at once when its operation has come to the step. */
const killedAt = async (step: string, act: (console_: Driver) => Promise<void>): Promise<void> => {
  const console_ = openConsole()
  const script = `until grep -qs '"step": "${step}"' ${project}/state/intents/*-fragile.json; do sleep 0.02; done
    kill -9 $(pgrep -u son -f papergen.mjs)`
  try {
    const killed = asRoot('gpu', ['timeout', '60', 'sh', '-c', script])
    await act(console_)
    await killed
    await console_.exited()
    // It had no time to give the terminal back.
    expect(console_.terminal().alternate).toBe(true)
  } finally {
    console_.end()
  }
  await nothingRuns(15)
}

/** A new console says it at once and offers the key; afterwards it has nothing more to offer. */
const repairedInConsole = async (operation: string): Promise<void> => {
  const console_ = openConsole()
  try {
    await console_.sees('1 interrupted operation: x repairs')
    await console_.sees(new RegExp(`fragile.*${operation} interrupted`))
    await console_
      .select('fragile')
      .press('x')
      .idle()
      .sees(/Repair fragile\?/)
    await console_.sees(/y\/N/, 60)
    await console_.press('y').sees(done, 90)
    await console_.press('esc').idle().misses('interrupted')
    await console_.press('q')
    expect(await console_.exited()).toBe(0)
  } finally {
    console_.end()
  }
  expect((await expectPapergen(0, 'repair', '--yes')).stdout).toContain('Nothing to repair')
}

beforeAll(async () => {
  writeNotebook('fragile.py', notebook('first', 'Fragile'))
  // The first publish of all makes folders and the index page, which stay.
  await expectPapergen(0, 'publish', 'fragile.py', '--yes')
  await expectPapergen(0, 'unpublish', 'fragile', '--yes')
  await asRoot('gpu', ['rm', '-r', releases])
})
afterEach(async () => {
  await expectPapergen(0, 'repair', '--yes')
  await unpublishAll()
  await asRoot('gpu', ['rm', '-rf', releases])
})

test('a publish killed while it waits for health: both hosts as before it, to the last byte', async () => {
  const changes = takeStock()
  await killedAt('health', publishInConsole)
  expect(changes()).not.toEqual([])
  await repairedInConsole('publish')
  expect(changes()).toEqual([])
  expect(await health()).toBe(404)
})

test('an update killed while the main unit starts: the former version, as it was', async () => {
  await expectPapergen(0, 'publish', 'fragile.py', '--yes')
  writeNotebook('fragile.py', notebook('second', 'Fragile'))
  const changes = takeStock()
  await killedAt('main-health', publishInConsole)
  await repairedInConsole('update')
  writeNotebook('fragile.py', notebook('second', 'Fragile'))
  expect(changes()).toEqual([])
  expect(await health()).toBe(200)
  expect(paperIn(await statusOf(), 'fragile').verdict.level).toBe('ok')
})

test('an unpublish killed after the first removal: both hosts as if it had been let finish', async () => {
  const changes = takeStock()
  await expectPapergen(0, 'publish', 'fragile.py', '--yes')
  await killedAt('route', unpublishInConsole)
  await repairedInConsole('unpublish')
  await asRoot('gpu', ['rm', '-r', releases])
  expect(changes()).toEqual([])
  expect(await health()).toBe(404)
})
