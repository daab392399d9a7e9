import { chownSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type HostName, hostNames, hosts, type Layout, layoutsOfWorkers, site } from './layout.ts'
import { attempt, LabError, run } from './run.ts'

export const son = 1000

/** A host's own root: an overlay on the base, so that the base stays as it was and a new host costs no copy. */
export const mountRoot = (layout: Layout, host: HostName): void => {
  const { upper, work, root } = layout.host(host)
  for (const folder of [upper, work, root]) mkdirSync(folder, { recursive: true, mode: 0o755 })
  const layers = `lowerdir=${layout.base},upperdir=${upper},workdir=${work}`
  const mounted = attempt(['mount', '-t', 'overlay', '-o', layers, layout.netns(host), root])
  if (mounted.code !== 0) {
    const hint = 'Point PAPERGEN_LAB at a folder on a file system that an overlay can write to (ext4, xfs, tmpfs).'
    throw new LabError(`${mounted.stderr.trim()}\n${hint}`)
  }
}

/** Unmounts everything of the lab, innermost first. */
export const unmountAll = (layout: Layout): void => {
  for (const point of mountsOf(layout).reverse()) run(['umount', point])
}

/** Below the lab's folder, but not of the labs that workers have there. */
export const mountsOf = (layout: Layout): string[] => {
  const workers = [...layoutsOfWorkers(layout, 'tests'), ...layoutsOfWorkers(layout, 'faults')]
  return mountsBelow(layout.root).filter(point => !workers.some(({ root }) => point.startsWith(`${root}/`)))
}

export const mountsBelow = (folder: string): string[] =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map(line =>
      (line.split(' ')[4] ?? '').replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8))),
    )
    .filter(point => point.startsWith(`${folder}/`))

type Placed = { mode?: number; owner?: number }

/** Writes a file below a root, with the folders above it; those under /home belong to their owner. */
export const place = (
  root: string,
  path: string,
  text: string | Uint8Array,
  { mode = 0o644, owner = 0 }: Placed = {},
) => {
  placeFolder(root, dirname(path), { owner })
  writeFileSync(join(root, path), text, { mode })
  chownSync(join(root, path), owner, owner)
}

export const placeFolder = (root: string, path: string, { mode = 0o755, owner = 0 }: Placed = {}): void => {
  const made = mkdirSync(join(root, path), { recursive: true, mode })
  if (made === undefined) return
  for (let at = join(root, path); at.length >= made.length; at = dirname(at)) chownSync(at, owner, owner)
}

export const placeLink = (root: string, path: string, target: string): void => {
  placeFolder(root, dirname(path))
  symlinkSync(target, join(root, path))
}

/** What both hosts have: a name, each other's addresses, host keys of their own, sshd. */
export const prepareBoth = (layout: Layout): void => {
  for (const host of hostNames) {
    const { root } = layout.host(host)
    place(root, '/etc/hostname', `${hosts[host].name}\n`)
    place(root, '/etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${hosts[host].name}\n${addresses()}`)
    run(['ssh-keygen', '-q', '-A', '-f', root])
    run(['chroot', root, 'systemctl', '--quiet', 'enable', 'ssh.service'])
  }
}

/** A host's public keys as known_hosts lines, read from its own files: nothing on a network is believed. */
export const knownHostsOf = (layout: Layout, host: HostName): string =>
  globSync(join(layout.host(host).root, 'etc/ssh/ssh_host_*_key.pub'))
    .map(file => readFileSync(file, 'utf8').split(' '))
    .map(([type, key]) => `${hosts[host].address} ${type} ${key}\n`)
    .join('')

const addresses = (): string =>
  [...hostNames.map(host => `${hosts[host].address} ${hosts[host].name}`), `${hosts.edge.address} ${site}`, ''].join(
    '\n',
  )
