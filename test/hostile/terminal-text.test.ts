import fc from 'fast-check'
import { expect } from 'vitest'
import { clipped } from '../../src/core/clipboard.ts'
import { notification } from '../../src/core/notification.ts'
import { cells, chopped, clean, cut, fit, oneLine, withoutCells, wrapped } from '../../src/core/text.ts'
import { createDesktop } from '../../src/services/desktop.ts'
import { hostileText, steers } from './arbitrary.ts'
import { isDrawable, property } from './cases.ts'

property('text on a terminal', fc.tuple(hostileText, fc.integer({ min: 2, max: 40 })), ([text, width]) => {
  expect(clean(text)).not.toMatch(steers)
  const line = oneLine(text)
  expect(line).toSatisfy(isDrawable)
  expect(cells(fit(line, width))).toBe(width)
  const parts = [fit(line, width), withoutCells(line, width), ...cut(line, width), ...chopped(line, width)]
  for (const part of [...parts, ...wrapped(line, width)]) expect(part).toSatisfy(isDrawable)
  expect(cut(line, width).join('')).toBe(line)
})

/** One operating system command, of this number, with a text that nothing steers in. */
const osc = (number: number) => new RegExp(`^\\u001b\\]${number};([^\\u0000-\\u001f\\u007f-\\u009f]*)\\u0007$`)
/** What tmux hands on, every escape of it doubled. */
const passed = /^\u001bPtmux;((?:\u001b\u001b|[^\u001b])*)\u001b\\$/

property('notifications', fc.tuple(hostileText, hostileText, fc.boolean()), ([headline, detail, isInTmux]) => {
  const sent = (way: 'off' | 'osc9' | 'osc777') => {
    const sequence = notification(way, { headline, detail }, isInTmux)
    return isInTmux && sequence !== '' ? passed.exec(sequence)![1]!.replaceAll('\u001b\u001b', '\u001b') : sequence
  }
  expect(sent('off')).toBe('')
  expect(osc(9).exec(sent('osc9'))![1]).toMatch(/^papergen: /)
  const fields = osc(777).exec(sent('osc777'))![1]!
  expect(fields).not.toMatch(steers)
  expect(fields.split(';')).toHaveLength(3)
})

property('the clipboard', hostileText, text => {
  const sent: string[] = []
  createDesktop({ environment: {}, platform: 'linux', write: words => sent.push(words) }).copy(clipped(text))
  const base64 = /^\u001b\]52;c;([A-Za-z0-9+/]*={0,2})\u0007$/.exec(sent.join(''))![1]!
  const pasted = Buffer.from(base64, 'base64').toString()
  expect(pasted).not.toMatch(steers)
  expect(pasted).toBe(clean(text))
})
