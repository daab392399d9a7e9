import type { ThemeName } from '../../src/core/themes.ts'
import type { Driver, Steps } from '../../test/console/driver.ts'

/** A screen worth a picture, and the keys that lead to it. */
export type Scene = {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly reach: (driver: Driver) => Steps
  /** How many papers the world has; the usual ones unless told. */
  readonly papers?: number | null
  /** Of the console, in a terminal it is made for; dark unless told. */
  readonly theme?: ThemeName
}

/** Rows by their sign: whatever the papers are called, and on a screen too narrow for the verdict's words. */
const failing = /^▸.✗/
/** Of the degraded ones it has something in its journal. */
const raising = /^▸.~ graph-nets/
const drifting = /^▸.≠/
const ok = /^▸.✓/

/**
 * One paper raises for its visitors: once it did, the world has been running for a while. A machine that is busy with other things
 * answers in seconds, which would be a picture of that machine.
 */
const alive = (driver: Driver): Steps => driver.sees(/^..~ graph-nets/m, 120).misses(/\d{4} ms/, 300)

const journalOf = (driver: Driver, row: RegExp): Steps =>
  alive(driver)
    .select(row)
    .press('l')
    .sees(/✗ \w*Error/)

export const scenes: readonly Scene[] = [
  {
    name: 'grid',
    title: 'papergen: the grid of papers',
    description:
      'The console. At the top both hosts, the certificate, the counts of papers and the GPU. Below, one row a paper with its port, unit, GPU memory, public page and verdict; what needs a hand comes first. The last line names the keys.',
    reach: driver => alive(driver),
  },
  {
    name: 'journal',
    title: 'papergen: the journal beside the grid',
    description: 'Below the grid the journal of the paper at the cursor, followed as it grows; errors carry a sign.',
    reach: driver => journalOf(driver, raising),
  },
  {
    name: 'hop-chain',
    title: 'papergen: where a paper breaks',
    description:
      'The hop chain of a paper whose records disagree: registry, unit, process, local page, the way from the edge, nginx, TLS and the public page, each with its state, and the cause below.',
    reach: driver => alive(driver).select(drifting).press('enter').idle(),
  },
  {
    name: 'operation',
    title: 'papergen: a restart that ended well',
    description: 'The steps of a restart, each with its time, down to the proof that the public page answers again.',
    reach: driver => alive(driver).select(failing).press('r').sees('Esc close', 120).sees(/^▸.✓/m),
  },
  {
    name: 'publish',
    title: 'papergen: choosing a notebook to publish',
    description: 'The publish dialog: notebooks by name, new ones first, each with how it stands and when it changed.',
    reach: driver => driver.press('p').sees(/^▸ papers\//m),
  },
  {
    name: 'confirmation',
    title: 'papergen: a question before visitors are cut off',
    description: 'Restarting a paper that is fine asks first, and says how many viewers would be cut off.',
    reach: driver => alive(driver).select(ok).press('r').sees('y/N'),
  },
  {
    name: 'hosts',
    title: 'papergen: both hosts and what uses the GPU',
    description: 'The host screen: both hosts with what they say of themselves, and the processes that use the GPU.',
    reach: driver => driver.press('h').sees(/cpu[ │]+\d+ %/),
  },
  {
    name: 'palette',
    title: 'papergen: the palette',
    description: 'Commands found by some letters of their names, each with its key; what cannot be done now says why.',
    reach: driver => alive(driver).press(':').type('rest').idle(),
  },
  {
    name: 'log',
    title: 'papergen: a log on the whole screen, searched',
    description:
      'The journal of a paper on the whole screen: a cell error is open, and what the search found is marked.',
    reach: driver =>
      journalOf(driver, raising)
        .focus('log')
        .press('z', '/')
        .type('error')
        .press('enter', 'enter')
        .sees('Traceback')
        .idle(),
  },
  {
    name: 'history',
    title: 'papergen: past operations',
    description: 'Who did what to which paper, when, and how it ended; the newest first.',
    reach: driver =>
      alive(driver)
        .select(failing)
        .press('r')
        .sees('Esc close', 120)
        .press('esc', 'H')
        .sees('Past operations')
        .misses('Reading the audit log')
        .idle(),
  },
  {
    name: 'many-papers',
    title: 'papergen: a thousand papers',
    description: 'A thousand papers: what needs a hand comes first, and the screen is as calm as with eight.',
    reach: driver => driver.idle(),
    papers: 1000,
  },
  {
    name: 'many-papers-filtered',
    title: 'papergen: some of a thousand papers',
    description: 'Of a thousand papers those that a filter leaves, marked all at once.',
    reach: driver => driver.press('/').type('port:2750').press('enter', '*').idle(),
    papers: 1000,
  },
  {
    name: 'light',
    title: 'papergen: the light theme',
    description: 'The grid and a journal on a white background.',
    reach: driver => journalOf(driver, raising),
    theme: 'light',
  },
  {
    name: 'high-contrast',
    title: 'papergen: the high-contrast theme',
    description:
      'The grid and a journal with no colour that matters: weight, underline and inversion say what is wrong.',
    reach: driver => journalOf(driver, raising),
    theme: 'high-contrast',
  },
  {
    name: 'help',
    title: 'papergen: the help',
    description: 'The help: every key with what it does, and the signs of the verdicts.',
    reach: driver => driver.press('?').idle(),
  },
]
