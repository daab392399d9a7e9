import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Layout, site } from './layout.ts'
import { knownHostsOf, place, placeFolder, placeLink, son } from './root.ts'
import { run } from './run.ts'

const caFile = '/usr/local/share/papergen-lab/ca.pem'

/** Makes the operator's key on the GPU host; answers the public half, which the edge is to accept. */
export const makeOperatorKey = (layout: Layout): string => {
  const { root } = layout.host('gpu')
  placeFolder(root, '/home/son/.ssh', { mode: 0o700, owner: son })
  const key = join(root, '/home/son/.ssh/id_ed25519')
  run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'son@son-pro6000', '-f', key])
  run(['chown', `${son}:${son}`, key, `${key}.pub`])
  return readFileSync(`${key}.pub`, 'utf8')
}

/** The GPU host as its operator has it: project, ssh, papergen's command and config, and a stand-in where the GPU would be. */
export const prepareGpu = (layout: Layout, ca: string, operatorKey: string): void => {
  const { root } = layout.host('gpu')
  const mine = { owner: son, mode: 0o600 }
  place(root, '/home/son/.ssh/known_hosts', knownHostsOf(layout, 'edge') + knownHostsOf(layout, 'gpu'), mine)
  place(root, '/home/son/.ssh/authorized_keys', operatorKey, mine)
  place(root, caFile, ca)
  place(root, '/home/son/.config/papergen/config.toml', `[site]\nurl = "https://${site}/thesis/"\nca = "${caFile}"\n`, {
    owner: son,
  })
  place(root, '/usr/local/bin/nvidia-smi', readFileSync(new URL('nvidia-smi', import.meta.url)), { mode: 0o755 })
  placeLink(root, '/usr/local/bin/papergen', '/opt/papergen/bin/papergen')
  // The operator is always logged in somewhere on the real host; lingering stands for that session.
  place(root, '/var/lib/systemd/linger/son', '')
}
