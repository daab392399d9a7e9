import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PapergenError } from '../../src/core/errors.ts'
import { renderProblem } from '../../src/core/explain.ts'
import { steers } from './arbitrary.ts'

/** How many cases each property is tried with: a hundred thousand in all, which cases.test.ts counts. */
export const cases = {
  'ids': 6000,
  'unit names on D-Bus': 3000,
  'notebook paths': 5000,
  'titles of notebooks': 4000,
  'sources of notebooks': 3000,
  'text on a terminal': 6000,
  'lines of the index page': 5000,
  'notifications': 4000,
  'the clipboard': 3000,
  'words of a shell': 8000,
  'commands to be copied by hand': 4000,
  'units': 5000,
  'units of somebody else': 3000,
  'routes': 4000,
  'routes of somebody else': 3000,
  'headers of files': 3000,
  'values of the config': 3000,
  'journal lines': 7000,
  'lines that are no journal lines': 3000,
  'lines of nginx': 4000,
  'logs on the screen': 800,
  'bytes as lines': 1500,
  'answers of the edge': 1500,
  'frames of an entry point': 1500,
  'requests to an entry point': 1500,
  'refusals of an entry point': 4000,
  'answers of nvidia-smi': 5000,
  'control groups': 3000,
  'properties of a unit': 3000,
  'findings of marimo check': 2500,
  'what an entry point says of its host': 2500,
  'headers of HTTP': 1200,
  'state.json of anybody': 4000,
  'entries of state.json': 3000,
  'papergen.json': 3000,
  'intents': 1500,
  'the audit log': 4000,
  'preferences': 3000,
  'uses of the GPUs': 2500,
  'known_hosts of anybody': 4000,
  'one line of known_hosts among others': 2500,
  'problems': 4000,
  'the whole console': 500,
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
