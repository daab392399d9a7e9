import { PapergenError } from '../core/errors.ts'

/** What a `no` of an entry point means. `command` names the request for people. */
export const refusalOf = (host: string, command: string, kind: string, body: string): PapergenError => {
  switch (kind) {
    case 'busy': {
      const [holder = 'somebody', operation = 'operation', id = 'a paper', since = ''] = body.split(' ')
      return new PapergenError({ kind: 'locked', host, holder, operation, id, since })
    }
    case 'pending': {
      const [, operation = 'an operation', id = '', since = ''] = body.split(' ')
      return new PapergenError({ kind: 'needs-repair', operation, id, since })
    }
    case 'broken':
      return new PapergenError({ kind: 'nginx-broken', host, ...placeIn(body), output: body.trim() })
    case 'down':
      return new PapergenError({ kind: 'nginx-down', host, state: body })
    case 'foreign':
      return new PapergenError({ kind: 'foreign', what: command, path: body.split(' ')[0]!, why: whyForeign(body) })
    case 'unproved':
      // Its file could not even be written: nginx was never asked.
      if (/^cannot write /.test(body)) return failed(host, command, body)
      return new PapergenError({ kind: 'reload-failed', host, output: body.trim() })
    default:
      return failed(host, command, body.trim() || kind)
  }
}

const failed = (host: string, request: string, output: string): PapergenError =>
  new PapergenError({ kind: 'request-failed', host, request, output: output.trim() })

/** What a program that never answered said: sudo's refusal, a missing program, a missing policy, a systemd that cannot be asked to start it. */
export const setupRefusal =
  (host: string, role: 'gpu' | 'edge') =>
  (stderr: string, code: number | null): PapergenError => {
    const said = stderr.trim().split('\n').at(-1) ?? ''
    if (code === null && said === '') return new PapergenError({ kind: 'connection-lost', host, during: 'opening' })
    const [, why] = /^Failed to connect to (?:the )?bus: (.+)$/.exec(said) ?? []
    if (why !== undefined)
      return new PapergenError({ kind: 'bus-down', host, socket: systemBus, why: why.toLowerCase() })
    return new PapergenError({ kind: 'not-set-up', host, role, why: reasonOf(said, code) })
  }

/** Where systemd-run, which gives the program a service of its own, asks. */
const systemBus = '/run/dbus/system_bus_socket'

const reasonOf = (said: string, code: number | null): string => {
  if (/password is required|not allowed|may not run|not in the sudoers/.test(said))
    return 'sudo does not allow the entry point'
  if (code === 127 || /command not found|No such file/.test(said)) return 'the entry point is not installed'
  return said || `the entry point ended with ${code}`
}

const whyForeign = (body: string): string =>
  body.includes(' ') ? body.slice(body.indexOf(' ') + 1) : 'it was not written by papergen'

/** `... in /etc/nginx/x.conf:12` of nginx's words. */
const placeIn = (words: string): { file: string | null; line: number | null } => {
  const place = / in (\/[^\s:]+):(\d+)/.exec(words)
  return { file: place?.[1] ?? null, line: place === null ? null : Number(place[2]) }
}
