import type { Exit } from './running.ts'
import type { Unit } from './systemd.ts'

/** What systemd makes of the end of a main process, and says of it. SIGTERM is how a unit that was asked to stop leaves. */
export const endingOf = ({ name, state }: Unit, exit: Exit) => {
  const asked = state === 'deactivating'
  const clean = exit.code === 0 || (asked && (exit.code === 143 || exit.signal !== null))
  const exited: [string, number] = [`${name}: Main process exited, ${exitWords(exit)}`, 5]
  if (clean)
    return {
      ending: { state: 'inactive', sub: 'dead', result: 'success' } as const,
      says: [...(asked ? [] : [exited]), [`${name}: Deactivated successfully.`, 6] as const],
    }
  const result = exit.signal === null ? 'exit-code' : 'signal'
  return {
    ending: { state: 'failed', sub: 'failed', result } as const,
    says: [exited, [`${name}: Failed with result '${result}'.`, 4] as const],
  }
}

const exitWords = ({ code, signal }: Exit): string =>
  signal === null
    ? `code=exited, status=${code}/${code === 0 ? 'SUCCESS' : 'FAILURE'}`
    : `code=killed, status=${signalNumbers[signal] ?? 9}/${signal.replace(/^SIG/, '')}`

export const signalNumbers: Readonly<{ [signal: string]: number }> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGABRT: 6,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGTERM: 15,
}
