/** What the probes of a paper saw, from the GPU host, from the edge and as a visitor. Times are milliseconds. */

export type LocalProbe = {
  readonly ok: boolean
  readonly status: number | null
  readonly ms: number | null
  readonly viewers: number | null
  readonly error: string | null
}

export type LanProbe = { readonly ok: boolean; readonly ms: number | null; readonly error: string | null }

export type EdgeProbeKind =
  | 'ok'
  | 'redirect'
  | 'client-error'
  | 'server-error'
  | 'bad-gateway'
  | 'timeout'
  | 'dns'
  | 'refused'
  | 'tls'
  | 'wrong-paper'
  | 'unreachable'

export type EdgeProbe = {
  readonly ok: boolean
  readonly kind: EdgeProbeKind
  readonly status: number | null
  readonly ms: number | null
  /** Milliseconds each phase took. */
  readonly phases: {
    readonly dns: number | null
    readonly connect: number | null
    readonly tls: number | null
    readonly ttfb: number | null
  }
  readonly websocket: boolean | null
  readonly error: string | null
  /** The certificate the handshake showed, when there was one. */
  readonly certificate: ServedCertificate | null
}

export type ServedCertificate = {
  readonly expires: number
  /** Lower-case hex SHA-256 without colons. */
  readonly fingerprint: string
  readonly namesMatch: boolean
  readonly trusted: boolean
}
