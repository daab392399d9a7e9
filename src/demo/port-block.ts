import { createServer, type Server } from 'node:net'

/** Ports come by the thousand; the first demo has those that the docs show, all lie below those that systems give away themselves. */
const thousand = 1_000
const firsts = [27, 28, 29, 30, 31, 20, 21, 22, 23, 24, 25, 26].map(each => each * thousand)

/** Kept free for what is published later. */
const spare = 200

/**
 * Ports for so many papers, which no other demo of this machine takes while this one runs: a paper that is down holds its port by
 * nothing else. Each thousand is held by listening on its last port.
 */
export const reservePorts = async (papers: number): Promise<readonly [first: number, last: number]> => {
  const wanted = Math.ceil((papers + spare) / thousand)
  for (const first of firsts) {
    const guards = Array.from({ length: wanted }, (_, at) => first + (at + 1) * thousand - 1)
    const fits = guards.every(guard => firsts.includes(guard + 1 - thousand))
    if (fits && (await hold(guards))) return [first, first + wanted * thousand - 2]
  }
  return [firsts[0]!, firsts[0]! + papers + spare]
}

/** All of them, or none. */
const hold = async (ports: readonly number[]): Promise<boolean> => {
  const held: Server[] = []
  for (const port of ports) {
    const guard = await listen(port)
    if (guard === null) {
      for (const each of held) each.close()
      return false
    }
    held.push(guard)
  }
  return true
}

const listen = (port: number): Promise<Server | null> =>
  new Promise(resolve => {
    const server = createServer(socket => socket.destroy()).unref()
    server.once('error', () => resolve(null)).listen(port, '127.0.0.1', () => resolve(server))
  })
