import { setTimeout as pause } from 'node:timers/promises'
import type { HostName } from '../../lab/layout.ts'
import { powerCut } from '../../lab/reboot.ts'
import { asRoot, cutLink, labHosts, restoreLink } from '../lab/harness.ts'
import { empty, fill } from './disk.ts'
import type { Halted } from './halted.ts'
import type { FaultName } from './names.ts'

/** A fault that has struck. */
export type Struck = {
  /** What was seen of it: who died of which signal. Null when there was nobody to strike. */
  readonly seen: string | null
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
  const plain = { outage: false, passes: nothing(), heal: nothing }
  switch (fault) {
    case 'kill':
      program.kill()
      return { ...plain, seen: `papergen died of ${(await program.ended).signal}` }
    case 'kill-gpu':
    case 'kill-edge':
      return { ...plain, seen: await killEntry(fault === 'kill-gpu' ? 'gpu' : 'edge') }
    case 'link':
      return { ...plain, outage: true, seen: await cutOff(), passes: plugInLater() }
    case 'reboot-edge':
      return { ...plain, outage: true, seen: 'the edge lost its power', passes: powerCut(labHosts(), 'edge') }
    case 'full-gpu':
    case 'full-edge': {
      const host = fault === 'full-gpu' ? 'gpu' : 'edge'
      return { ...plain, seen: await fill(host), heal: () => empty(host) }
    }
  }
}

/** The entry point with whatever it runs; answers when it is gone. */
const killEntry = async (host: HostName): Promise<string | null> => {
  const script = `
pids=$(pgrep -f '^/bin/bash -p /usr/local/libexec/papergen-${host} serve')
[ -n "$pids" ] || exit 0
kill -KILL $pids
for pid in $pids; do while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done; done
echo $pids`
  const pids = (await asRoot(host, ['sh', '-c', script])).trim()
  return pids === '' ? null : `papergen-${host} (${pids}) died of SIGKILL`
}

const away = 3_000

/** The cable first, so that nobody hears of the end of the session. */
const cutOff = async (): Promise<string> => {
  cutLink('edge')
  const pids = await asRoot('edge', ['sh', '-c', `pids=$(pgrep -f '^sshd: son'); kill -KILL $pids; echo $pids`])
  return `sshd (${pids.trim()}) died of SIGKILL, no link for ${away / 1000} s`
}

const plugInLater = async (): Promise<void> => {
  await pause(away)
  restoreLink('edge')
}
