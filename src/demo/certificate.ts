import { X509Certificate } from 'node:crypto'
import { generate } from 'selfsigned'

export type Certificate = {
  readonly key: string
  readonly certificate: string
  /** As `papergen-edge` tells of it in `state`. @param path where it lies */
  readonly lines: (path: string) => readonly string[]
}

/** A certificate for `localhost`, made on the spot and trusted by nobody but who names it. */
export const makeCertificate = async (): Promise<Certificate> => {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    notAfterDate: new Date(Date.now() + 90 * 86_400_000),
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyCertSign: true, critical: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  })
  return { key: made.private, certificate: made.cert, lines: path => linesOf(path, new X509Certificate(made.cert)) }
}

const linesOf = (path: string, certificate: X509Certificate): readonly string[] => [
  `cert-path ${path}`,
  `cert-sha256 ${certificate.fingerprint256.replaceAll(':', '').toLowerCase()}`,
  `cert-not-after ${Math.floor(Date.parse(certificate.validTo) / 1000)}`,
  'cert-names localhost',
]
