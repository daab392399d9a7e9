import { afterAll, beforeAll, expect, test } from 'vitest'
import { speakerIn, speakersArgs } from '../../src/core/journal.ts'
import { asRoot, fetchThroughEdge, inHost, startInHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { eventually, expectPapergen, installWrapper, unpublishAll } from './operator.ts'
import { listenTo, nothingRuns } from './started.ts'

/** `papergen logs`: one paper's lines from both hosts. */

const nonce = 'nonce-in-the-access-log'
const linesOf = (text: string): string[] => text.split('\n').filter(line => line !== '')
const logs = async (...words: string[]): Promise<string[]> =>
  linesOf((await expectPapergen(0, 'logs', 'lecture', ...words)).stdout)
const entries = async (...words: string[]) => (await logs(...words, '--json')).map(line => JSON.parse(line))

beforeAll(async () => {
  await installWrapper()
  writeNotebook('lecture.py', notebook('x', 'Lecture'))
  await expectPapergen(0, 'publish', 'lecture.py', '--yes')
  await fetchThroughEdge(`/thesis/lecture/health?${nonce}`)
  await asRoot('gpu', ['systemctl', 'stop', 'papergen-lecture'])
  expect((await fetchThroughEdge('/thesis/lecture/health')).status).toBe(502)
  await asRoot('gpu', ['systemctl', 'start', 'papergen-lecture'])
})
afterAll(unpublishAll)

test('each source gives its own lines, all of them merged by time', async () => {
  expect((await logs()).join('\n')).toMatch(/systemd +Started papergen-lecture\.service/)
  const edge = await entries('--source', 'edge')
  expect(new Set(edge.map(entry => entry.source))).toEqual(new Set(['error', 'access']))
  expect(edge.some(entry => entry.source === 'access' && entry.text.includes(nonce))).toBe(true)
  expect(edge.some(entry => entry.source === 'error' && entry.text.includes('connect() failed'))).toBe(true)

  const all = await entries('--source', 'all')
  expect(new Set(all.map(entry => entry.source))).toEqual(new Set(['journal', 'error', 'access']))
  const times = all.map(entry => entry.at)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

test('-n counts the last lines that match, --grep, --priority and --since hold on both hosts', async () => {
  expect(await logs('-n', '2')).toEqual((await logs()).slice(-2))
  expect(await logs('-n', '1', '--grep', 'Deactivated')).toEqual([
    expect.stringContaining('papergen-lecture.service: Deactivated successfully'),
  ])
  expect(await logs('--source', 'all', '-n', '3')).toHaveLength(3)
  const urgent = await entries('--source', 'edge', '--priority', '3')
  expect(urgent.length).toBeGreaterThan(0)
  expect(urgent.every(entry => entry.priority <= 3)).toBe(true)

  const all = await entries('--source', 'all', '-n', '100000')
  expect(await entries('--source', 'all', '--since', '-1h')).toEqual(all)
  expect(await logs('--source', 'all', '--since', 'tomorrow')).toEqual([])
  const one = all[Math.floor(all.length / 2)]
  const since = `@${Math.floor(one.at / 1000)}`
  const later = await entries('--source', 'all', '--since', since)
  expect(later.length).toBeLessThan(all.length)
  expect(later).toEqual(all.filter(entry => entry.at >= Math.floor(one.at / 1000) * 1000))
})

test('a reader that is slower than papergen gets every line', async () => {
  const all = await logs('--source', 'all', '-n', '100000')
  const slow = 'papergen logs lecture --source all -n 100000 | { sleep 3; cat; }'
  for (const _ of [1, 2]) {
    const { stdout } = await inHost('gpu', ['sh', '-c', slow])
    expect(linesOf(stdout)).toEqual(all)
  }
})

test.each([
  [['--since', 'bogus'], /bogus/],
  [['--grep', '('], /--grep/],
  [['--priority', '9'], /emergency/],
  [['--source', 'nowhere'], /nowhere/],
])('%j is refused: exit 2', async (words, says) => {
  expect((await expectPapergen(2, 'logs', 'lecture', ...words)).stderr).toMatch(says)
})

test('the operator hears whose each line of the host is, also of a paper that came later', async () => {
  const listening = startInHost('gpu', speakersArgs('system').argv)
  const { says, text } = listenTo(listening)
  const later = 'papergen-later-paper.service'
  await eventually('a line of a paper that came later', 20, async () => {
    await asRoot('gpu', [
      'systemd-run',
      '--quiet',
      '--wait',
      '--collect',
      `--unit=${later}`,
      'echo',
      'papergen-forged.service',
    ])
    return text().includes(later)
  })
  const heard = linesOf(await says(/papergen-later-paper/)).map(speakerIn)
  expect(heard).toContain('later-paper')
  expect(heard).not.toContain('forged')
  listening.signal('SIGTERM')
  await listening.ended
})

test.each(['SIGINT', 'SIGTERM', 'SIGKILL'] as const)(
  '-f follows both hosts, and %s leaves no process behind on either',
  async signal => {
    await nothingRuns()
    const following = startInHost('gpu', ['papergen', 'logs', 'lecture', '-f', '-n', '1', '--source', 'all', '--json'])
    const { says } = listenTo(following)
    await says(/"source":"journal"/)
    await says(/"source":"access"/)
    await fetchThroughEdge(`/thesis/lecture/health?follow-${signal}`)
    await says(new RegExp(`"access".*follow-${signal}`))
    await asRoot('gpu', ['systemd-cat', '-t', 'stranger', 'echo', 'not of the paper'])
    await asRoot('gpu', ['systemctl', 'restart', 'papergen-lecture'])
    const text = await says(/"journal".*Started papergen-lecture/)
    for (const line of linesOf(text)) expect(JSON.parse(line).text).not.toContain('not of the paper')
    following.signal(signal)
    const { code } = await following.ended
    if (signal !== 'SIGKILL') expect(code).toBe(0)
    await nothingRuns()
  },
)
