import { randomInt } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { type Certificate, makeCertificate } from './certificate.ts'
import type { DemoFolder } from './folder.ts'
import type { GpuHost } from './gpu-host.ts'
import { type Nginx, startNginx } from './nginx.ts'
import type { Program } from './programs.ts'
import { knownHostsLine, newSshKey } from './ssh-keys.ts'
import { startSshServer } from './ssh-server.ts'

/** What answers behind the servers: there once the config is written, which names the servers' ports. */
export type Hosts = { gpu: GpuHost | null; edge: Program | null }

export type Servers = {
  /** What the GPU host and its papers listen on. */
  readonly address: string
  readonly gpuSsh: number
  readonly edgeSsh: number
  readonly nginx: Nginx
  readonly tls: Certificate
  close(): Promise<void>
}

/** Where the demo is reached: two ssh servers with keys of their own, and the TLS proxy before the papers. */
export const openServers = async (folder: DemoFolder, hosts: Hosts): Promise<Servers> => {
  const address = ownAddress()
  const [login, gpuKey, edgeKey] = [newSshKey(), newSshKey(), newSshKey()]
  const gpuSsh = await startSshServer({
    ...{ address, reaches: address, hostKey: gpuKey, login, home: folder.home },
    programs: argv => hosts.gpu?.programs(argv) ?? null,
    socket: (path, stream) => hosts.gpu?.socket(path, stream),
  })
  const edgeSsh = await startSshServer({
    ...{ address: '127.0.0.1', reaches: address, hostKey: edgeKey, login, home: folder.edgeHome },
    programs: argv => (argv[0]?.endsWith('/papergen-edge') ? hosts.edge : null),
    socket: null,
  })
  const tls = await makeCertificate()
  const nginx = await startNginx({ ...folder, ...tls, port: 8443, base: '/thesis' })
  writeFileSync(folder.identity, login.private, { mode: 0o600 })
  writeFileSync(folder.ca, tls.certificate)
  const known = [knownHostsLine(address, gpuSsh.port, gpuKey), knownHostsLine('127.0.0.1', edgeSsh.port, edgeKey)]
  writeFileSync(folder.knownHosts, known.join(''))
  return {
    ...{ address, gpuSsh: gpuSsh.port, edgeSsh: edgeSsh.port, nginx, tls },
    close: async () => void (await Promise.all([gpuSsh.close(), edgeSsh.close(), nginx.close()])),
  }
}

/** Linux answers on all of 127.0.0.0/8: papers of two demos never meet, nor anybody else's ports. */
const ownAddress = (): string =>
  process.platform === 'linux' ? `127.${64 + randomInt(64)}.${randomInt(256)}.${1 + randomInt(254)}` : '127.0.0.1'
