import { afterAll, beforeAll, expect, test } from 'vitest'
import { asRoot, fetchThroughEdge, inHost, visit, writeNotebook } from './harness.ts'
import { computed, koreanTitle, notebook, raisingNotebook } from './notebooks.ts'
import {
  eventually,
  expectPapergen,
  installWrapper,
  mainPid,
  openConsole,
  paperIn,
  statusOf,
  unpublishAll,
} from './operator.ts'

/** The main job on real input: three real notebooks become public pages, are broken, mended and taken down. */

const papers = [
  {
    id: 'diffusion',
    file: 'diffusion.py',
    nonce: 'nonce-korean-1',
    source: (nonce: string) => notebook(nonce, koreanTitle),
  },
  { id: 'raises', file: 'raises.py', nonce: 'nonce-raises-2', source: raisingNotebook },
  {
    id: 'slow-start',
    file: 'slow-start.py',
    nonce: 'nonce-slow-3',
    source: (nonce: string) => notebook(nonce, 'Slow start'),
  },
] as const

const url = (id: string): string => `https://learn.ericfromkorea.com/thesis/${id}/`

beforeAll(installWrapper)
afterAll(unpublishAll)

for (const way of ['command line', 'keys'] as const) {
  test(`by ${way}: three notebooks are published and Chromium finds what their cells computed`, {
    timeout: 600_000,
  }, async () => {
    const nonce = (paper: (typeof papers)[number]) => `${paper.nonce}-${way}`
    for (const paper of papers) writeNotebook(paper.file, paper.source(nonce(paper)))
    await (way === 'keys' ? publishByKeys() : publishByCommand())

    for (const paper of papers)
      await visit(url(paper.id), async page => {
        await page
          .getByText(computed(nonce(paper)))
          .first()
          .waitFor({ timeout: 60_000 })
      })

    const index = await fetchThroughEdge('/thesis/')
    for (const { id } of papers) expect(index.body).toContain(`/thesis/${id}/`)
    expect(index.body).not.toContain('<script>alert')
    expect(index.body).toContain('확산')

    const status = await eventually('the cell error is counted', 30, async () => {
      const seen = await statusOf()
      return paperIn(seen, 'raises')?.verdict.level === 'degraded' && seen
    })
    expect(papers.map(({ id }) => [paperIn(status, id).verdict.level, paperIn(status, id).verdict.hop])).toEqual([
      ['ok', null],
      ['degraded', 'cells'],
      ['ok', null],
    ])
    for (const { id } of papers) {
      const seen = paperIn(status, id)
      expect(seen.edge).toMatchObject({ ok: true, status: 200 })
      expect(seen.unit).toMatchObject({ state: 'active', enabled: true, origin: 'ours' })
      expect(seen.gpu.mib).toBeGreaterThan(0)
      expect(seen.lan.ok).toBe(true)
    }
    expect(status.simulated).toContain('gpu')
    await unpublishAll()
    expect((await statusOf()).papers).toEqual([])
    expect((await fetchThroughEdge('/thesis/diffusion/')).status).toBe(404)
  })
}

test('a paper killed until its start limit shows failing, one key mends it, and the journal pane tells the round', {
  timeout: 300_000,
}, async () => {
  writeNotebook('diffusion.py', notebook('nonce-killed', 'Killed'))
  await expectPapergen(0, 'publish', 'diffusion.py', '--yes')
  const console_ = openConsole()
  try {
    await console_.sees('diffusion')
    await console_.sees(/diffusion.*\bok\b/)
    await eventually('the start limit is used up', 60, async () => {
      const { stdout } = await inHost('gpu', ['systemctl', 'is-failed', 'papergen-diffusion.service'])
      const state = stdout.trim()
      if (state === 'failed') return true
      const pid = await mainPid('diffusion')
      if (pid > 0) await asRoot('gpu', ['kill', '-9', String(pid)])
      return false
    })
    await console_.sees(/diffusion.*failed/)
    await console_.select('diffusion').press('l').idle()
    await console_
      .press('r')
      .idle()
      .sees(/[─━]{2} done [─━]{2}/, 60)
    await console_.sees(/diffusion.*\bok\b/)
    await console_.press('esc').idle()
    await console_.sees(/Started papergen-diffusion|Started .*diffusion/)
    const page = await fetchThroughEdge('/thesis/diffusion/health')
    expect(page.status).toBe(200)
  } finally {
    console_.press('q')
    expect(await console_.exited()).toBe(0)
    expect(console_.terminal()).toEqual({ alternate: false, cursorVisible: true })
  }
  await unpublishAll()
})

const publishByCommand = async (): Promise<void> => {
  for (const { id, file } of papers) await expectPapergen(0, 'publish', `papers/${file}`, '--id', id, '--yes')
}

/** `p`, a few letters of the notebook, Enter, and what the confirmation asks. */
const publishByKeys = async (): Promise<void> => {
  const console_ = openConsole()
  try {
    await console_.sees('papergen')
    for (const { file, id } of papers) {
      await console_.press('p').idle()
      await console_.sees(file)
      await console_.type(file.replace('.py', '')).idle()
      await console_.press('enter').idle()
      await console_.sees(/y\/N/)
      await console_.press('y').idle()
      await console_.sees(/[─━]{2} done [─━]{2}/, 120)
      await console_.press('esc').idle()
      await console_.sees(new RegExp(`${id}.*200`), 30)
    }
  } finally {
    console_.press('q')
    await console_.exited()
  }
}
