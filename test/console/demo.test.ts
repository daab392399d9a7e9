import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { request } from 'node:https'
import { dirname } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import type { Driver } from './driver.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

type Status = {
  readonly simulated: readonly string[]
  readonly hosts: readonly object[]
  readonly papers: readonly {
    readonly id: string
    readonly port: number
    readonly unit: { readonly state: string; readonly main_pid: number | null }
    readonly gpu: { readonly mib: number } | null
    readonly edge: { readonly status: number }
    readonly verdict: { readonly level: string; readonly hop: string | null }
  }[]
}

/** A sequence that ends in a bell and rings none. */
const osc = /\u001b\][^\u0007]*\u0007/g

/** The papers and folders of demos that this file opened: what must not be left. */
const folders = new Set<string>()
afterEach(async () => {
  console.endAll()
  for (const folder of folders) await gone(folder)
  folders.clear()
})

const options = { env: { PAPERGEN_DEMO_MARIMO: 'no' } }

const open = async (...flags: string[]): Promise<{ driver: Driver; config: string }> => {
  const driver = console.papergen(['demo', ...flags], { ...options, columns: 140 })
  await driver.sees(/stand-ins: .*--config \S+/)
  await driver.sees(/✗ diffusion-101 .*RuntimeError: CUDA error/)
  const config = /--config (\S+)/.exec(driver.screen().join('\n'))?.[1] ?? ''
  folders.add(dirname(config))
  return { driver, config }
}

const statusOf = async (config: string): Promise<Status> =>
  JSON.parse(await console.run(['--config', config, 'status', '--json'])) as Status

/** Resolves when no process carries the folder in its environment and the folder itself is gone. */
const gone = async (folder: string): Promise<void> => {
  await expect.poll(() => [...ofDemo(folder), existsSync(folder)], { timeout: 10_000 }).toEqual([false])
}

const ofDemo = (folder: string): string[] =>
  readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(pid => environmentOf(pid).includes(`PAPERGEN_DEMO=${folder}`))

const environmentOf = (pid: string): string[] => {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
  } catch {
    return []
  }
}

const answerOf = (url: string, ca: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { ca: readFileSync(ca), lookup: loopback, agent: false }, response => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    asked.once('error', reject).end()
  })

const loopback = ((_name: string, { all }: { all?: boolean }, done: (...answer: unknown[]) => void) =>
  all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)) as never

test('without a terminal the demo publishes, prints the grid once and leaves nothing', () => {
  const before = new Set(readdirSync('/tmp'))
  const { status, stdout, stderr } = spawnSync(process.execPath, [console.program(), 'demo'], {
    encoding: 'utf8',
    env: { ...process.env, ...options.env },
  })
  expect(status).toBe(0)
  expect(stderr).toContain('Prove the public page')
  const rows = stdout.split('\n').filter(line => /^[✓✗≠■~…] /.test(line))
  expect(rows.length).toBeGreaterThanOrEqual(6)
  for (const row of rows) expect(row).toMatch(/ (2|3)\d{4} +(active|failed|inactive) .*(200|502) /)
  expect(stdout).toContain('확산 모델 기초')
  expect(stdout).toContain('stand-ins, not the real ones: systemd, marimo, nginx')
  expect(readdirSync('/tmp').filter(name => name.startsWith('papergen-demo-') && !before.has(name))).toEqual([])
})

test('every command works on it from another terminal, and names what is a stand-in', async () => {
  const { config } = await open()
  const status = await statusOf(config)
  expect([...status.simulated].sort()).toEqual(['gpu', 'marimo', 'nginx', 'systemd'])
  const levelOf = (id: string) => status.papers.find(paper => paper.id === id)?.verdict
  expect(levelOf('diffusion-101')).toMatchObject({ level: 'failing', hop: 'unit' })
  expect(levelOf('flow-matching')).toMatchObject({ level: 'drift', hop: 'nginx' })
  expect(levelOf('attention')?.level).toBe('ok')
  expect(await console.run(['--config', config, 'doctor'])).not.toContain('✗')
  expect(await console.run(['--config', config, 'logs', 'diffusion-101'])).toContain('device-side assert')
})

test('a killed paper turns failing within two seconds, r mends it, and its URL answers', async () => {
  const { driver, config } = await open()
  const attention = (await statusOf(config)).papers.find(({ id }) => id === 'attention')
  await driver.select('attention')
  process.kill(attention?.unit.main_pid ?? 0, 'SIGKILL')
  const quiet = driver.raw().length
  await driver.sees(/✗ attention .*failed .*signal 9/, 2)
  await expect.poll(() => driver.raw().slice(quiet).replaceAll(osc, ''), { timeout: 2_000 }).toContain('\u0007')
  expect(driver.title()).toMatch(/^papergen {2}2 ✗/)
  await driver.press('r').idle()
  await driver.sees('attention was restarted and is live')
  await driver.sees(/[✓~] attention .* active/)
  const url = /https:\/\/localhost:\d+\/thesis\/attention\//.exec(driver.screen().join('\n'))?.[0] ?? ''
  expect(await answerOf(url, `${dirname(config)}/operator/ca.pem`)).toBe(200)
  expect(await answerOf(url.replace(/attention\/$/, ''), `${dirname(config)}/operator/ca.pem`)).toBe(200)
})

test('publish, repair and unpublish do what they say', async () => {
  const { driver, config } = await open()
  const ca = `${dirname(config)}/operator/ca.pem`
  await driver.press('p').sees('mamba.py')
  await driver.type('mamba').press('enter').sees('Publish papers/mamba.py as mamba?').sees('y/N').press('y').idle()
  await driver.sees(/mamba is live at/)
  const url = /https:\/\/localhost:\d+\/thesis\/mamba\//.exec(driver.screen().join('\n'))?.[0] ?? ''
  expect(await answerOf(url, ca)).toBe(200)
  await driver.press('esc').idle()
  await driver
    .select('flow-matching')
    .press('x')
    .sees('y/N')
    .press('y')
    .idle()
    .sees(/✓ flow-matching .*200/)
  await driver.press('esc').idle()
  await driver
    .select('mamba')
    .press('u')
    .sees('Check both hosts')
    .type('mamba')
    .press('enter')
    .idle()
    .sees(/mamba is off the site/)
  expect(await answerOf(url, ca)).toBe(404)
})

test('a notebook that fails at its start is undone, with its last words', async () => {
  const { driver } = await open()
  await driver.press('p').sees('einsum.py')
  await driver.type('einsum').press('enter').sees('as einsum?').sees('y/N').press('y').idle()
  await driver.sees(/Everything was put back: einsum is not published/)
  await driver.misses(/^..[✓✗…] einsum /m)
})

test.each([
  ['q', (driver: Driver) => void driver.press('q')],
  ['Ctrl-C', (driver: Driver) => void driver.press('ctrl-c')],
  ['SIGTERM', (driver: Driver) => driver.kill('SIGTERM')],
  ['SIGHUP', (driver: Driver) => driver.kill('SIGHUP')],
  ['SIGKILL', (driver: Driver) => driver.kill('SIGKILL')],
])('%s leaves no process and no file', async (_, end) => {
  const { driver, config } = await open()
  end(driver)
  await driver.exited()
  await gone(dirname(config))
})

test('a world that is killed takes its papers along, and the console says so', async () => {
  const { driver, config } = await open()
  const world = ofDemo(dirname(config)).find(pid => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('demo-world'))
  process.kill(Number(world), 'SIGKILL')
  expect(await driver.exited()).toBe(1)
  expect(driver.screen().join('\n')).toContain('its world ended by itself')
  await gone(dirname(config))
})
