import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { readConfig } from '../../src/core/config.ts'
import { isPaperId, type PaperId } from '../../src/core/paper.ts'
import { hostileText, some } from './arbitrary.ts'

/** What both hosts' files are made from. */

const share = (name: string): string => readFileSync(new URL(`../../share/${name}`, import.meta.url), 'utf8')

export const templates = { system: share('unit.template'), user: share('unit-user.template'), snippet: share('snippet.template') } // biome-ignore format: one table

export const config = readConfig(null, null, '/home/son')

export const paperId: fc.Arbitrary<PaperId> = fc.stringMatching(/^[a-z0-9](?:-?[a-z0-9]){0,30}$/).filter(isPaperId)
export const paperPort = fc.integer({ min: config.gpu.ports[0], max: config.gpu.ports[1] })

/** Paths of notebooks as somebody names them who wants more; most that mean something to systemd are refused. */
export const notebookPath: fc.Arbitrary<string> = fc
  .tuple(
    fc.array(fc.oneof(hostileText, fc.stringMatching(/^[\w ]{1,6}$/)), { maxLength: 3 }),
    fc.constantFrom('a', 'x y', '한', '{{id}}', '&', '[Service]', '#', ';'),
    fc.oneof(hostileText, fc.string({ maxLength: 3 })),
  )
  .map(([folders, name, odd]) => [...folders, `${name}${odd}.py`].join('/'))

/** So many values that hold, of each key one. */
export const sampled = <T>(
  from: fc.Arbitrary<T>,
  count: number,
  keyOf: (value: T) => string,
  holds: (value: T) => boolean,
): readonly T[] => {
  const found = new Map<string, T>()
  while (found.size < count)
    for (const each of some(from, count)) if (found.size < count && holds(each)) found.set(keyOf(each), each)
  return [...found.values()]
}
