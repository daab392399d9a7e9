import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Layout } from './layout.ts'
import { copyMachineConfig, machineEnvironment, machineMirror, machineRelease, removeMachineConfig } from './machine.ts'
import { LabError, quietly, run } from './run.ts'

const packages = [
  'systemd-sysv dbus dbus-user-session libpam-systemd openssh-server openssh-client nginx-light certbot openssl sudo curl',
  'ca-certificates python3-venv python3-pip iproute2 util-linux procps less strace nftables',
].flatMap(line => line.split(' '))
const marimo = 'marimo==0.24.*'

/**
 * The Debian root below both hosts, never written to once built. Built once (some minutes) from the machine's own mirror,
 * and again when the recipe changed. It appears under its name by a rename at the end, so it is whole whenever it is there.
 */
export const ensureBase = (layout: Layout): 'built' | 'kept' => {
  const recipe = recipeHash()
  if (existsSync(layout.base) && recordedRecipe(layout) === recipe) return 'kept'
  if (isInUse(layout.base))
    throw new LabError(`${layout.base} is of an older recipe, and a lab runs on it: take that down.`)
  if (!isOurs(layout.base))
    throw new LabError(
      `${layout.base} is not a base root of a lab and is not removed for one: name a folder that is empty or absent.`,
    )
  const folder = mkdtempSync(`${layout.base}.tmp-`)
  try {
    build(folder, recipe)
    rmSync(layout.base, { recursive: true, force: true })
    renameSync(join(folder, 'base'), layout.base)
    return 'built'
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const recipeFile = 'papergen-lab.recipe'
const script = readFileSync(new URL('base.sh', import.meta.url), 'utf8')

const recipeHash = (): string =>
  createHash('sha256')
    .update(JSON.stringify([machineRelease(), process.arch, packages, marimo, script]))
    .digest('hex')

const recordedRecipe = (layout: Layout): string | undefined => {
  const file = join(layout.base, recipeFile)
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined
}

/** What is there is replaced as a whole: only a base root that was finished once, or nothing at all, may be. */
const isOurs = (base: string): boolean =>
  !existsSync(base) || readdirSync(base).length === 0 || existsSync(join(base, recipeFile))

/** In anybody's mount namespace: an overlay whose lower layer changes is undefined. */
const isInUse = (base: string): boolean =>
  globSync('/proc/[0-9]*/mountinfo').some(file =>
    quietly(() => readFileSync(file, 'utf8'))?.includes(`lowerdir=${base},`),
  )

const build = (folder: string, recipe: string): void => {
  const root = join(folder, 'base')
  const { codename, components } = machineRelease()
  const env = machineEnvironment()
  run(['debootstrap', '--variant=minbase', `--components=${components}`, codename, root, machineMirror()], {
    show: true,
    env: { ...process.env, ...env },
  })
  copyMachineConfig(root)
  // Namespaces of its own: its mounts and processes end with it, however it ends.
  run(
    [
      'unshare',
      '--mount',
      '--pid',
      '--fork',
      '--kill-child',
      '--propagation',
      'private',
      'sh',
      '-eu',
      '-c',
      enter,
      'enter',
      root,
      marimo,
      ...packages,
    ],
    { show: true, input: script, env: { ...env, TERM: 'dumb' } },
  )
  removeMachineConfig(root)
  writeFileSync(join(root, recipeFile), `${recipe}\n`)
}

const enter = `root=$1; shift
mount --rbind /dev "$root/dev"
mount -t proc proc "$root/proc"
mount -t sysfs -o ro sysfs "$root/sys"
exec chroot "$root" /bin/sh -s -- "$@"`
