import type { Confirm } from './dry-run.ts'
import type { Request } from './operations.ts'
import { only, type Pressed, withDialog } from './pressed.ts'
import type { State } from './state.ts'

/** Opens the question. What cannot be told from the screen, as what a publish does, is prepared to be looked at first. */
export const ask = (
  state: State,
  { question, expected }: Pick<Confirm, 'question' | 'expected'>,
  requests: readonly Request[],
): Pressed => {
  const isPlain = requests.every(({ kind }) => kind === 'restart')
  const dryRun = isPlain ? null : { drafts: null, unfoldedFrom: null }
  const asked = withDialog(state, { kind: 'confirm', question, expected, typed: '', requests, dryRun })
  return isPlain ? only(asked) : only(asked, { kind: 'prepare', requests })
}
