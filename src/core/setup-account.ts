import type { Config } from './config.ts'
import { PapergenError } from './errors.ts'

/** A login on the edge that can do nothing but start the entry point and open the papers' ports. */
export type Account = {
  readonly name: string
  /** The operator's public key: type and base64. */
  readonly key: string
}

/** The account's shell and forced command; libexec/papergen-edge-login of the checkout. */
export const loginProgram = '/usr/local/libexec/papergen-edge-login'

/** The file beside the operator's identity that holds its public half. @throws `bad-argument` when the edge is reached without a key */
export const publicKeyPath = ({ edge }: Config): string => {
  if (edge.reach.via === 'ssh') return `${edge.reach.identity}.pub`
  throw new PapergenError({
    kind: 'bad-argument',
    what: '--account',
    why: 'papergen runs on the edge itself, so nobody logs in there with a key',
    hint: 'leave --account out',
  })
}

/**
 * The account of `papergen setup edge --account NAME`. `text` is what lies at `path`; null when nothing does.
 * @throws `bad-argument` for a name that is no login's or is root, and for a key that is missing or is none
 */
export const accountOf = (name: string, path: string, text: string | null): Account => {
  const refuse = (what: string, why: string, hint: string) =>
    new PapergenError({ kind: 'bad-argument', what, why, hint })
  if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(name) || name === 'root')
    throw refuse(`--account ${name}`, 'it is not the name of an ordinary login', 'papergen is a good one')
  const again = 'it comes with ssh-keygen; from the key alone: ssh-keygen -y -f IDENTITY > IDENTITY.pub'
  if (text === null) throw refuse(`the public key ${path}`, 'there is no such file', again)
  const lines = text.split('\n').filter(line => line.trim() !== '')
  const key = keyShape.exec(lines[0] ?? '')?.[1]
  if (lines.length !== 1 || key === undefined) throw refuse(`the public key ${path}`, 'it holds no public key', again)
  return { name, key }
}

/** Options before the key and certificates are none of it; the comment stays out of a root-owned file. */
const keyShape =
  /^((?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]{40,}={0,3})(?:[ \t].*)?\r?$/
