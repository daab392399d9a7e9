import type { Draft } from './dry-run.ts'
import type { Problem } from './errors.ts'
import type { PastAnswer, Ran } from './history.ts'
import type { JournalEntry, JournalQuery } from './journal.ts'
import type { Observation } from './observed.ts'
import type { Request } from './operations.ts'
import type { NotebookFile } from './ports.ts'
import type { Notice } from './state.ts'
import type { OperationReport } from './step.ts'

/** What the console is told; keys come apart from it (keys.ts). */
export type Event =
  | { readonly type: 'observation'; readonly observation: Observation }
  | { readonly type: 'moving'; readonly papers: ReadonlySet<string> }
  | { readonly type: 'tick'; readonly at: number }
  | { readonly type: 'resize'; readonly columns: number; readonly rows: number }
  | { readonly type: 'operation'; readonly report: OperationReport }
  | { readonly type: 'ran'; readonly ran: Ran }
  | { readonly type: 'past'; readonly past: PastAnswer }
  | { readonly type: 'operation-closed' }
  /** Told by the handler of `run`: until each was told `next-request`, no other action is offered. None: the rest is given up. */
  | { readonly type: 'requested'; readonly requests: readonly Request[] }
  /** A request that was refused before anything began. */
  | { readonly type: 'refused'; readonly text: string; readonly problem: Problem }
  /** What a question is about, prepared: told once for all its requests. */
  | { readonly type: 'prepared'; readonly requests: readonly Request[]; readonly drafts: readonly Draft[] }
  | { readonly type: 'next-request' }
  | { readonly type: 'log-opened'; readonly unit: string; readonly source: JournalQuery['source'] }
  | { readonly type: 'log-closed' }
  | { readonly type: 'notebooks'; readonly notebooks: readonly NotebookFile[] }
  | {
      readonly type: 'log-lines'
      readonly unit: string
      readonly source: JournalQuery['source']
      readonly entries: readonly JournalEntry[]
    }
  | {
      readonly type: 'log-failed'
      readonly unit: string
      readonly source: JournalQuery['source']
      readonly text: string
    }
  | { readonly type: 'notice'; readonly notice: Notice | null }
  /** It was there long enough to be read. */
  | { readonly type: 'notice-read'; readonly notice: Notice }
  /** Something that nobody at the keys asked for. */
  | { readonly type: 'alarm'; readonly text: string }
