import { afterAll, beforeAll, expect, test } from 'vitest'
import { cutLink, fetchThroughEdge, knockThroughEdge, restoreLink, visit, writeNotebook } from './harness.ts'
import { computed, notebook } from './notebooks.ts'
import { expectPapergen, installWrapper, openConsole, paperIn, statusOf, unpublishAll } from './operator.ts'
import { expectSeen } from './world.ts'

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
  await knocking.answered
  await expectPapergen(0, 'publish', 'living.py', '--yes')
  const knocks = await knocking.stop()
  expect(knocks.length).toBeGreaterThan(50)
  expect(knocks.filter(knock => knock.status !== 200)).toEqual([])
  await shows('second')
  expect(paperIn(await statusOf(), 'living').changed_since_publish).toBe(false)

  const again = knockThroughEdge('/thesis/living/health', 50)
  await again.answered
  await expectPapergen(0, 'rollback', 'living', '--yes')
  expect((await again.stop()).filter(knock => knock.status !== 200)).toEqual([])
  await shows('first')
  expect((await fetchThroughEdge('/thesis/living/health')).status).toBe(200)
})

test('with the edge cut off the console answers keys, shows ages, and is back within 15 s of the link', {
  timeout: 150_000,
}, async () => {
  const console_ = openConsole()
  try {
    // Each host was seen before the cut, so that there is a last word to grow old.
    await console_.sees(/son-wtr ● ssh.* nginx ●/)
    await console_.sees(/living .* 200 .* ok/)
    cutLink('edge')
    try {
      await console_.sees(/son-wtr ○ lost/, 60)
      await console_.sees(/son-wtr ○ reconnecting/)
      expectSeen("the edge's cable is out while a console is open", console_.screen().join('\n'))
      const asked = Date.now()
      await console_.press('?').idle()
      await console_.sees(/Esc back/)
      await console_.press('esc').idle()
      await console_.sees('u unpublish')
      expect(Date.now() - asked).toBeLessThan(2_000)
      await console_.sees(/nginx ● .* \d+ (s|m) ago/)
    } finally {
      restoreLink('edge')
    }
    const back = Date.now()
    await console_.sees(/son-wtr ● ssh/, 15)
    await console_.sees(/living .* 200 .* ok/, 15 - (Date.now() - back) / 1000)
    await console_.misses(/ ago/, 15 - (Date.now() - back) / 1000)
  } finally {
    console_.press('q')
    await console_.exited()
  }
})
