// Runs as a process of its own in the visitor's namespace: knocks at a URL until its standard input ends, one line a knock.
import { get } from 'node:https'

const [url, every] = process.argv.slice(2)

const knock = (): Promise<void> => {
  const at = Date.now()
  return new Promise(resolve => {
    const tell = (status: number, text: string): void => {
      console.log(JSON.stringify({ at, status, ms: Date.now() - at, text: text.slice(0, 200) }))
      resolve()
    }
    const request = get(url!, { agent: false, timeout: 10_000 }, response => {
      let body = ''
      response.setEncoding('utf8').on('data', part => (body += part))
      response.on('end', () => tell(response.statusCode ?? 0, body))
      response.on('error', problem => tell(0, problem.message))
    })
    request.on('timeout', () => request.destroy(new Error('no answer in 10 s')))
    request.on('error', problem => tell(0, problem.message))
  })
}

const pending = new Set<Promise<void>>()
const begin = (): void => {
  const one: Promise<void> = knock().finally(() => pending.delete(one))
  pending.add(one)
}

begin()
const timer = setInterval(begin, Number(every))
process.stdin.resume().on('end', async () => {
  clearInterval(timer)
  await Promise.all(pending)
  process.exit(0)
})
