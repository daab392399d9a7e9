import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createDesktop } from '../../src/services/desktop.ts'
import { ownFolder } from './folder.ts'

const url = 'https://example.org/thesis/attention/'

const desktopWith = (environment: Readonly<Record<string, string>>, platform = 'linux') => {
  const written: string[] = []
  return { written, desktop: createDesktop({ environment, platform, write: text => written.push(text) }) }
}

/** A folder with an opener that ends with this code. */
const openerIn = (name: string, code: number): string => {
  const folder = join(ownFolder(), name)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, name), `#!/bin/sh\nexit ${code}\n`)
  chmodSync(join(folder, name), 0o755)
  return folder
}

describe('copying', () => {
  it.each([
    [url, url],
    ['two\nlines', 'two\nlines'],
    ['\u001b]52;c;AAAA\u0007\u001b[31mred\u0007', 'red'],
    ['확산', '확산'],
  ])('%j', (text, copied) => {
    const { desktop, written } = desktopWith({})
    desktop.copy(text)
    const [, base64] = /^\u001b\]52;c;([A-Za-z0-9+/=]*)\u0007$/.exec(written.join('')) ?? []
    expect(Buffer.from(base64 ?? '', 'base64').toString()).toBe(copied)
  })
})

describe('opening', () => {
  it.each([
    ['there is none', {}, 'linux', 'there is no display here'],
    ['no opener', { DISPLAY: ':0', PATH: '/nowhere' }, 'linux', 'xdg-open is not installed'],
    ['no opener on a Mac', { PATH: '/nowhere' }, 'darwin', 'open is not installed'],
  ])('%s', async (_, environment, platform, why) => {
    expect(await desktopWith(environment, platform).desktop.open(url)).toBe(why)
  })

  it.each([
    [0, null],
    [4, 'xdg-open ended with 4'],
  ])('an opener that ends with %i', async (code, why) => {
    const environment = { WAYLAND_DISPLAY: 'wayland-0', PATH: openerIn('xdg-open', code) }
    expect(await desktopWith(environment).desktop.open(url)).toBe(why)
  })
})
