/** Why a connection failed, in words; Node's own name the call and the address, which stand beside it anyway. */
export const plainError = (error: Error): string =>
  ('code' in error ? words[String(error.code)] : undefined) ?? error.message

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was reset',
  EHOSTUNREACH: 'no route to host',
  ENETUNREACH: 'the network cannot be reached',
  ETIMEDOUT: 'no answer in time',
  EAI_AGAIN: 'no name server answers',
  ENOTFOUND: 'there is no such name',
  EPIPE: 'the connection was closed',
}
