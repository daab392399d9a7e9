import { setTimeout as pause } from 'node:timers/promises'
import type { HostName } from '../../lab/layout.ts'
import { asRoot } from '../lab/harness.ts'

/** A process that was sent SIGKILL, and how it ended as its host's kernel tells it. */
export type Dead = { readonly pid: string; readonly signal: string }

/** The entry point with whatever it runs. It is a service of its own, so the host's systemd was told of its end and wrote it down. */
export const killEntry = async (host: HostName): Promise<readonly Dead[]> => {
  const said = await asRoot(host, ['sh', '-c', entryScript(host)])
  const mains = said.split('\n').filter(line => line !== '')
  return Promise.all(
    mains.map(async line => {
      const [pid = '', unit = ''] = line.split(' ')
      return { pid, signal: await endOfUnit(host, unit) }
    }),
  )
}

const entryScript = (host: HostName): string => `
pids=$(pgrep -f '^/bin/bash -p /usr/local/libexec/papergen-${host} serve')
[ -n "$pids" ] || exit 0
for pid in $pids; do
  unit=$(grep -oE '[^/]+\\.service$' "/proc/$pid/cgroup" | head -n 1)
  [ "$(systemctl show -p MainPID --value "$unit")" != "$pid" ] || echo "$pid $unit"
done
kill -KILL $pids
for pid in $pids; do while kill -0 "$pid" 2>/dev/null; do sleep 0.02; done; done`

/** "Unit process exited", which systemd says with the code and status it waited for. */
const exited = '98e322203f7a4ed290d09fe03c09fe15'

const endOfUnit = async (host: HostName, unit: string): Promise<string> => {
  const query = ['-q', '-b', '-o', 'json', '-n', '1', '_PID=1', `MESSAGE_ID=${exited}`, `UNIT=${unit}`]
  for (let tries = 0; tries < 50; tries++) {
    const line = (await asRoot(host, ['journalctl', ...query])).trim()
    if (line !== '') return signalOf(JSON.parse(line))
    await pause(100)
  }
  return 'an end that nobody told of'
}

const signalOf = ({ EXIT_CODE: code, EXIT_STATUS: status }: Record<string, string>): string =>
  code === 'killed' && status === '9' ? 'SIGKILL' : `${code} ${status}`

/** The operator's ssh sessions. Their parents stand still meanwhile, so each end can be read before anybody takes it. */
export const killSessions = async (host: HostName): Promise<readonly Dead[]> => {
  const said = await asRoot(host, ['sh', '-c', sessionScript])
  return said
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [pid = '', status = ''] = line.split(' ')
      return { pid, signal: status === '9' ? 'SIGKILL' : `wait status ${status}` }
    })
}

/** Children first: they have the higher numbers. Field 3 is the state, 52 what wait(2) is going to answer. */
const sessionScript = `
pids=$(pgrep -f '^sshd: son' | sort -rn)
[ -n "$pids" ] || exit 0
parents=$(for pid in $pids; do cut -d ' ' -f 4 "/proc/$pid/stat"; done | sort -u)
trap 'kill -CONT $parents 2>/dev/null; true' EXIT
kill -STOP $parents
for pid in $pids; do
  kill -KILL "$pid"
  until [ "$(cut -d ' ' -f 3 "/proc/$pid/stat")" = Z ]; do sleep 0.02; done
  echo "$pid $(cut -d ' ' -f 52 "/proc/$pid/stat")"
done`
