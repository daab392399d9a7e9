import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PapergenError } from '../../src/core/errors.ts'
import { renderProblem } from '../../src/core/explain.ts'
import { steers } from './arbitrary.ts'

/** How many cases each property is tried with: a hundred thousand in all, which cases.test.ts counts. */
export const cases = {
  'ids': 6000,
  'unit names on D-Bus': 3000,
  'notebook paths': 4000,
  'titles of notebooks': 3500,
  'sources of notebooks': 2500,
  'text on a terminal': 2500,
  'lines of the index page': 4000,
  'notifications': 2500,
  'the clipboard': 3000,
  'words of a shell': 6000,
  'commands to be copied by hand': 3500,
  'units': 4000,
  'units of somebody else': 2500,
  'routes': 2500,
  'routes of somebody else': 2500,
  'headers of files': 2500,
  'values of the config': 2000,
  'journal lines': 4000,
  'lines that are no journal lines': 2000,
  'lines of nginx': 3000,
  'logs on the screen': 250,
  'bytes as lines': 1000,
  'answers of the edge': 700,
  'frames of an entry point': 1000,
  'requests to an entry point': 700,
  'refusals of an entry point': 3000,
  'answers of nvidia-smi': 4000,
  'control groups': 2500,
  'properties of a unit': 2500,
  'findings of marimo check': 1500,
  'what an entry point says of its host': 2000,
  'headers of HTTP': 1000,
  'state.json of anybody': 2500,
  'entries of state.json': 2000,
  'papergen.json': 1500,
  'intents': 800,
  'the audit log': 1000,
  'preferences': 600,
  'uses of the GPUs': 1200,
  'known_hosts of anybody': 4000,
  'one line of known_hosts among others': 2500,
  'problems': 3500,
  'the whole console': 250,
} as const // biome-ignore format: a table

/** One property, tried with as many cases as the table says. */
export const property = <T>(
  name: keyof typeof cases,
  from: fc.Arbitrary<T>,
  holds: (value: T) => void | Promise<void>,
): void =>
  test(`${name}: ${cases[name]} cases`, { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(from, async value => void (await holds(value))),
      { numRuns: cases[name] },
    )
  })

/** What it gives; null where it refuses with an error of papergen's own that can be shown. Anything else it throws is a defect. */
export const accepted = <T>(act: () => T): T | null => {
  try {
    return act()
  } catch (thrown) {
    return refused(thrown)
  }
}

/** As `accepted`, of what takes its time. */
export const answered = async <T>(act: () => Promise<T>): Promise<T | null> => {
  try {
    return await act()
  } catch (thrown) {
    return refused(thrown)
  }
}

const refused = (thrown: unknown): null => {
  if (!(thrown instanceof PapergenError)) throw thrown
  expect(renderProblem(thrown.problem)).not.toMatch(steers)
  return null
}

/** Nothing in it steers a terminal, and it stays on its line. */
export const isDrawable = (text: string): boolean => !steers.test(text) && !text.includes('\n')
