import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page, type Response } from 'playwright-core'
import { type Layout, layoutAt } from '../../lab/layout.ts'
import { run } from '../../lab/run.ts'
import { inVisitorArgv } from '../../lab/visitor.ts'
import { chromiumArgs, chromiumProgram } from '../chromium.ts'

/** Opens a URL in a fresh browser as a visitor and closes the browser afterwards, whatever `look` finds. */
export const visit = async <T>(
  url: string,
  look: (page: Page, response: Response | null) => Promise<T>,
): Promise<T> => {
  const browser = await openBrowser()
  try {
    const page = await browser.newPage()
    return await look(page, await page.goto(url))
  } finally {
    await browser.close()
  }
}

/**
 * Headless Chromium on the lab's network. It trusts the lab's CA the way a person's browser trusts an added authority, by
 * its certificate store; no check is switched off. Whoever opens it closes it.
 */
export const openBrowser = ({ trustsLab = true } = {}): Promise<Browser> => {
  const layout = layoutAt()
  const home = trustsLab ? trustingHome(layout) : join(layout.visitor, 'stranger')
  return chromium.launch({
    executablePath: wrapper(layout, home),
    args: [...chromiumArgs],
  })
}

const trustingHome = (layout: Layout): string => {
  const home = join(layout.visitor, 'trusting')
  const store = join(home, '.pki/nssdb')
  if (existsSync(join(store, 'cert9.db'))) return home
  mkdirSync(store, { recursive: true })
  run(['certutil', '-d', `sql:${store}`, '-N', '--empty-password'])
  run(['certutil', '-d', `sql:${store}`, '-A', '-t', 'C,,', '-n', 'papergen lab', '-i', join(layout.ca, 'ca.pem')])
  return home
}

/** Playwright starts one program with its own arguments; this one steps into the visitor's namespace first. */
const wrapper = (layout: Layout, home: string): string => {
  const file = `${home}-chromium`
  mkdirSync(home, { recursive: true })
  const argv = inVisitorArgv(layout, [`HOME=${home}`, chromiumProgram])
  writeFileSync(file, `#!/bin/sh\nexec ${argv.join(' ')} "$@"\n`, { mode: 0o755 })
  return file
}
