import ssh2 from 'ssh2'

const { utils } = ssh2

export type SshKey = { readonly private: string; readonly publicSsh: Buffer; readonly type: string }

/** A fresh Ed25519 key. ssh2 makes one that nobody can read about once in 250; such a one is thrown away. */
export const newSshKey = (): SshKey => {
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519')
    const key = utils.parseKey(pair.private)
    if (!(key instanceof Error)) return { private: pair.private, publicSsh: key.getPublicSSH(), type: key.type }
  }
}

export const knownHostsLine = (address: string, port: number, { type, publicSsh }: SshKey): string =>
  `[${address}]:${port} ${type} ${publicSsh.toString('base64')}\n`
