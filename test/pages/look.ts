import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const tags = ['wcag2a', 'wcag2aa', 'wcag2aaa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

/** What axe finds, and what it could not decide; asked for with every rule of its that is no experiment. */
export const audit = async (page: Page): Promise<{ wrong: readonly string[]; passed: readonly string[] }> => {
  await page.evaluate(axe)
  return page.evaluate(`axe.run(document, { runOnly: ${JSON.stringify(tags)} }).then(found => ({
    wrong: [...found.violations, ...found.incomplete].flatMap(({ id, nodes }) => nodes.map(({ html }) => id + ': ' + html)),
    passed: found.passes.map(({ id }) => id),
  }))`)
}

/** What makes a page wider than its window, or a program of it. */
export const shapeOf = (page: Page): Promise<{ overflow: number; scripts: number; handlers: number; moving: number }> =>
  page.evaluate(`({
    overflow: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    scripts: document.querySelectorAll('script, iframe, object, embed').length,
    handlers: [...document.querySelectorAll('*')].flatMap(each => [...each.attributes]).filter(({ name }) => /^(on|style$)/.test(name)).length,
    moving: document.getAnimations().length,
  })`)

/** Where Tab goes, one link after the other: the address, and how wide a line the browser draws around it. */
export const tabThrough = async (page: Page, links: number): Promise<readonly { href: string; outline: number }[]> => {
  const stops: { href: string; outline: number }[] = []
  for (let stop = 0; stop < links; stop++) {
    await page.keyboard.press('Tab')
    stops.push(
      await page.evaluate(`(() => {
        const { href } = document.activeElement
        const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement)
        return { href, outline: outlineStyle === 'none' ? 0 : parseFloat(outlineWidth) }
      })()`),
    )
  }
  return stops
}
