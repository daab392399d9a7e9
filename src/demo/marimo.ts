import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import type { FromHouse, ToHouse } from './house.ts'
import { endOf, parseLife } from './life.ts'
import { servePaper } from './marimo-paper.ts'

/**
 * A stand-in for marimo, for a demo on a machine that has none: `run` serves the paths of a paper, `check` looks at the file, `house`
 * serves many papers in one process (told over IPC), because a thousand processes would be too much for a desk.
 */
const main = async ([verb, ...args]: readonly string[]): Promise<void> => {
  switch (verb) {
    case 'run':
      return run(args)
    case 'check':
      return check(args)
    case 'house':
      return house()
    default:
      process.stdout.write('0.0.0 (papergen stand-in)\n')
  }
}

const run = async (args: readonly string[]): Promise<void> => {
  const complain = (line: string): void => void process.stderr.write(`${line}\n`)
  const path = args.at(-1) ?? ''
  const text = readFileSync(path, 'utf8')
  const life = parseLife(text)
  const end = endOf(life, Number(process.env.PAPERGEN_DEMO_RUN ?? 1))
  const giveUp = (): void => {
    for (const line of tracebackOf(path, text, end?.why === 'memory' ? outOfMemory : deviceLost)) complain(line)
    process.exit(1)
  }
  // At once means before it ever answered.
  if (end?.after === 0) giveUp()
  await serve(args, complain).catch(thrown => {
    complain(String(thrown))
    process.exit(1)
  })
  if (end !== null) setTimeout(giveUp, end.after * 1000)
}

/** As if its last cell had raised. */
const tracebackOf = (path: string, text: string, exception: string): readonly string[] => {
  const line = text.slice(0, text.lastIndexOf('    return')).split('\n').length - 1
  return ['Traceback (most recent call last):', `  File "${path}", line ${line}, in _`, exception]
}

const outOfMemory = 'torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB.'
const deviceLost = 'RuntimeError: CUDA error: device-side assert triggered'

const serve = async (args: readonly string[], say: (line: string) => void): Promise<Server> => {
  const value = (name: string): string => args[args.indexOf(name) + 1] ?? ''
  const [host, port, base, path] = [value('--host'), Number(value('--port')), value('--base-url'), args.at(-1) ?? '']
  return servePaper({ host, port, base, path, text: readFileSync(path, 'utf8'), say })
}

/** Nothing of Python is read here: a file that cannot be read at all is the only finding. */
const check = (args: readonly string[]): void => {
  const file = args.at(-1) ?? ''
  readFileSync(file)
  process.stdout.write('{"issues": []}\n')
}

const house = (): void => {
  const papers = new Map<string, Server>()
  const tell = (message: FromHouse): void => void process.send?.(message)
  const open = async (id: string, argv: readonly string[]): Promise<void> => {
    try {
      papers.set(id, await serve(argv, line => tell({ kind: 'line', id, line })))
    } catch (thrown) {
      tell({ kind: 'line', id, line: String(thrown) })
      tell({ kind: 'closed', id, code: 1 })
    }
  }
  const close = (id: string): void => {
    const server = papers.get(id)
    papers.delete(id)
    server?.closeAllConnections()
    server?.close(() => tell({ kind: 'closed', id, code: 143 }))
  }
  process.on('message', (told: ToHouse) => {
    if (told.kind === 'close') close(told.id)
    else void open(told.id, told.argv)
  })
  process.on('disconnect', () => process.exit(0))
}

await main(process.argv.slice(2))
