import { EventEmitter } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises'
import { queryObjects, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What a process holds at one moment, after everything that nobody needs was collected. */
export type Figures = {
  /** Bytes of JavaScript objects. */
  readonly heap: number
  /** Bytes of buffers outside the heap. */
  readonly buffers: number
  readonly functions: number
  readonly promises: number
  /** Sockets, channels, child processes, signals: whatever one can listen to. */
  readonly emitters: number
  /** Open file descriptors: files, sockets, pipes. */
  readonly files: number
  /** Processes started here that were not taken leave of. */
  readonly children: number
  /** Those too that do not keep the process. */
  readonly timers: number
  /** What keeps the process, but for timers. */
  readonly handles: number
  /** Of the process, its streams and whatever else was asked about. */
  readonly listeners: number
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Asked for here: Node makes the streams of a process when they are first asked for. */
const lasting: readonly EventEmitter[] = [process, process.stdin, process.stdout, process.stderr]

/** @param emitters what lives as long as the console, besides the process and its streams */
export const figuresNow = async (emitters: readonly EventEmitter[] = []): Promise<Figures> => {
  // What is collected may let go of more: finalizers run between two turns of the loop.
  for (let time = 0; time < 2; time++) {
    collect()
    await turn()
    await pause(20)
  }
  const { heapUsed: heap, arrayBuffers: buffers } = process.memoryUsage()
  const kept = process.getActiveResourcesInfo().filter(name => name !== 'Timeout' && name !== 'Immediate')
  return {
    ...{ heap, buffers, handles: kept.length },
    timers: queryObjects(Timeout, { format: 'count' }),
    functions: queryObjects(Function, { format: 'count' }),
    promises: queryObjects(Promise, { format: 'count' }),
    emitters: queryObjects(EventEmitter, { format: 'count' }) + queryObjects(EventTarget, { format: 'count' }),
    // The folder that is read is open while it is.
    files: readdirSync('/proc/self/fd').length - 1,
    children: childrenOf(process.pid).length,
    listeners: [...lasting, ...emitters].reduce((sum, emitter) => sum + listenersOf(emitter), 0),
  }
}

const Timeout = setTimeout(() => {}).constructor as new () => NodeJS.Timeout

/** Of all threads of a process. */
export const childrenOf = (pid: number): readonly number[] =>
  readdirSync(`/proc/${pid}/task`).flatMap(thread => {
    try {
      return readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
    } catch {
      return [] // a thread that ended while we looked
    }
  })

const listenersOf = (emitter: EventEmitter): number =>
  emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0)

/** What only a leak makes more of. */
export const counted = ['files', 'children', 'handles', 'listeners'] as const
export const objects = ['functions', 'promises', 'emitters', 'timers'] as const
export const sizes = ['heap', 'buffers'] as const

/**
 * What there is more of than before, in words; empty: nothing grew. What the system counts is exact. Of objects a few more may be
 * there, made when something ran for the first time: not one for a thousand events (measured: none). Bytes are the coarsest measure:
 * compiled code and inline caches come and go by hundreds of KiB whatever happened (measured: 450 KiB at most), so they only tell of
 * what is large or often.
 */
export const grown = (before: Figures, after: Figures, events: number): readonly string[] => {
  const allowed = (name: keyof Figures): number => {
    if (counted.some(each => each === name)) return 0
    return objects.some(each => each === name) ? 6 + events / 1000 : 1024 * 1024 + 10 * events
  }
  return [...counted, ...objects, ...sizes]
    .filter(name => after[name] - before[name] > allowed(name))
    .map(name => `${name}: ${before[name]} became ${after[name]} in ${events} events, ${allowed(name)} more allowed`)
}
