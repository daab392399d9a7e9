import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Layout } from './layout.ts'
import { site } from './layout.ts'
import { run } from './run.ts'

export type Certificates = { ca: string; fullchain: string; chain: string; leaf: string; key: string }

/**
 * An authority of the lab's own, an intermediate and the site's certificate, valid as long as Let's Encrypt's. The root is
 * in no file of the server, as with the real one, so whoever trusts must build the chain. Texts in PEM.
 */
export const makeCertificates = (layout: Layout): Certificates => {
  mkdirSync(layout.ca, { recursive: true, mode: 0o700 })
  const at = (name: string) => join(layout.ca, name)
  run([...request('papergen lab CA', at('ca.key')), '-x509', '-days', '3650', '-out', at('ca.pem'), ...rootExtensions])
  const sign = (name: string, subject: string, by: string, days: number, extensions: string) => {
    run([...request(subject, at(`${name}.key`)), '-out', at(`${name}.csr`)])
    writeFileSync(at(`${name}.ext`), extensions)
    const signer = ['-CA', at(`${by}.pem`), '-CAkey', at(`${by}.key`), '-CAcreateserial', '-extfile', at(`${name}.ext`)]
    const terms = ['-sha256', '-days', String(days), '-in', at(`${name}.csr`), '-out', at(`${name}.pem`)]
    run(['openssl', 'x509', '-req', ...terms, ...signer])
    return readFileSync(at(`${name}.pem`), 'utf8')
  }
  const chain = sign('chain', 'papergen lab intermediate', 'ca', 1825, intermediateExtensions)
  const leaf = sign('leaf', site, 'chain', 90, leafExtensions)
  const [ca, key] = ['ca.pem', 'leaf.key'].map(name => readFileSync(at(name), 'utf8'))
  return { ca: ca!, chain, leaf, fullchain: leaf + chain, key: key! }
}

const request = (subject: string, key: string): string[] => [
  ...['openssl', 'req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-sha256'],
  ...['-subj', `/CN=${subject}`, '-keyout', key],
]

const rootExtensions = ['-addext', 'keyUsage=critical,keyCertSign,cRLSign']

const intermediateExtensions = `basicConstraints = critical, CA:TRUE, pathlen:0
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`

const leafExtensions = `subjectAltName = DNS:${site}
basicConstraints = critical, CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
`
