import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { startDemo } from '../../src/demo/start.ts'
import { ownFolder } from '../services/folder.ts'

afterEach(() => void vi.unstubAllEnvs())

/** An installation whose world tells its options as its config, and lives as long as its stdin. */
const installation = (world = told): string => {
  const root = ownFolder()
  mkdirSync(join(root, 'dist'))
  writeFileSync(join(root, 'dist/demo-world.mjs'), world)
  return root
}

const told = `const { folder, marimo } = JSON.parse(process.argv[2])
console.log(JSON.stringify({ config: folder + '/config.toml', url: String(marimo), firstUnpublished: null }))
process.stdin.resume()`

const start = async (root: string, papers = 7) => {
  const demo = await startDemo({ papers, version: '0.1.0', root })
  return { ...demo, folder: dirname(demo.config) }
}

const oldFolder = (parent: string, name: string): string => {
  const folder = join(parent, name)
  mkdirSync(folder)
  utimesSync(folder, 1, 1)
  return folder
}

describe('startDemo', () => {
  it('makes a folder, and ends with its stdin', async () => {
    const place = ownFolder()
    vi.stubEnv('TMPDIR', place)
    const { folder, stop } = await start(installation())
    expect(dirname(folder)).toBe(place)
    await stop()
  })

  it.each(['/no/such/folder', 'relative', 'with space', 'a:b', '확산', 'a/../b'])(
    'goes to /tmp where TMPDIR is %j',
    async name => {
      const place = name.startsWith('/') || name === 'relative' ? name : `${ownFolder()}/${name}`
      if (name !== place && name !== 'relative') mkdirSync(place, { recursive: true })
      const root = installation()
      vi.stubEnv('TMPDIR', place)
      const { folder, stop } = await start(root)
      await stop()
      rmSync(folder, { recursive: true })
      expect(folder).toMatch(/^\/tmp\/papergen-demo-\w+$/)
    },
  )

  it('tells why a world did not come up, and leaves nothing', async () => {
    const place = ownFolder()
    const root = installation('throw new Error("no ports left")')
    vi.stubEnv('TMPDIR', place)
    await expect(start(root)).rejects.toMatchObject({
      problem: { kind: 'unexpected', what: 'starting the demo', why: expect.stringContaining('no ports left') },
    })
    expect(readdirSync(place)).toEqual([])
  })

  it("sweeps what killed demos left, and nothing that lives, is young or is not a demo's", async () => {
    const place = ownFolder()
    vi.stubEnv('TMPDIR', place)
    const living = await start(installation())
    utimesSync(living.folder, 1, 1)
    const [left, other] = [oldFolder(place, 'papergen-demo-left'), oldFolder(place, 'papergen-other')]
    const young = join(place, 'papergen-demo-young')
    mkdirSync(young)
    const { stop } = await start(installation())
    expect([left, other, young, living.folder].map(existsSync)).toEqual([false, true, true, true])
    await Promise.all([stop(), living.stop()])
  })

  it('takes the marimo on the PATH, unless it is told not to or there are too many papers', async () => {
    const bin = ownFolder()
    writeFileSync(join(bin, 'marimo'), '')
    chmodSync(join(bin, 'marimo'), 0o755)
    vi.stubEnv('TMPDIR', ownFolder())
    vi.stubEnv('PATH', `/none:${bin}`)
    const marimoOf = async (papers: number): Promise<string> => {
      const { url, stop } = await start(installation(), papers)
      await stop()
      return url
    }
    expect([await marimoOf(7), await marimoOf(1000)]).toEqual([join(bin, 'marimo'), 'null'])
    vi.stubEnv('PAPERGEN_DEMO_MARIMO', 'no')
    expect(await marimoOf(7)).toBe('null')
  })
})
