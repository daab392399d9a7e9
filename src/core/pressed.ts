import type { LogRequest } from './log-request.ts'
import { withoutLog } from './open-log.ts'
import type { Request } from './operations.ts'
import type { State } from './state.ts'

/** What a key asks of the world; the console's handlers do it. */
export type Effect =
  | { readonly kind: 'run'; readonly requests: readonly Request[] }
  | { readonly kind: 'prepare'; readonly requests: readonly Request[] }
  | { readonly kind: 'cancel' }
  | { readonly kind: 'quit' }
  /** The terminal back to the shell, until that continues us. */
  | { readonly kind: 'suspend' }
  /** `beside`: the other log stays. */
  | ({ readonly kind: 'open-log'; readonly beside: boolean } & LogRequest)
  /** One of two logs, or all that are open. */
  | { readonly kind: 'close-log'; readonly source?: LogRequest['source'] }
  | { readonly kind: 'list-notebooks' }
  /** To the clipboard of the operator's terminal. */
  | { readonly kind: 'copy'; readonly text: string }
  /** To a file of the operator's machine; `lines` says how many they are. */
  | { readonly kind: 'save'; readonly path: string; readonly text: string; readonly lines: number }
  | { readonly kind: 'list-past' }
  | { readonly kind: 'open-url'; readonly id: string }
  | { readonly kind: 'copy-url'; readonly id: string }

export type Pressed = { readonly state: State; readonly effects: readonly Effect[] }

export const only = (state: State, ...effects: readonly Effect[]): Pressed => ({ state, effects })

export const closeLog = (state: State): Pressed => only(withoutLog(state), { kind: 'close-log' })

export const withDialog = (state: State, dialog: State['ui']['dialog']): State => ({
  ...state,
  ui: { ...state.ui, dialog },
})

/** What a key did, where the screen alone would not tell. */
export const tell = (state: State, text: string): State => ({ ...state, notice: { tone: 'info', text } })

/** Why a key did nothing. */
export const say = (state: State, text: string): State => ({ ...state, notice: { tone: 'warning', text } })
