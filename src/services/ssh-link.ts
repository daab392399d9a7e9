import type { Client } from 'ssh2'
import { PapergenError, type Problem, problemOf } from '../core/errors.ts'
import type { Link } from '../core/facts.ts'
import type { Clock } from '../core/ports.ts'
import { silence } from './ssh-connect.ts'

export type SshLink = {
  /** The living connection; waits for an attempt under way, throws what the last one met while waiting for the next. */
  client(): Promise<Client>
  state(): Link
  watch(changed: () => void): () => void
  /** Tells how long a round trip took. */
  measured(rttMs: number): void
  close(): void
}

type Options = {
  readonly name: string
  readonly connect: () => Promise<Client>
  readonly clock: Clock
  /** 0..1 */
  readonly random: () => number
}

/** Keeps one connection: opened at the first use, opened again whenever it is lost, until it is closed. */
export const createSshLink = ({ name, connect, clock, random }: Options): SshLink => {
  const watchers = new Set<() => void>()
  const stop = new AbortController()
  let state: Link = { kind: 'connecting', since: clock.now() }
  let client: Client | null = null
  let attempt: Promise<Problem | null> | null = null

  const become = (next: Link) => {
    state = next
    for (const changed of watchers) changed()
  }

  const tryOnce = async (): Promise<Problem | null> => {
    try {
      const opened = await connect()
      if (stop.signal.aborted) return endOf(opened)
      client = opened
      become({ kind: 'up', since: clock.now(), rttMs: null })
      return null
    } catch (thrown) {
      return problemOf(thrown, `connect to ${name}`)
    }
  }

  const keep = async () => {
    for (let failures = 0; !stop.signal.aborted; failures++) {
      attempt = tryOnce()
      let problem = await attempt
      attempt = null
      if (client !== null) {
        const fellSilent = await closed(client)
        client = null
        failures = 0
        problem = fellSilent
          ? { kind: 'no-answer', host: name, what: 'the ssh connection', seconds: silence / 1000 }
          : { kind: 'connection-lost', host: name, during: 'the connection' }
      }
      if (problem === null) return
      const delay = delayBefore(problem, failures, random())
      become({ kind: 'down', since: downSince(state, clock), retryAt: clock.now() + delay, error: problem })
      await clock.sleep(delay, stop.signal)
    }
  }

  return {
    client: async () => {
      if (stop.signal.aborted) throw lost(name)
      if (state.kind === 'connecting' && attempt === null) keep().catch(() => {}) // only ever the abort of `close`
      if (client === null) await attempt
      if (client !== null) return client
      throw state.kind === 'down' ? new PapergenError(state.error) : lost(name)
    },
    state: () => state,
    watch: changed => {
      watchers.add(changed)
      return () => watchers.delete(changed)
    },
    measured: rttMs => {
      if (state.kind === 'up') become({ ...state, rttMs })
    },
    close: () => {
      stop.abort()
      if (client !== null) endOf(client)
    },
  }
}

/**
 * Milliseconds before the next attempt: 0.5 s doubling up to 6 s, with jitter, so that we are back within 15 s of the link's
 * return. A refusal is slow: sshd penalises an address that keeps failing, and would lock the whole machine out.
 */
export const delayBefore = (problem: Problem, failures: number, random: number): number => {
  const refused = problem.kind === 'key-refused'
  const unknownKey = problem.kind === 'host-key-unknown' || problem.kind === 'host-key-changed'
  const cap = refused ? 60_000 : unknownKey ? 20_000 : Math.min(6_000, 500 * 2 ** failures)
  return Math.round(cap * (0.5 + random / 2))
}

/** Resolves when the connection is over: true when it was given up because nobody at the other end answered. */
const closed = (client: Client): Promise<boolean> =>
  new Promise(resolve => {
    let fellSilent = false
    client.on('error', (error: Error & { level?: string }) => {
      fellSilent ||= error.level === 'client-timeout'
    })
    client.once('close', () => resolve(fellSilent))
  })

/** Politely, and for certain a second later: a dead link answers no goodbye. */
const endOf = (client: Client): null => {
  client.end()
  const timer = setTimeout(() => client.destroy(), 1_000)
  client.once('close', () => clearTimeout(timer))
  return null
}

const downSince = (before: Link, clock: Clock): number => (before.kind === 'down' ? before.since : clock.now())

const lost = (host: string): PapergenError =>
  new PapergenError({ kind: 'connection-lost', host, during: 'the connection' })
