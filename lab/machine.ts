import { cpSync, existsSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { attempt, LabError, run } from './run.ts'

/** The machine's own Debian or Ubuntu release: the lab's hosts are of the same, so that its mirror and keys fit. */
export const machineRelease = (): { codename: string; components: string } => {
  const release = readFileSync('/etc/os-release', 'utf8')
  const codename = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(release)?.[1]
  if (codename === undefined || !existsSync('/etc/apt')) throw new LabError('The lab needs a Debian or Ubuntu machine.')
  // nginx-light and certbot are in universe on Ubuntu.
  return { codename, components: /^ID="?ubuntu"?$/m.test(release) ? 'main,universe' : 'main' }
}

/** The mirror that apt on this machine uses for its release. apt knows it once it has fetched its lists. */
export const machineMirror = (): string => {
  const { codename } = machineRelease()
  const known = mirrorOf(codename)
  if (known !== undefined) return known
  run(['apt-get', '-q', 'update'], { show: true })
  const found = mirrorOf(codename)
  if (found === undefined) throw new LabError(`apt on this machine has no source for ${codename}.`)
  return found
}

const mirrorOf = (codename: string): string | undefined =>
  run(['apt-get', 'indextargets', '--format', '$(REPO_URI) $(RELEASE) $(CODENAME)', 'Created-By: Packages'])
    .split('\n')
    .map(line => line.split(' '))
    .find(names => names.slice(1).includes(codename))?.[0]

/** Proxies, certificates and pip's index as this machine's environment has them; nothing else of it reaches the lab. */
export const machineEnvironment = (): Record<string, string> => {
  const passed = /^((https?|ftp|all|no)_proxy|PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST|DEFAULT_TIMEOUT))$/i
  const env = Object.entries(process.env).filter((pair): pair is [string, string] => passed.test(pair[0]))
  return Object.fromEntries([...aptProxies(), ...env, ['PIP_DISABLE_PIP_VERSION_CHECK', '1']])
}

/** Lets the new root reach what this machine reaches, the way this machine does; no registry is named by the project. */
export const copyMachineConfig = (root: string): void => {
  rmSync(join(root, '/etc/apt/sources.list'), { force: true })
  for (const path of machineFiles())
    if (existsSync(path)) cpSync(path, join(root, path), { recursive: true, dereference: true, force: true })
  for (const [from, to] of pipConfig()) {
    mkdirSync(dirname(join(root, to)), { recursive: true })
    cpSync(from, join(root, to), { dereference: true })
  }
}

/** The finished hosts keep the mirror's name in sources.list and nothing else of this machine. */
export const removeMachineConfig = (root: string): void => {
  for (const path of [
    '/etc/pip.conf',
    '/etc/apt/auth.conf',
    '/etc/apt/auth.conf.d',
    '/etc/apt/apt.conf',
    '/etc/resolv.conf',
  ])
    rmSync(join(root, path), { recursive: true, force: true })
  for (const path of globSync('/etc/apt/apt.conf.d/*')) rmSync(join(root, path), { force: true })
  for (const path of globSync('/usr/local/share/ca-certificates/*'))
    rmSync(join(root, path), { recursive: true, force: true })
  run(['chroot', root, 'update-ca-certificates', '--fresh'])
}

const machineFiles = (): string[] => [
  ...globSync('/etc/apt/{sources.list,sources.list.d/*.{list,sources},apt.conf,apt.conf.d/*,auth.conf,auth.conf.d/*}'),
  ...globSync('/etc/apt/{preferences,preferences.d/*,keyrings/*,trusted.gpg,trusted.gpg.d/*}'),
  ...globSync('/usr/share/keyrings/*'),
  ...['/usr/local/share/ca-certificates', '/etc/ssl/certs/ca-certificates.crt', '/etc/resolv.conf', '/etc/hosts'],
]

const pipConfig = (): [string, string][] => {
  const home = process.env.HOME ?? '/root'
  const files = [
    process.env.PIP_CONFIG_FILE,
    join(home, '.config/pip/pip.conf'),
    join(home, '.pip/pip.conf'),
    '/etc/pip.conf',
  ]
  const found = files.find(file => file !== undefined && file !== '/dev/null' && existsSync(file))
  return found === undefined ? [] : [[found, '/etc/pip.conf']]
}

const aptProxies = (): [string, string][] =>
  ['http', 'https'].flatMap((scheme): [string, string][] => {
    const line = attempt(['apt-config', 'shell', 'proxy', `Acquire::${scheme}::Proxy`]).stdout
    const value = /^proxy='(.*)'$/m.exec(line)?.[1]
    return value === undefined || value === 'DIRECT' ? [] : [[`${scheme}_proxy`, value]]
  })
