import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hosts, site } from '../../lab/layout.ts'
import { run } from '../../lab/run.ts'
import { asRoot, labHosts } from './harness.ts'
import { eventually, project } from './operator.ts'

/** What goes wrong on real hosts, done to them as it happens to them. Each answers what takes it back. */
export type Undo = () => Promise<unknown>

const shell = (host: 'gpu' | 'edge', script: string, ...args: string[]): Promise<string> =>
  asRoot(host, ['sh', '-euc', script, 'sh', ...args])

const unitOf = (id: string): string => `papergen-${id}.service`

/** nftables on the GPU host treats what matches so: `drop`, `reject`. */
export const firewall = async (chain: 'input' | 'output', match: string, verdict: string): Promise<Undo> => {
  const table = `firewall_${verdict.split(' ')[0]}`
  const rules = `add table inet ${table}
add chain inet ${table} ${chain} { type filter hook ${chain} priority 0; }
add rule inet ${table} ${chain} ${match} ${verdict}
`
  await asRoot('gpu', ['nft', '-f', '-'], { stdin: rules })
  return () => asRoot('gpu', ['nft', 'delete', 'table', 'inet', table])
}

/** Nothing comes from the edge to this port. */
export const edgeBlocked = (port: number, verdict: string): Promise<Undo> =>
  firewall('input', `ip saddr ${hosts.edge.address} tcp dport ${port}`, verdict)

/** A web server of somebody else's listens where the paper would. */
export const portTaken = async (id: string, port: number): Promise<Undo> => {
  const server = `python3 -m http.server ${port} --bind ${hosts.gpu.address}`
  await shell(
    'gpu',
    `systemctl stop "$1"; systemd-run --quiet --unit=stranger ${server}
     until curl -s -o /dev/null http://${hosts.gpu.address}:${port}/; do sleep 0.1; done; systemctl start "$1"`,
    unitOf(id),
  )
  return () => asRoot('gpu', ['systemctl', 'stop', 'stranger'])
}

/** Somebody changes the routes with an editor of his, and nginx loads it. */
export const routesEdited = (script: string): Promise<unknown> =>
  shell('edge', `cd /etc/nginx/snippets/learn-papers; ${script}; nginx -q -t; systemctl reload nginx`)

/** An edit that nginx loaded and that was taken back since: the file is right, what nginx has is not. */
export const routeEditForgotten = async (id: string, port: number): Promise<void> => {
  await routesEdited(`cp -p ${id}.conf /root; sed -i s/${port}/27900/ ${id}.conf`)
  // nginx reads its files some time after it was told to.
  const answer = `curl -sk -o /dev/null -w '%{http_code}' --resolve ${site}:443:127.0.0.1 https://${site}/thesis/${id}/health`
  await shell(
    'edge',
    `until [ "$(${answer})" = 502 ]; do sleep 0.1; done; cp -p /root/${id}.conf /etc/nginx/snippets/learn-papers`,
  )
}

const hasFailed = (id: string): Promise<unknown> =>
  eventually(`${unitOf(id)} to be given up`, 240, async () =>
    (await asRoot('gpu', ['systemctl', 'show', '-p', 'ActiveState', '--value', unitOf(id)])).startsWith('failed'),
  )

const restartInVain = async (id: string): Promise<void> => {
  await shell('gpu', 'systemctl restart "$1" 2>/dev/null || true', unitOf(id))
  await hasFailed(id)
}

/** Restarted while a file of the project's environment is away, as in an update gone wrong; systemd gives up. */
export const environmentBroken = async (id: string, path: string): Promise<void> => {
  const file = `${project}/.venv/${path}`
  await shell('gpu', 'for f in $1; do mv "$f" "$f.away"; done', file)
  try {
    await restartInVain(id)
  } finally {
    await shell('gpu', 'for f in $1.away; do mv "$f" "$(dirname "$f")/$(basename "$f" .away)"; done', file)
  }
}

/** Restarted before the address it binds is there, as after a boot with a slow network. */
export const addressLate = async (id: string): Promise<void> => {
  const address = [`${hosts.gpu.address}/24`, 'dev', 'lan0']
  await asRoot('gpu', ['ip', 'address', 'del', ...address])
  try {
    await restartInVain(id)
  } finally {
    await asRoot('gpu', ['ip', 'address', 'add', ...address])
  }
}

/** Killed from outside as often as systemd starts it. */
export const killedAgainAndAgain = async (id: string): Promise<void> => {
  const script = `state() { systemctl show -p ActiveState,SubState --value "$1" | tr '\\n' ' '; }
    until [ "$(state "$1")" = 'failed failed ' ]; do
      [ "$(state "$1")" != 'active running ' ] || systemctl kill --signal=KILL "$1"
      sleep 0.1
    done`
  await shell('gpu', script, unitOf(id))
}

/** Where the machine's memory controller lies: with systemd, which then sees who was killed for it, or beside it. */
const beside = '/sys/fs/cgroup/memory/cgroup.procs'
export const systemdSeesMemory = (): boolean => quietRead(beside) === null

/** The kernel kills it for want of memory, as often as systemd starts it. */
export const memoryGone = (id: string): Promise<void> => (systemdSeesMemory() ? limitedUnit(id) : limitedHost(id))

const limitedUnit = async (id: string): Promise<void> => {
  const limit = (value: string): Promise<string> =>
    asRoot('gpu', ['systemctl', 'set-property', '--runtime', unitOf(id), `MemoryMax=${value}`, 'MemorySwapMax=0'])
  await limit('40M')
  await restartInVain(id)
  await limit('infinity')
}

/**
 * What the host's PID 1 starts inherits its group; what runs already is not touched. One paper at a time: it must be by far the
 * largest in the group, for the kernel would take PID 1 just as well.
 */
const limitedHost = async (id: string): Promise<void> => {
  const { layout, booted } = labHosts()
  const { pid } = booted.gpu.leader
  const before = /^\d+:memory:(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? '/'
  const group = `/sys/fs/cgroup/memory/${layout.machine('gpu')}`
  mkdirSync(group, { recursive: true })
  try {
    writeFileSync(`${group}/memory.limit_in_bytes`, '40M')
    writeFileSync(`${group}/cgroup.procs`, String(pid))
    await restartInVain(id)
    const kills = /^oom_kill (\d+)$/m.exec(readFileSync(`${group}/memory.oom_control`, 'utf8'))?.[1]
    if (Number(kills) < 1) throw new Error(`the kernel killed nothing for memory: oom_kill ${kills}`)
  } finally {
    writeFileSync(join('/sys/fs/cgroup/memory', before, 'cgroup.procs'), String(pid))
    rmdirSync(group)
  }
}

const quietRead = (file: string): string | null => {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}

/** A file of somebody else's among nginx's sites; `reload` may fail, nginx then goes on with what it has. */
export const strangeSite = async (name: string, text: string): Promise<Undo> => {
  const path = `/etc/nginx/sites-enabled/${name}`
  const reload = 'systemctl reload nginx || true'
  await asRoot('edge', ['sh', '-c', `cat >"$1"; ${reload}`, 'sh', path], { stdin: text })
  return () => shell('edge', `rm -f "$1"; ${reload}`, path)
}

/** A server block that claims the site's name before the site's own does: nginx only warns. */
export const nameClaimed = `server {
    listen 443 ssl;
    server_name ${site};
    ssl_certificate /etc/letsencrypt/live/${site}/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/${site}/privkey.pem;
    root /var/www/html;
}
`

/** A certificate of the lab's authority lies where certbot puts them; nginx loads it when it is told to. */
export const certificatePlaced = async (days: number, name: string, load: boolean): Promise<void> => {
  const { ca } = labHosts().layout
  const at = (file: string): string => join(ca, file)
  writeFileSync(at('other.ext'), `subjectAltName = DNS:${name}\nextendedKeyUsage = serverAuth\n`)
  const request = ['openssl', 'req', '-new', '-key', at('leaf.key'), '-subj', `/CN=${name}`, '-out', at('other.csr')]
  const signer = ['-CA', at('chain.pem'), '-CAkey', at('chain.key'), '-CAcreateserial', '-extfile', at('other.ext')]
  run(request)
  run([
    'openssl',
    'x509',
    '-req',
    '-sha256',
    '-days',
    String(days),
    '-in',
    at('other.csr'),
    '-out',
    at('other.pem'),
    ...signer,
  ])
  const chain = readFileSync(at('other.pem'), 'utf8') + readFileSync(at('chain.pem'), 'utf8')
  await asRoot('edge', ['sh', '-c', `cat >"/etc/letsencrypt/live/${site}/fullchain.pem"`], { stdin: chain })
  if (load) await nginxReloaded()
}

export const nginxReloaded = (): Promise<string> => asRoot('edge', ['systemctl', 'reload', 'nginx'])

/** What nvidia-smi says after the driver was updated under it, until the reboot. */
export const driverUpdated = (): Promise<Undo> =>
  nvidiaSmi(
    'echo "Failed to initialize NVML: Driver/library version mismatch"; echo "NVML library version: 590.48"; exit 18',
  )

/** sshd on the edge ends with every session it has. */
export const sshdStopped = async (): Promise<Undo> => {
  await shell('edge', 'systemctl stop ssh; loginctl terminate-user son || true')
  return () => asRoot('edge', ['systemctl', 'start', 'ssh'])
}

/** Something else than sshd sits on the edge's port 22 and does this with each connection `c` (Python; `kept` holds what stays open). */
export const strangeSshd = async (does: string): Promise<Undo> => {
  const program = `import socket
kept = []
server = socket.create_server(("0.0.0.0", 22))
while True:
    c, _ = server.accept()
    ${does}`
  await shell(
    'edge',
    `systemctl stop ssh; loginctl terminate-user son || true
     systemd-run --quiet --unit=strange-sshd python3 -c "$1"
     until ss -Hltn sport = :22 | grep -q .; do sleep 0.1; done`,
    program,
  )
  return () => shell('edge', 'systemctl stop strange-sshd; systemctl start ssh')
}

/** A line of an administrator's in sshd's configuration on the edge. */
export const sshdLine = async (line: string): Promise<Undo> => {
  const file = '/etc/ssh/sshd_config.d/world.conf'
  // A reload is done when the new process listens.
  const reload = 'systemctl reload ssh; until ssh-keyscan -T 2 127.0.0.1 2>/dev/null | grep -q .; do sleep 0.2; done'
  await shell('edge', `echo "$1" >${file}; loginctl terminate-user son || true; ${reload}`, line)
  return () => shell('edge', `rm ${file}; ${reload}`)
}

/** Every session of sshd's on the edge stands still: the kernel still takes bytes, nobody answers. */
export const sessionsFrozen = async (): Promise<Undo> => {
  const signal = (name: string): Promise<string> => shell('edge', `pkill -${name} -f '^sshd: son'`)
  await signal('STOP')
  return () => signal('CONT').catch(() => 'they are gone')
}

/** A folder's disk is full to the last byte, or was remounted read-only by the kernel; what is written meanwhile is lost. */
export const diskTrouble = async (
  host: 'gpu' | 'edge',
  folder: string,
  trouble: 'full' | 'read-only',
): Promise<Undo> => {
  const full = `rm -rf /root/was; cp -aT "$1" /root/was
    mount -t tmpfs -o "size=256k,mode=$(stat -c %a "$1"),uid=$(stat -c %u "$1"),gid=$(stat -c %g "$1")" tmpfs "$1"
    cp -aT /root/was "$1"; rm -rf /root/was; cat /dev/zero >"$1/.filler" 2>/dev/null || true`
  const readOnly = 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"'
  await shell(host, trouble === 'full' ? full : readOnly, folder)
  return () => asRoot(host, ['umount', '-l', folder])
}

/** nvidia-smi as this shell script. */
export const nvidiaSmi = async (script: string): Promise<Undo> => {
  const program = '/usr/local/bin/nvidia-smi'
  await asRoot('gpu', ['sh', '-euc', `mv "$1" "$1.away"; cat >"$1"; chmod 755 "$1"`, 'sh', program], {
    stdin: `#!/bin/sh\n${script}\n`,
  })
  return () => asRoot('gpu', ['mv', `${program}.away`, program])
}

/** nvidia-smi is not there at all. */
export const nvidiaSmiGone = async (): Promise<Undo> => {
  const program = '/usr/local/bin/nvidia-smi'
  await asRoot('gpu', ['mv', program, `${program}.away`])
  return () => asRoot('gpu', ['mv', `${program}.away`, program])
}

/** The bus goes, with its socket; systemd itself lives on. */
export const busStopped = async (): Promise<Undo> => {
  await shell('gpu', 'systemctl stop dbus.socket dbus.service')
  return () => shell('gpu', 'systemctl start dbus.socket dbus.service')
}

/** The operator loses a group; who logs in from now on is without it. */
export const groupLost = async (group: string): Promise<Undo> => {
  await asRoot('gpu', ['gpasswd', '-d', 'son', group])
  return () => asRoot('gpu', ['gpasswd', '-a', 'son', group])
}
