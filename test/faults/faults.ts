import { setTimeout as pause } from 'node:timers/promises'
import type { HostName } from '../../lab/layout.ts'
import { powerCut } from '../../lab/reboot.ts'
import { cutLink, labHosts, restoreLink } from '../lab/harness.ts'
import { empty, fill } from './disk.ts'
import type { Halted } from './halted.ts'
import { type Dead, killEntry, killSessions } from './killed.ts'
import type { FaultName } from './names.ts'

/** A fault that has struck. */
export type Struck = {
  /** What was seen of it: who died of which signal. Null when there was nobody to strike. */
  readonly seen: string | null
  /** It did not strike as it should have, so the trial proves nothing. */
  readonly wrong: string | null
  /** The edge is away from visitors meanwhile. */
  readonly outage: boolean
  /** Runs beside the program from now on: the cable comes back, the host boots. */
  readonly passes: Promise<void>
  /** After the program's end. */
  readonly heal: () => Promise<void>
}

const nothing = async (): Promise<void> => undefined

/** Strikes while the program waits. */
export const strike = async (fault: FaultName, program: Halted): Promise<Struck> => {
  const plain = { wrong: null, outage: false, passes: nothing(), heal: nothing }
  switch (fault) {
    case 'kill':
      return { ...plain, ...(await killItself(program)) }
    case 'kill-gpu':
    case 'kill-edge':
      return { ...plain, ...(await killEntryOf(fault === 'kill-gpu' ? 'gpu' : 'edge')) }
    case 'link':
      return { ...plain, outage: true, ...(await cutOff()), passes: plugInLater() }
    case 'reboot-edge':
      return { ...plain, outage: true, seen: 'the edge lost its power', passes: powerCut(labHosts(), 'edge') }
    case 'full-gpu':
    case 'full-edge': {
      const host = fault === 'full-gpu' ? 'gpu' : 'edge'
      return { ...plain, seen: await fill(host), heal: () => empty(host) }
    }
  }
}

const killItself = async (program: Halted) => {
  program.kill()
  const { signal } = await program.ended
  const seen = `papergen died of ${signal}`
  return { seen, wrong: signal === 'SIGKILL' ? null : `not SIGKILL: ${seen}` }
}

const killEntryOf = async (host: HostName) => deathsOf(`papergen-${host}`, await killEntry(host))

/** Null when there was nobody to kill. */
const deathsOf = (who: string, dead: readonly Dead[]): Pick<Struck, 'seen' | 'wrong'> => {
  if (dead.length === 0) return { seen: null, wrong: null }
  const seen = dead.map(({ pid, signal }) => `${who} (${pid}) died of ${signal}`).join(', ')
  return { seen, wrong: dead.every(({ signal }) => signal === 'SIGKILL') ? null : `not SIGKILL: ${seen}` }
}

const away = 3_000

/** The cable first, so that nobody hears of the end of the session. */
const cutOff = async (): Promise<Pick<Struck, 'seen' | 'wrong'>> => {
  cutLink('edge')
  const { seen, wrong } = deathsOf('sshd', await killSessions('edge'))
  return { seen: `${seen ?? 'no session'}, no link for ${away / 1000} s`, wrong }
}

const plugInLater = async (): Promise<void> => {
  await pause(away)
  restoreLink('edge')
}
