import type { Config } from '../core/config.ts'
import { PapergenError } from '../core/errors.ts'
import type { Eyes, World } from '../core/ports.ts'

/** Where a headless command speaks and asks. stdout carries results, stderr progress and errors. */
export type Terminal = {
  print(text: string): void
  progress(text: string): void
  /** A line typed by a person, empty when it was left with Ctrl-D; null when there is nobody to ask. @throws `interrupted` */
  ask(question: string): Promise<string | null>
  readonly columns: number
  readonly ascii: boolean
  readonly color: boolean
  /** Minutes its person's clock is east of UTC. */
  readonly zone: number
}

/** What a headless command works with. */
export type Session = {
  readonly config: Config
  readonly world: World
  readonly eyes: Eyes
  readonly terminal: Terminal
  /** Aborts on the first Ctrl-C, SIGTERM or SIGHUP. */
  readonly signal: AbortSignal
}

/** What a person should know before the question; it keeps nothing from running. */
export const warn = (terminal: Terminal, warnings: readonly string[]): void => {
  for (const words of warnings) terminal.progress(`Warning: ${words}`)
}

/**
 * Asks before something is changed. `--yes` answers for the person; without it and without a person it is refused, so that a
 * script never changes more than it said.
 */
export const confirm = async (terminal: Terminal, yes: boolean, question: string, expected = 'y'): Promise<void> => {
  if (yes) return
  const answer = await terminal.ask(
    expected === 'y' ? `${question} [y/N] ` : `${question}\nType ${expected} to go on: `,
  )
  if (answer === null)
    throw new PapergenError({
      kind: 'bad-argument',
      what: `it was not confirmed: ${question}`,
      why: 'it changes the hosts, and nobody is there to ask',
      hint: 'add --yes to confirm it beforehand; --dry-run of publish and repair shows what it would do',
    })
  if (answer.trim().toLowerCase() === expected.toLowerCase()) return
  throw new PapergenError({
    kind: 'bad-argument',
    what: `it was not confirmed: ${question}`,
    why: 'nothing was changed',
    hint: `run it again and type ${expected}, or add --yes`,
  })
}
