import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, chromium, type Page, type Response } from 'playwright-core'
import { type Layout, layoutAt } from '../../lab/layout.ts'
import { run } from '../../lab/run.ts'
import { inVisitorArgv } from '../../lab/visitor.ts'

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
    // As root, which a lab needs, Chromium runs without its own sandbox only. The rest keeps it from calling home.
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      ...['--disable-component-update', '--disable-sync'],
    ],
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
  const browser = spawnSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).stdout.trim()
  const argv = inVisitorArgv(layout, [`HOME=${home}`, browser])
  writeFileSync(file, `#!/bin/sh\nexec ${argv.join(' ')} "$@"\n`, { mode: 0o755 })
  return file
}
