import { endOf, parseLife } from './life.ts'
import type { Launch, Running } from './running.ts'
import { textAt } from './text-file.ts'

/** marimo itself runs nothing of a notebook at its start and reads over how the paper is to end: so it is killed, and the journal says so. */
export const endAsTold = (running: Running, { argv, run }: Pick<Launch, 'argv' | 'run'>): void => {
  const end = endOf(parseLife(textAt(argv.at(-1) ?? '') ?? ''), run)
  if (end === null) return
  const timer = setTimeout(() => running.stop(true), end.after * 1000)
  void running.ended.then(() => clearTimeout(timer))
}
