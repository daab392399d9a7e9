import { spawnSync } from 'node:child_process'

/** The machine's Chromium; empty when there is none. The tests that need it say so, and never fetch one. */
export const chromiumProgram = spawnSync('sh', ['-c', 'command -v chromium'], { encoding: 'utf8' }).stdout.trim()

/** As root, which a lab needs, Chromium runs without its own sandbox only. The rest keeps it from calling home. */
export const chromiumArgs: readonly string[] = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  ...['--disable-component-update', '--disable-sync'],
]
