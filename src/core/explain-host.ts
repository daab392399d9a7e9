import { command, show } from './command.ts'
import type { Explanation, Words } from './explanation.ts'

/** A host cannot be reached, refused us, showed a wrong key or is not ready (exit 4). */
export const hostWords: Words<
  | 'host-unreachable'
  | 'session-refused'
  | 'bus-down'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'key-refused'
  | 'not-set-up'
  | 'nginx-broken'
  | 'nginx-down'
  | 'certificate-unfit'
  | 'connection-lost'
  | 'not-written'
  | 'no-permission'
> = {
  'host-unreachable': ({ host, address, why, next }) =>
    hostProblem(
      `${host} (${address}) cannot be reached`,
      why,
      [],
      next ??
        `check that ${host} is up and that address, port and user in the config are right; papergen doctor tells more`,
    ),
  'session-refused': ({ host, why }) =>
    hostProblem(
      `sshd on ${host} opens no further session`,
      `the login is accepted, and each new session on the connection is refused (${why}): MaxSessions of its sshd is reached`,
      [],
      `on ${host}: set MaxSessions 10 (papergen opens no more) in /etc/ssh/sshd_config, then sudo systemctl reload ssh; a console reconnects when it is started again`,
    ),
  'bus-down': ({ host, socket, why }) =>
    hostProblem(
      `systemd on ${host} cannot be asked`,
      `its D-Bus${socket === null ? '' : `, ${socket}`}: ${why}`,
      [],
      socket?.startsWith('/run/user/')
        ? `on ${host}: systemctl --user status dbus.socket; loginctl enable-linger keeps it there`
        : `on ${host}: systemctl status dbus.socket dbus.service, then sudo systemctl start dbus.socket`,
    ),
  'host-key-unknown': ({ host, address, port, fingerprint, file }) =>
    hostProblem(
      `The host key of ${host} (${knownAs(address, port)}) is unknown`,
      `it shows ${fingerprint}, and ${file} holds no key for it; nothing was accepted`,
      [],
      `compare the fingerprint on ${host} itself, then: ${scan(address, port)} >> ${word(file)}`,
    ),
  'host-key-changed': ({ host, address, port, fingerprint, expected, file }) =>
    hostProblem(
      `The host key of ${host} (${knownAs(address, port)}) has CHANGED`,
      `it shows ${fingerprint}, but ${file} expects ${expected}: a reinstalled host, or somebody in between; nothing was accepted`,
      [],
      `only when ${host} was reinstalled: ${show(command('ssh-keygen', '-R', knownAs(address, port), '-f', file))} && ${scan(address, port)} >> ${word(file)}`,
    ),
  'key-refused': ({ host, user, tried }) =>
    hostProblem(
      `${host} refused to let ${user} in`,
      tried.length === 0 ? 'there was no key to offer' : `it accepted none of: ${tried.join(', ')}`,
      [],
      `put the public key into ~${user}/.ssh/authorized_keys on ${host} (ssh-copy-id), or name the right identity in the config`,
    ),
  'not-set-up': ({ host, role, why }) =>
    hostProblem(
      `${host} is not set up as ${role === 'gpu' ? 'the GPU host' : 'the edge'}`,
      why,
      [],
      `run papergen setup ${role} --apply (without --apply it prints what it would do)`,
    ),
  'nginx-broken': ({ host, file, line, output }) =>
    hostProblem(
      `nginx on ${host} was broken before papergen came`,
      file === null
        ? 'nginx -t refuses its configuration; nothing was touched'
        : `nginx -t refuses ${file}${line === null ? '' : `:${line}`}; nothing was touched`,
      [output],
      `mend ${file === null ? 'the configuration' : `${file}${line === null ? '' : ` at line ${line}`}`} on ${host}, check it with nginx -t, and run this again`,
    ),
  'nginx-down': ({ host, state }) =>
    hostProblem(
      `nginx on ${host} is not running`,
      `systemd says it is ${state}; nothing was touched`,
      [],
      `on ${host}: systemctl status nginx, then sudo systemctl start nginx`,
    ),
  'certificate-unfit': ({ host, why }) =>
    hostProblem(
      `The site's certificate on ${host} is of no use`,
      why,
      [],
      `on ${host}: sudo certbot certificates shows what is there, sudo certbot renew renews it`,
    ),
  'connection-lost': ({ host, during }) =>
    hostProblem(
      `The connection to ${host} was lost`,
      `it broke during ${during}; what was asked last may or may not have happened`,
      [],
      'run papergen status, and papergen repair when it names something unfinished',
    ),
  'not-written': ({ host, path, reason }) =>
    hostProblem(
      `${path} on ${host} cannot be written`,
      notWrittenWords[reason] ?? notWrittenWords.unsaid,
      [],
      reason !== 'read-only'
        ? `on ${host}: df -h ${word(dirOf(path))} shows the disk; free some of it (old snapshots lie in state/releases), then run this again`
        : `on ${host}: findmnt -T ${word(dirOf(path))} and sudo dmesg show why; mount it writable again, then run this again`,
    ),
  'no-permission': ({ host, what, cure }) => hostProblem(`No permission on ${host}`, what, [], cure),
}

const hostProblem = (title: string, cause: string, evidence: readonly string[], hint: string): Explanation => ({
  title,
  cause,
  evidence,
  hint,
  exitCode: 4,
})

/** A host as known_hosts names it: ports other than 22 in brackets. */
const knownAs = (address: string, port: number): string => (port === 22 ? address : `[${address}]:${port}`)

const scan = (address: string, port: number): string =>
  show(port === 22 ? command('ssh-keyscan', address) : command('ssh-keyscan', '-p', String(port), address))

const notWrittenWords = {
  full: 'no space is left on its disk',
  'read-only': 'its file system is read-only',
  unsaid: 'its sftp-server gave no reason: as a rule the disk is full or read-only',
}

const dirOf = (path: string): string => path.replace(/(?<=.)\/[^/]*$/, '')

const word = (text: string): string => show(command(text))
