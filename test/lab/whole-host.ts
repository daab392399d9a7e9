import type { HostName } from '../../lab/layout.ts'
import { type Tree, treeBelow } from '../../lab/tree.ts'
import { labHosts } from './harness.ts'

/** What a running system writes by itself, whoever is logged in. */
const moving = [
  // What is logged, and who was here last.
  /^\/var\/log\//,
  /^\/run\/log\//,
  /^\/run\/(utmp|motd\.dynamic)$/,
  // systemd's own notes of units, jobs, sessions and timers, and what a login of its own needs.
  /^\/run\/systemd\/(units|sessions|users|transient|journal|propagate|inaccessible|unit-root|incoming|inhibit|seats|private|notify|netif|userdb|io\.systemd\.[A-Za-z]+)(\/|$)/,
  /^\/run\/user(\/|$)/,
  /^\/var\/lib\/systemd\/(timers|linger|catalog|random-seed)/,
  // Made when it is first used, and locked, not written.
  /^\/etc\/\.pwd\.lock$/,
]

/**
 * Every file that was ever written on a host, with owner, mode and content: on its disk (the layer over the base root, whatever the
 * folder: /root, /home, /etc, /var/spool/cron) and in memory (/run, /tmp, /dev/shm).
 */
export const wholeHost = (host: HostName, except: readonly RegExp[]): Tree => {
  const { layout, booted } = labHosts()
  const left = [...moving, ...except]
  const disk = treeBelow(layout.host(host).upper, ['/'], left)
  const memory = treeBelow(`/proc/${booted[host].leader.pid}/root`, ['/run', '/tmp', '/dev/shm'], left)
  return new Map([...disk, ...[...memory].map(([path, line]) => [`in memory: ${path}`, line] as const)])
}
