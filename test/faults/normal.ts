import { project } from '../../lab/layout.ts'

/** Never put back to how it was: the audit log grows by a line for whatever began, lock files stay empty, marimo and Python cache beside a notebook. */
export const isKept: readonly RegExp[] = [
  new RegExp(`^${project}/\\.venv$`),
  new RegExp(`^${project}/state/(audit\\.jsonl|(state|papergen)\\.json\\.lock)$`),
  /\/(__pycache__|__marimo__)$/,
]

/** Left out of every comparison besides: the edge remembers an outcome until the next operation begins (docs/entry-points.md). */
export const isUncompared: readonly RegExp[] = [...isKept, /^\/var\/lib\/papergen\/edge\/confirmed$/]

/** Files that tell when they were written: two runs of the same operation never agree on it. */
export const isDated = (path: string): boolean =>
  path.startsWith(`${project}/state/`) || path.endsWith('/thesis/index.html')

export const withoutTimes = (text: string): string =>
  text.replace(/\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?/g, 'TIME').replace(/^made \d+$/gm, 'made TIME')
