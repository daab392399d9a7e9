import { afterAll, beforeAll, expect, test } from 'vitest'
import { hosts } from '../../lab/layout.ts'
import { asRoot, fetchThroughEdge, inHost, startInHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { eventually, expectPapergen, installWrapper, paperIn, statusOf, unpublishAll } from './operator.ts'
import { expectUnchanged, trees } from './unchanged.ts'
import { during, expectSeen } from './world.ts'

/** Units that do not do what systemd asks of them. */

beforeAll(async () => {
  await installWrapper()
  for (const name of ['slow-late', 'dies-often', 'hangs-here', 'deaf-one'])
    writeNotebook(`${name}.py`, notebook(name, name))
})
afterAll(unpublishAll)

test('its port is taken between the check and the start', async ({ task }) => {
  const before = trees()
  const publishing = startInHost('gpu', ['papergen', 'publish', 'slow-late.py', '--yes'])
  // Its marimo takes eight seconds to come to its port.
  const unit = 'papergen-slow-late.service'
  await eventually('the unit started', 30, async () =>
    (await inHost('gpu', ['systemctl', 'is-active', unit])).stdout.startsWith('active'),
  )
  const stranger = startInHost('gpu', ['python3', '-m', 'http.server', '27000', '--bind', hosts.gpu.address])
  const { code, stderr } = await publishing.ended
  stranger.signal('SIGTERM')
  await stranger.ended
  expect(code).toBe(1)
  expectSeen(task.name, stderr)
  expect(stderr).toContain('Everything was put back')
  expectUnchanged(before)
})

test('it crashes again and again', async ({ task }) => {
  const before = trees()
  const { stderr } = await expectPapergen(1, 'publish', 'dies-often.py', '--yes')
  expectSeen(task.name, stderr)
  expectUnchanged(before)
})

test('it hangs in its start and never listens', { timeout: 400_000 }, async ({ task }) => {
  await expectPapergen(0, 'publish', 'hangs-here.py', '--yes')
  const marimo = '/home/son/prj/thesis/.venv/bin/marimo'
  const hangs = asRoot('gpu', [
    'sh',
    '-euc',
    `cp -p "$1" "$1.was"; printf '#!/bin/sh\\nexec sleep 1000\\n' >"$1"`,
    'sh',
    marimo,
  ])
  await during(
    hangs.then(() => () => asRoot('gpu', ['mv', `${marimo}.was`, marimo])),
    async () => {
      const { stderr } = await expectPapergen(1, 'restart', 'hangs-here', '--yes')
      expectSeen(task.name, stderr)
      const { verdict } = paperIn(await statusOf(), 'hangs-here')
      expect(verdict).toMatchObject({ level: 'failing', hop: 'process', fix: 'restart' })
      expect(verdict.cause).toMatch(/^runs, but listens on no port, 2 m after its start$/)
    },
  )
  await expectPapergen(0, 'restart', 'hangs-here', '--yes')
  await expectPapergen(0, 'unpublish', 'hangs-here', '--yes')
})

test('it ignores SIGTERM', async ({ task }) => {
  await expectPapergen(0, 'publish', 'deaf-one.py', '--yes')
  const began = Date.now()
  await expectPapergen(0, 'restart', 'deaf-one', '--yes')
  expect(Date.now() - began).toBeGreaterThan(14_000)
  expect((await fetchThroughEdge('/thesis/deaf-one/health')).status).toBe(200)
  expectSeen(task.name, (await expectPapergen(0, 'logs', 'deaf-one')).stdout)
  await expectPapergen(0, 'unpublish', 'deaf-one', '--yes')
  expect((await fetchThroughEdge('/thesis/deaf-one/health')).status).toBe(404)
  expect((await statusOf()).papers).toEqual([])
})
