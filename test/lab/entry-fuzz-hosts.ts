import { readFileSync } from 'node:fs'
import type { HostName } from '../../lab/layout.ts'
import { readConfig } from '../../src/core/config.ts'
import { parsePaperId, type UnitId } from '../../src/core/paper.ts'
import { edgePolicy, gpuPolicy } from '../../src/core/policy.ts'
import { renderSnippet } from '../../src/core/snippet.ts'
import { renderUnit } from '../../src/core/unit.ts'
import { asRoot, inHost } from './harness.ts'

/** What no answer may hold: it stands in files of root's, and in one of another user's, on both hosts. */
const canary = 'papergen-canary-5d1c'
const annsCanary = 'papergen-canary-of-ann-77e1'

/** Private keys that root alone may read. */
const keys: Readonly<Record<HostName, string>> = {
  edge: '/etc/letsencrypt/live/learn.ericfromkorea.com/privkey.pem',
  gpu: '/etc/ssh/ssh_host_ed25519_key',
}

/** Every word that is a secret of this host: both canaries, and each line of its private key. */
export const secretsOf = async (host: HostName): Promise<readonly string[]> => {
  const lines = (await asRoot(host, ['cat', keys[host]]))
    .split('\n')
    .filter(line => line.length > 30 && !line.includes('-'))
  if (lines.length === 0) throw new Error(`no key in ${keys[host]}`)
  return [canary, annsCanary, ...lines]
}

/** Releases of alpha, beta and x: good ones, and notes that lead or say somewhere else. */
const notes: Readonly<Record<string, string>> = {
  '0000000000000001': `printf 'file a.py\\nnotebook papers/a.py\\n' >.papergen; : >a.py`,
  '0000000000000002': `printf 'file a b.py\\nnotebook papers/a b.py\\n' >.papergen; : >'a b.py'`,
  '0000000000000003': 'ln -s /root/canary .papergen',
  '0000000000000004': 'ln -s /etc/shadow .papergen',
  '0000000000000005': 'mkfifo .papergen',
  '0000000000000006': `printf 'file a"\\\\n.py\\nnotebook x\\n' >.papergen`,
  '0000000000000007': `printf 'file ../../x.py\\nnotebook ../../x.py\\n' >.papergen`,
  '0000000000000008': `printf 'file a%%n.py\\nnotebook $x\\n' >.papergen; : >'a%n.py'`,
  '0000000000000009': `printf 'file a.py\\nnotebook ../../../../etc/shadow\\n' >.papergen; : >a.py`,
  '000000000000000a': `printf 'file a.py\\nnotebook p.py\\n' >.papergen; ln -s /root/canary a.py`,
  '000000000000000b': 'mkdir .papergen',
  '000000000000000c': 'head -c 100000 /dev/zero >.papergen',
  '000000000000000e': 'ln -s /home/ann/secret .papergen',
  '000000000000000f': `ln -s ${keys.gpu} .papergen`,
  '000000000000000d': `printf 'file {{port}}&.py\\nnotebook a.py\\n' >.papergen; : >'{{port}}&.py'`,
}
export const releaseNames = Object.keys(notes)

/** Secrets (one reads as a release's note whose name an answer would repeat), hostile releases, and a marimo that costs nothing: it sleeps. */
export const plant = async (): Promise<void> => {
  const secret = `umask 077; echo 'file "${canary}' >/root/canary; echo ${canary}::: >>/etc/shadow-; echo 'root:${canary}:1::::::' >>/etc/shadow
    useradd --create-home ann; echo 'file "${annsCanary}' >/home/ann/secret; chown ann: /home/ann/secret`
  const edge = `${secret}; echo '# ${canary}' >>/etc/nginx/sites-enabled/*.com; echo ${canary} >/etc/nginx/snippets/learn-papers/secret
    echo '1.1.1.1 - - [x] "GET /x?y=/thesis/alpha/&t=${canary} HTTP/1.1" 200 1' >>/var/log/nginx/access.log
    echo '2026/11/23 07:00:00 [error] 1#1: *1 ${canary}, request: "GET /private HTTP/1.1"' >>/var/log/nginx/error.log`
  await asRoot('edge', ['sh', '-euc', edge])
  await asRoot('gpu', ['sh', '-euc', secret])
  const each = Object.entries(notes).map(([name, make]) => `mkdir -p ${name}; (cd ${name}; ${make})`)
  const releases = ['alpha', 'beta', 'x'].map(id => `mkdir -p releases/${id}; (cd releases/${id}; ${each.join('; ')})`)
  const marimo = `cd .venv/bin; rm marimo; printf '#!/bin/sh\\nexec sleep 10000\\n' >marimo; chmod 755 marimo`
  const made = await inHost('gpu', [
    'sh',
    '-euc',
    `cd /home/son/prj/thesis; (${marimo}); cd state; ${releases.join('; ')}`,
  ])
  if (made.code !== 0) throw new Error(made.stderr)
}

const share = (name: string) => readFileSync(new URL(`../../share/${name}.template`, import.meta.url), 'utf8')
const config = readConfig(null, null, '/home/son')

/** Files that papergen wrote and that are not, byte for byte, what their template makes of an id, a port of the range and a release. */
export const strangers: Readonly<Record<HostName, () => Promise<string[]>>> = {
  edge: async () =>
    (await filesOf('edge', '/etc/nginx/snippets/learn-papers', '[a-z0-9]*.conf'))
      .filter(([path, text]) => {
        const id = path.slice(path.lastIndexOf('/') + 1, -'.conf'.length)
        const port = inRange(/proxy_pass http:\/\/192\.168\.1\.116:(\d+);/.exec(text)?.[1])
        return port === null || text !== renderSnippet(share('snippet'), edgePolicy(config), parsePaperId(id), port)
      })
      .map(whole),
  gpu: async () =>
    (await filesOf('gpu', '/etc/systemd/system', 'papergen-*'))
      .filter(([path, text]) => {
        const unit = /\/papergen-([^/]*)\.service$/.exec(path)?.[1] as UnitId | undefined
        const port = inRange(/ --port (\d+) /.exec(text)?.[1])
        const found = /\/releases\/[^/]+\/([0-9a-f]{16})\/([^"/]+)"$/m.exec(text)
        if (unit === undefined || port === null || found === null) return true
        const release = { hash: found[1]!, notebook: found[2]! }
        return (
          !good.has(release.notebook) ||
          text !== renderUnit(share('unit'), gpuPolicy(config, '/home/son'), unit, port, release)
        )
      })
      .map(whole),
}

/** What of the releases above may be served; the last is a link that marimo, as the papers' user, cannot read through. */
const good = new Set(['a.py', 'a b.py', '{{port}}&.py'])

const whole = ([path, text]: readonly [string, string]) => `${path}\n${text}`

const inRange = (text: string | undefined): number | null => {
  const port = Number(text)
  return Number.isInteger(port) && port >= 27000 && port <= 27999 ? port : null
}

const filesOf = async (host: HostName, folder: string, name: string): Promise<(readonly [string, string])[]> => {
  const script = `find "$1" -maxdepth 1 -name "$2" -exec sh -c 'for each; do printf "%s\\0" "$each"; cat "$each"; printf "\\0"; done' - {} +`
  const parts = (await asRoot(host, ['sh', '-euc', script, '-', folder, name])).split('\0').slice(0, -1)
  return parts.flatMap((text, at) => (at % 2 === 1 ? [[parts[at - 1]!, text] as const] : []))
}
