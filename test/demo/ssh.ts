import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { knownHostsLine, newSshKey } from '../../src/demo/ssh-keys.ts'
import { type SshServerOptions, startSshServer } from '../../src/demo/ssh-server.ts'
import { createClock } from '../../src/services/clock.ts'
import type { Host } from '../../src/services/host.ts'
import { createSshHost } from '../../src/services/ssh-host.ts'
import { ownFolder } from '../services/folder.ts'

/** One of the demo's ssh servers, and papergen's own way to it. */
export const demoHost = async (options: Partial<SshServerOptions> = {}): Promise<{ host: Host; home: string }> => {
  const [login, hostKey, home, keys] = [newSshKey(), newSshKey(), ownFolder(), ownFolder()]
  const usual = { address: '127.0.0.1', reaches: '127.0.0.1', programs: () => null, socket: null }
  const server = await startSshServer({ hostKey, login, home, ...usual, ...options })
  const [identity, knownHosts] = [join(keys, 'id'), join(keys, 'known_hosts')]
  writeFileSync(identity, login.private, { mode: 0o600 })
  writeFileSync(knownHosts, knownHostsLine('127.0.0.1', server.port, hostKey))
  const reach = { via: 'ssh', address: '127.0.0.1', port: server.port, user: 'demo', identity, knownHosts } as const
  const host = createSshHost({ name: 'demo', reach, agent: null, clock: createClock(), random: () => 0 })
  onTestFinished(async () => {
    await host.close()
    await server.close()
  })
  return { host, home }
}
