import { describe, expect, test } from 'vitest'
import type { Driver } from './driver.ts'
import type { Scenario } from './program/hosts.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

const died = async (scenario: Scenario, env: Readonly<Record<string, string>> = {}): Promise<Driver> => {
  const driver = await console.open({ ...scenario, acts: ['dies'] }, { env: { TMUX: '', ...env } })
  expect(bells(driver)).toBe(0)
  return driver.kill('SIGUSR2').sees('attention turned failing')
}

/** Bells that rang: those that end another sequence do not. */
const bells = (driver: Driver): number =>
  driver
    .raw()
    .replace(/\u001bPtmux;.*?\u001b\\/g, '')
    .replace(/\u001b\][^\u0007]*\u0007/g, '')
    .split('\u0007').length - 1

const notes = (driver: Driver): readonly string[] =>
  driver.raw().match(/(?:\u001bPtmux;\u001b)?\u001b\](?:9|777;notify);[^\u0007]*\u0007(?:\u001b\\)?/g) ?? []

const hostile = { attention: 'All You\u0007\u001b]52;c;eA==\u0007 Need;\u001b[2J\u009cx\u202e' }

describe('a paper that turns failing', () => {
  test('rings the bell once and counts in the title; the desktop is left alone', async () => {
    const driver = await died({})
    expect([bells(driver), notes(driver)]).toEqual([1, []])
    expect(driver.title()).toBe('papergen  3 ✗  1 ≠  1 ~')
  })

  test('without the bell it is quiet', async () => {
    const driver = await died({ console: { bell: false } })
    expect([bells(driver), notes(driver)]).toEqual([0, []])
  })

  test.each([
    ['osc9', /^\u001b\]9;papergen: attention turned failing: Attention Is All You Need: exit 1[^;]*\u0007$/],
    ['osc777', /^\u001b\]777;notify;papergen: attention turned failing;Attention Is All You Need: exit 1[^;]*\u0007$/],
  ] as const)('notifies once by %s where the config says so', async (notify, sequence) => {
    const driver = await died({ console: { notify } })
    expect(notes(driver)).toEqual([expect.stringMatching(sequence)])
    expect(bells(driver)).toBe(1)
  })

  test('notifies through tmux', async () => {
    const driver = await died({ console: { notify: 'osc9', bell: false } }, { TMUX: '/tmp/tmux-0/default,1,0' })
    expect(notes(driver)).toEqual([
      expect.stringMatching(/^\u001bPtmux;\u001b\u001b\]9;papergen: attention turned failing[^\u001b]*\u0007\u001b\\$/),
    ])
  })

  test.each(['osc9', 'osc777'] as const)('has no control of its own in %s, whatever it is called', async notify => {
    const driver = await died({ titles: hostile, console: { notify, bell: false } })
    expect(notes(driver)).toEqual([expect.stringMatching(/All You Need, ?x: exit 1/)])
    expect([bells(driver), driver.raw().includes(']52;')]).toEqual([0, false])
  })
})
