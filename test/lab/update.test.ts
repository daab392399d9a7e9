import { afterAll, beforeAll, expect, test } from 'vitest'
import { fetchThroughEdge, knockThroughEdge, visit, writeNotebook } from './harness.ts'
import { computed, notebook } from './notebooks.ts'
import { expectPapergen, installWrapper, openConsole, paperIn, statusOf, unpublishAll } from './operator.ts'

const url = 'https://learn.ericfromkorea.com/thesis/living/'
const shows = (nonce: string): Promise<void> =>
  visit(url, async page => {
    await page.getByText(computed(nonce)).first().waitFor({ timeout: 60_000 })
  })

beforeAll(installWrapper)
afterAll(unpublishAll)

test('updating a live paper: no request through the edge fails, and rollback brings the former page back', {
  timeout: 400_000,
}, async () => {
  writeNotebook('living.py', notebook('first', 'Living'))
  await expectPapergen(0, 'publish', 'living.py', '--yes')
  await shows('first')

  writeNotebook('living.py', notebook('second', 'Living'))
  expect(paperIn(await statusOf(), 'living').changed_since_publish).toBe(true)
  const knocking = knockThroughEdge('/thesis/living/health', 50)
  await expectPapergen(0, 'publish', 'living.py', '--yes')
  const knocks = await knocking.stop()
  expect(knocks.length).toBeGreaterThan(50)
  expect(knocks.filter(knock => knock.status !== 200)).toEqual([])
  await shows('second')
  expect(paperIn(await statusOf(), 'living').changed_since_publish).toBe(false)

  const again = knockThroughEdge('/thesis/living/health', 50)
  await expectPapergen(0, 'rollback', 'living', '--yes')
  expect((await again.stop()).filter(knock => knock.status !== 200)).toEqual([])
  await shows('first')
  expect((await fetchThroughEdge('/thesis/living/health')).status).toBe(200)
})

test('with the edge cut off the console answers keys, shows ages, and is back within 15 s of the link', {
  timeout: 200_000,
}, async () => {
  const { cutLink, restoreLink } = await import('./harness.ts')
  const console_ = openConsole()
  try {
    await console_.sees(/living.*200/)
    cutLink('edge')
    try {
      await console_.sees(/reconnecting|unreachable|lost/i, 60)
      await console_.press('?').idle()
      await console_.sees(/help/i)
      await console_.press('esc').idle()
      await console_.sees(/\b(\d+0 s|\d+ m) ago/, 60)
    } finally {
      restoreLink('edge')
    }
    const since = Date.now()
    await console_.misses(/reconnecting|unreachable|lost/i, 15)
    await console_.sees(/living.*200(?!.*ago)/, 15 - (Date.now() - since) / 1000)
  } finally {
    console_.press('q')
    await console_.exited()
  }
})
