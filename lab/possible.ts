import { attempt, LabError, run } from './run.ts'

/** Program -> Debian package. */
const tools = {
  debootstrap: 'debootstrap',
  'systemd-nspawn': 'systemd-container',
  ip: 'iproute2',
  openssl: 'openssl',
  'ssh-keygen': 'openssh-client',
  curl: 'curl',
  nsenter: 'util-linux',
  certutil: 'libnss3-tools',
  chromium: 'chromium',
}

/** Whether this machine can have a lab at all: root, and namespaces that may be made. `why` is for the person who reads a skip. */
export const labPossible = (): { possible: boolean; why: string } => {
  if (process.getuid?.() !== 0) return { possible: false, why: 'The lab needs root.' }
  const probe = `papergen-probe-${process.pid}`
  const made = has('ip') ? attempt(['ip', 'netns', 'add', probe]) : attempt(['unshare', '--net', '--mount', 'true'])
  if (has('ip')) attempt(['ip', 'netns', 'delete', probe])
  if (made.code !== 0) return { possible: false, why: `No namespace can be made here: ${made.stderr.trim()}` }
  return { possible: true, why: '' }
}

/** Installs what the lab needs and the machine lacks, with apt-get, and says so. */
export const installTools = (say: (line: string) => void): void => {
  const missing = Object.entries(tools)
    .filter(([program]) => !has(program))
    .map(([, name]) => name)
  if (missing.length === 0) return
  if (!has('apt-get')) throw new LabError(`Missing: ${missing.join(' ')}; and no apt-get to install them with.`)
  say(`installing ${missing.join(' ')} with apt-get`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  run(['apt-get', '-q', 'update'], { show: true, env })
  run(['apt-get', '-q', 'install', '-y', '--no-install-recommends', ...missing], { show: true, env })
}

const has = (program: string): boolean => attempt(['sh', '-c', 'command -v "$1"', 'has', program]).code === 0
