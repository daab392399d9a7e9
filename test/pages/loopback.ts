import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Answer = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export const htmlOf = (body: string, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status: 200,
  headers: { 'Content-Type': 'text/html; charset=utf-8', ...headers },
  body,
})

/** A server of one page at every path, which remembers what it was asked for. */
export const serve = async (first: Answer) => {
  const server = createServer((request, response) => {
    served.asked.push(`${request.method} ${request.url}`)
    response.writeHead(served.answer.status, { ...served.answer.headers })
    response.end(served.answer.body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const served = {
    answer: first,
    asked: [] as string[],
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections()
      return new Promise(resolve => server.close(resolve))
    },
  }
  return served
}
