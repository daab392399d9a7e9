import type { Request } from '../../src/core/operations.ts'
import type { Halt } from './halt.ts'
import type { Operation } from './names.ts'
import { tried } from './papers.ts'

/** The states that operations begin in. */
export type StateName = 'without' | 'first' | 'changed' | 'second'

/** What is tried, before either host was looked at: the main program hands these out by name. */
export type Outline = {
  readonly operation: Operation
  /** Tells apart what counts under the same operation. */
  readonly name: string
  readonly from: StateName
  readonly request: Request
  /** Live before and after: its visitors must notice nothing. */
  readonly live: boolean
  /** The step that fails after it ran, on purpose: faults strike the undo that follows, and its one right end is `old`. */
  readonly failing?: string
  /** The operation is killed there first, and what is tried is the repair of it. */
  readonly killedAt?: Place
}

export type Place = Omit<Halt, 'number'>

const publish: Request = { kind: 'publish', notebook: `${tried}.py`, id: null, title: null, port: null }
const rollback: Request = { kind: 'rollback', id: tried }
const unpublish: Request = { kind: 'unpublish', id: tried }
const restart: Request = { kind: 'restart', id: tried }

const before = (step: string): Place => ({ call: 'step', when: 'before', step })

const [ofUpdate, ofRollback] = [
  { operation: 'update', from: 'changed', request: publish, live: true },
  { operation: 'rollback', from: 'second', request: rollback, live: true },
] as const
const ofPublish = { operation: 'publish', from: 'without', request: publish, live: false } as const
const ofUnpublish = { operation: 'unpublish', from: 'first', request: unpublish } as const
const repairOf = (name: string, killedAt: Place) =>
  ({ operation: 'repair', name: `repair of ${name}`, killedAt }) as const

export const outlines: readonly Outline[] = [
  { ...ofPublish, name: 'publish' },
  { ...ofUpdate, name: 'update' },
  { ...ofRollback, name: 'rollback' },
  { ...ofUnpublish, name: 'unpublish', live: false },
  { operation: 'restart', name: 'restart', from: 'first', request: restart, live: false },
  // The last step before the commit point fails, so that all there is to undo is undone.
  { ...ofPublish, name: 'undo of publish', failing: 'complete' },
  { ...ofUpdate, name: 'undo of update', failing: 'complete' },
  { ...ofRollback, name: 'undo of rollback', failing: 'complete' },
  { ...ofUnpublish, name: 'undo of unpublish', live: true, failing: 'index' },
  { ...ofPublish, ...repairOf('publish', before('index')) },
  { ...ofUpdate, ...repairOf('update', before('main-lan')) },
  { ...ofUpdate, ...repairOf('confirmed update', before('drop-next')) },
  { ...ofUnpublish, ...repairOf('unpublish', before('gone')), live: false },
]

export const outlineOf = (name: string): Outline => {
  const found = outlines.find(outline => outline.name === name)
  if (found === undefined) throw new Error(`there is no scenario ${name}`)
  return found
}
