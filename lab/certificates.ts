import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from './layout.ts'
import { site } from './layout.ts'
import { run } from './run.ts'

export type Certificates = { ca: string; fullchain: string; chain: string; leaf: string; key: string }

/** An authority of the lab's own and the site's certificate from it, valid as long as Let's Encrypt's. Texts in PEM. */
export const makeCertificates = (layout: Layout): Certificates => {
  mkdirSync(layout.ca, { recursive: true, mode: 0o700 })
  const at = (name: string) => join(layout.ca, name)
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256']
  run([
    'openssl',
    'req',
    '-x509',
    ...curve,
    '-days',
    '365',
    '-subj',
    '/CN=papergen lab CA',
    '-keyout',
    at('ca.key'),
    ...['-out', at('ca.pem'), '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
  ])
  run(['openssl', 'req', ...curve, '-subj', `/CN=${site}`, '-keyout', at('leaf.key'), '-out', at('leaf.csr')])
  writeFileSync(at('leaf.ext'), leafExtensions)
  run([
    'openssl',
    'x509',
    '-req',
    '-sha256',
    '-days',
    '90',
    '-in',
    at('leaf.csr'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    ...['-CAcreateserial', '-extfile', at('leaf.ext'), '-out', at('leaf.pem')],
  ])
  const [ca, leaf, key] = ['ca.pem', 'leaf.pem', 'leaf.key'].map(name => readFileSync(at(name), 'utf8'))
  return { ca: ca!, chain: ca!, leaf: leaf!, fullchain: leaf! + ca!, key: key! }
}

const leafExtensions = `subjectAltName = DNS:${site}
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`
