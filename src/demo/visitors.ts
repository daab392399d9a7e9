import { WebSocket } from 'ws'

export type VisitorsOptions = {
  /** Ends with a slash. */
  readonly url: string
  readonly port: number
  readonly certificate: string
  /** Ids of papers that run. */
  readonly papers: () => readonly string[]
}

/** At once; and milliseconds between two arrivals, and of a visit. */
const most = 5
const arrival = 4_000
const stay = [12_000, 45_000] as const

/** Visitors of the papers: each opens a session through the edge, as a browser would, and leaves after a while. @returns their end */
export const letVisitorsIn = ({ url, port, certificate, papers }: VisitorsOptions): (() => void) => {
  const inside = new Set<WebSocket>()
  const visit = (): void => {
    const open = papers()
    const id = open[Math.floor(Math.random() * open.length)]
    if (id === undefined || inside.size >= most) return
    const { pathname } = new URL(url)
    const address = `wss://localhost:${port}${pathname}${id}/ws?session_id=${crypto.randomUUID()}`
    const session = new WebSocket(address, { ca: certificate, lookup: loopback, headers: { 'user-agent': 'visitor' } })
    inside.add(session)
    const leave = setTimeout(() => session.close(), stay[0] + Math.random() * (stay[1] - stay[0]))
    session.on('error', () => {}) // a paper that is down turns its visitors away
    session.once('close', () => {
      clearTimeout(leave)
      inside.delete(session)
    })
  }
  const coming = setInterval(visit, arrival)
  return () => {
    clearInterval(coming)
    for (const session of inside) session.terminate()
  }
}

const loopback = ((_name: string, options: { all?: boolean }, done: (...answer: unknown[]) => void) =>
  options.all === true ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4)) as never
