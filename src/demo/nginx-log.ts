import type { IncomingMessage } from 'node:http'

/** Lines as nginx writes them, in UTC. */

export const accessLine = ({ method, url, headers }: IncomingMessage, status: number): string => {
  const [day, month, , year, time] = new Date()
    .toUTCString()
    .replace(/^\w+, (\d+) (\w+) (\d+) (\S+).*$/, '$1 $2 - $3 $4')
    .split(' ')
  const agent = printable(headers['user-agent'] ?? '-')
  return `127.0.0.1 - - [${day}/${month}/${year}:${time} +0000] "${method} ${printable(url ?? '/')} HTTP/1.1" ${status} 0 "-" "${agent}"\n`
}

export const errorLine = (level: string, words: string): string => {
  const now = new Date().toISOString().replace(/^(\d+)-(\d+)-(\d+)T(\d\d:\d\d:\d\d).*$/, '$1/$2/$3 $4')
  return `${now} [${level}] ${process.pid}#${process.pid}: ${words}\n`
}

export const upstreamTrouble = ({ method, url, headers }: IncomingMessage, target: string, trouble: Error): string => {
  const words =
    'code' in trouble && trouble.code === 'ECONNREFUSED'
      ? 'connect() failed (111: Connection refused)'
      : trouble.message
  const request = `"${method} ${printable(url ?? '/')} HTTP/1.1"`
  const upstream = `${target}${printable(url ?? '/')}`
  const host = printable(headers.host ?? '')
  return errorLine(
    'error',
    `*1 ${words} while connecting to upstream, client: 127.0.0.1, server: localhost, request: ${request}, upstream: "${upstream}", host: "${host}"`,
  )
}

const printable = (text: string): string =>
  text.replace(/[^\x20-\x7e]|"/g, char => `\\x${char.charCodeAt(0).toString(16)}`)
