import { spawn } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { command } from '../../src/core/command.ts'
import { createLocalHost } from '../../src/services/local-host.ts'
import { until } from '../until.ts'
import { ownFolder } from './folder.ts'

const host = createLocalHost('here')
const alive = (pid: number) =>
  existsSync(`/proc/${pid}`) && !/^State:\sZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
const collect = async (lines: AsyncIterable<string>) => {
  const all: string[] = []
  for await (const line of lines) all.push(line)
  return all
}
const gone = (pid: number) => until(() => expect(alive(pid)).toBe(false), { interval: 20 })

describe('local shell', () => {
  it('keeps words whole, feeds stdin, and takes a non-zero exit as an answer', async () => {
    expect(await host.shell.run(command('printf', '%s|', "a b'c", '$HOME;', '*'))).toEqual({
      code: 0,
      stdout: "a b'c|$HOME;|*|",
      stderr: '',
    })
    expect((await host.shell.run(command('cat'), { stdin: 'fed\n' })).stdout).toBe('fed\n')
    expect(await host.shell.run(command('sh', '-c', 'echo no >&2; exit 3'))).toEqual({
      code: 3,
      stdout: '',
      stderr: 'no\n',
    })
    expect((await host.shell.run(command('no-such-program-at-all'))).code).toBe(127)
  })

  it('gives a command no stdin unless told, so it cannot steal keystrokes', async () => {
    expect((await host.shell.run(command('readlink', '/proc/self/fd/0'))).stdout).toBe('/dev/null\n')
  })

  it('gives up on what no kill ends: one outside the group still holds its output', async () => {
    const file = join(ownFolder(), 'pid')
    const began = performance.now()
    await expect(
      host.shell.run(command('sh', '-c', `setsid sh -c 'echo $$ > ${file}; exec sleep 20' & wait`), { timeout: 2_000 }),
    ).rejects.toMatchObject({ problem: { kind: 'no-answer', seconds: 2 } })
    expect(performance.now() - began).toBeLessThan(2_000 + 4_700)
    process.kill(Number(readFileSync(file, 'utf8')))
  })

  it('kills a hung command with its children', async () => {
    const file = join(ownFolder(), 'pid')
    const hung = host.shell.run(command('sh', '-c', `sleep 300 & echo $! > ${file}; wait`), { timeout: 2_000 })
    await expect(hung).rejects.toMatchObject({ problem: { kind: 'no-answer', seconds: 2 } })
    await gone(Number(readFileSync(file, 'utf8')))
  })

  it('throws the reason of an abort, and refuses an answer over the limit', async () => {
    const abort = new AbortController()
    const running = host.shell.run(command('sleep', '300'), { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(running).rejects.toThrow('enough')
    const much = host.shell.run(command('head', '-c', '5000', '/dev/zero'), { limit: 1000 })
    await expect(much).rejects.toMatchObject({ problem: { kind: 'command-failed' } })
  })

  it('follows lines until the abort and leaves no process', async () => {
    const abort = new AbortController()
    const seen: string[] = []
    const follow = command('sh', '-c', 'echo $$; printf "é\\n"; sleep 300')
    for await (const line of host.shell.lines(follow, { signal: abort.signal })) {
      seen.push(line)
      if (seen.length === 2) abort.abort()
    }
    expect(seen[1]).toBe('é')
    await gone(Number(seen[0]))
  })

  it('ends lines with the command, and tells a failure', async () => {
    const signal = new AbortController().signal
    const seen = await collect(host.shell.lines(command('printf', 'a\nb'), { signal }))
    expect(seen).toEqual(['a', 'b'])
    const failing = collect(host.shell.lines(command('sh', '-c', 'echo why >&2; exit 4'), { signal }))
    await expect(failing).rejects.toMatchObject({ problem: { kind: 'command-failed', code: 4, output: 'why\n' } })
  })

  it('leaves no follower when the console is killed', async () => {
    const program = `
      import { createLocalHost } from ${JSON.stringify(join(import.meta.dirname, '../../src/services/local-host.ts'))}
      const lines = createLocalHost('x').shell.lines({ argv: ['sh', '-c', 'echo $$; sleep 300'] }, { signal: new AbortController().signal })
      for await (const line of lines) console.log(line)`
    const console_ = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const pid = Number(
      await new Promise<string>(resolve => console_.stdout.once('data', chunk => resolve(String(chunk)))),
    )
    expect(alive(pid)).toBe(true)
    console_.kill('SIGKILL')
    await gone(pid)
  })
})

describe('local files', () => {
  it('writes whole files, keeps the mode, leaves nothing beside them', async () => {
    const folder = ownFolder()
    const path = join(folder, 'state.json')
    await host.files.write(path, 'one')
    chmodSync(path, 0o640)
    await host.files.write(path, 'two')
    expect(readFileSync(path, 'utf8')).toBe('two')
    expect(statSync(path).mode & 0o777).toBe(0o640)
    expect(readdirSync(folder)).toEqual(['state.json'])
  })

  it('never shows a torn file to a reader, however often the writer is killed', async () => {
    const path = join(ownFolder(), 'state.json')
    const program = `
      import { createLocalFiles } from ${JSON.stringify(join(import.meta.dirname, '../../src/services/local-files.ts'))}
      const files = createLocalFiles('x')
      for (let i = 0; ; i++) { await files.write(${JSON.stringify(path)}, String(i % 10).repeat(300_000)); if (i === 3) console.log('going') }`
    for (let round = 0; round < 4; round++) {
      const writer = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      await new Promise(resolve => writer.stdout.once('data', resolve))
      for (let look = 0; look < 50; look++) {
        const text = readFileSync(path, 'utf8')
        expect(text).toBe((text[0] ?? '').repeat(300_000))
      }
      writer.kill('SIGKILL')
      await new Promise(resolve => writer.once('exit', resolve))
      const text = readFileSync(path, 'utf8')
      expect(text).toBe((text[0] ?? '').repeat(300_000))
    }
  })

  it('appends whole lines, also after a line cut short', async () => {
    const path = join(ownFolder(), 'audit.jsonl')
    await host.files.append(path, 'a')
    writeFileSync(path, 'a\nhal')
    await host.files.append(path, 'b')
    expect(readFileSync(path, 'utf8')).toBe('a\nhal\nb\n')
  })

  it('removes links, never what they lead to', async () => {
    const folder = ownFolder()
    await host.files.makeFolder(join(folder, 'kept/deep'))
    await host.files.makeFolder(join(folder, 'gone'))
    symlinkSync(join(folder, 'kept'), join(folder, 'gone/link'))
    symlinkSync(join(folder, 'kept'), join(folder, 'alone'))
    await host.files.remove(join(folder, 'gone'))
    await host.files.remove(join(folder, 'alone'))
    await host.files.remove(join(folder, 'never-was'))
    expect(readdirSync(folder)).toEqual(['kept'])
    expect(lstatSync(join(folder, 'kept/deep')).isDirectory()).toBe(true)
  })

  it('says null for what is not there, and removes only empty folders', async () => {
    const folder = ownFolder()
    expect(await host.files.read(join(folder, 'x'))).toBeNull()
    expect(await host.files.list(join(folder, 'x'))).toBeNull()
    expect(await host.files.stat(join(folder, 'x'))).toBeNull()
    await host.files.makeFolder(join(folder, 'a/b'))
    await host.files.removeEmptyFolder(join(folder, 'a'))
    await host.files.removeEmptyFolder(join(folder, 'none'))
    expect(await host.files.list(folder)).toEqual([{ name: 'a', kind: 'folder' }])
    await host.files.removeEmptyFolder(join(folder, 'a/b'))
    expect(readdirSync(join(folder, 'a'))).toEqual([])
  })
})

describe('local channels and dials', () => {
  it('talks to a program and ends it with the stream', async () => {
    const { stream, ended } = await host.channel(['cat'])
    const said = new Promise(resolve => stream.once('data', resolve))
    stream.write('hello')
    expect(String(await said)).toBe('hello')
    stream.destroy()
    expect(await ended).toBe(0)
  })

  it('tells a refused port and a program that is not there', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const socket = await host.dial('127.0.0.1', port, 1000)
    socket.destroy()
    await new Promise(resolve => server.close(resolve))
    onTestFinished(() => void server.close())
    await expect(host.dial('127.0.0.1', port, 1000)).rejects.toMatchObject({ problem: { kind: 'host-unreachable' } })
    await expect(host.channel(['no-such-program'])).rejects.toMatchObject({ problem: { kind: 'command-failed' } })
  })
})
