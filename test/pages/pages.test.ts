import { createHash } from 'node:crypto'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { renderFragment } from '../../src/core/index-page.ts'
import { chromiumArgs, chromiumProgram } from '../chromium.ts'
import { downPage } from './down-page.ts'
import { indexPage, manyPapers, nasty, nastyPapers } from './index-pages.ts'
import { audit, shapeOf, tabThrough } from './look.ts'
import { type Answer, htmlOf, serve } from './loopback.ts'

const down = downPage('/thesis')
const pages: readonly (readonly [name: string, answer: Answer, links: readonly string[]])[] = [
  ['the index page', htmlOf(indexPage(nastyPapers)), nastyPapers.map(({ id }) => `/thesis/${id}/`)],
  ['the index page without papers', htmlOf(indexPage([])), []],
  ['the page of a paper that is down', down.answer, ['/thesis/a/?q=1', '/thesis/']],
]
const windows = [
  ['light', 360, 740],
  ['light', 1280, 800],
  ['dark', 360, 740],
  ['dark', 1280, 800],
] as const
const why = chromiumProgram === '' ? ' (skipped: there is no chromium on the PATH)' : ''

describe.skipIf(why !== '')(`the pages of visitors, in Chromium${why}`, { timeout: 120_000 }, () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: chromiumProgram, args: [...chromiumArgs] })
  }, 60_000)
  afterAll(() => browser?.close())

  const open = async <T>(
    answer: Answer,
    look: (page: Page, served: Served) => Promise<T>,
    options = {},
  ): Promise<T> => {
    const [served, context] = [await serve(answer), await browser.newContext(options)]
    const page = await context.newPage()
    try {
      await page.goto(`${served.url}/thesis/a/?q=1`)
      return await look(page, served)
    } finally {
      await context.close()
      await served.close()
    }
  }

  describe.each(pages)('%s', (_, answer, links) => {
    test.each(windows)(
      '%s, %i x %i: nothing for axe to find, and every link is reached',
      async (scheme, width, height) => {
        const look = async (page: Page, { url, asked }: Served) => {
          const { wrong, passed } = await audit(page)
          expect(wrong).toEqual([])
          expect(passed).toEqual(expect.arrayContaining(['color-contrast-enhanced', 'landmark-one-main', 'region']))
          expect(await shapeOf(page)).toEqual({ overflow: 0, scripts: 0, handlers: 0, moving: 0 })
          const stops = await tabThrough(page, links.length)
          expect(stops.map(({ href }) => href)).toEqual(links.map(link => url + link))
          expect(Math.min(3, ...stops.map(({ outline }) => outline))).toBe(3)
          expect(asked).toEqual(['GET /thesis/a/?q=1'])
        }
        await open(answer, look, { colorScheme: scheme, viewport: { width, height } })
      },
    )

    test('stands under a policy that allows its one style and nothing else', async () => {
      const style = /<style>(.*?)<\/style>/s.exec(answer.body)![1]!
      const hash = createHash('sha256').update(style).digest('base64')
      const policy = `default-src 'none'; img-src data:; style-src 'sha256-${hash}'`
      const headers = { ...answer.headers, 'Content-Security-Policy': policy }
      const look = async (page: Page) => {
        const refused: string[] = []
        page.on('console', message => refused.push(message.text()))
        await page.reload()
        expect(await page.evaluate('getComputedStyle(document.querySelector("main")).maxWidth')).toMatch(/px$/)
        expect(refused.filter(text => !text.includes('status of 502'))).toEqual([])
      }
      await open({ ...answer, headers }, look)
    })
  })

  test('titles are text, in their own language and direction', () =>
    open(htmlOf(indexPage(nastyPapers)), async page => {
      expect(await page.locator('.papers a').allTextContents()).toEqual(nasty.map(([, shown]) => shown))
      expect(await page.locator('bdi[lang=ko]').count()).toBe(2)
      expect(await page.locator('bdi[lang=ja]').allTextContents()).toEqual(['拡散モデル入門'])
    }))

  test("a day stands behind its title in anybody's page, whatever the title's direction", () =>
    open(htmlOf(renderFragment(nastyPapers.slice(9, 12), '/thesis')), async page => {
      for (const row of await page.locator('li').all()) {
        const [title, day] = [await row.locator('a').boundingBox(), await row.locator('time').boundingBox()]
        expect(day!.x).toBeGreaterThan(title!.x + title!.width - 1)
      }
    }))

  test('a thousand papers are there at once', () =>
    open(htmlOf(indexPage(manyPapers)), async page => {
      expect(await page.locator('.papers a').count()).toBe(1000)
      expect(await shapeOf(page)).toMatchObject({ overflow: 0, scripts: 0 })
      expect(await page.evaluate('performance.getEntriesByType("navigation")[0].loadEventEnd')).toBeLessThan(5000)
    }))

  test('without a script and without a hand the paper comes back, by a GET', async () => {
    // A minute as papergen says it would be long for a test: here it is a second.
    const soon = { ...down.answer, headers: { ...down.answer.headers, Refresh: '1' } }
    const look = async (page: Page, served: Served) => {
      await page.evaluate('document.body.innerHTML += "<form method=post><button>post</button></form>"')
      served.answer = soon
      await page.locator('button').click()
      await page.waitForRequest(request => request.isNavigationRequest() && request.method() === 'GET')
      served.answer = htmlOf('<title>a</title><h1>The paper</h1>')
      await page.locator('h1', { hasText: 'The paper' }).waitFor()
      expect(served.asked.slice(0, 3)).toEqual(['GET /thesis/a/?q=1', 'POST /thesis/a/?q=1', 'GET /thesis/a/?q=1'])
    }
    const formsAllowed = { ...down.answer, headers: { ...down.answer.headers, 'Content-Security-Policy': '' } }
    await open(formsAllowed, look)
  })
})

type Served = Awaited<ReturnType<typeof serve>>

describe('the page of a paper that is down', () => {
  test('keeps the status, waits as long as it says, and is kept nowhere', () => {
    expect(down.statuses).toEqual([502, 504])
    expect(down.answer.headers).toMatchObject({ Refresh: '60', 'Retry-After': '60', 'Cache-Control': 'no-store' })
    expect(down.answer.body).toContain('tries again by itself once a minute')
    expect(down.answer.body).not.toMatch(/http-equiv|<script/)
  })

  test('nginx can read it: one parameter of at most 4094 bytes, with nothing that it would replace', () => {
    const { body } = downPage(`/${'long-base-path/'.repeat(20)}x`).answer
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4094)
    expect(body).not.toMatch(/[$\\]|\{\{/)
  })
})

test('the index page without papers is under 10 KB', () =>
  expect(Buffer.byteLength(indexPage([]))).toBeLessThan(10_000))
