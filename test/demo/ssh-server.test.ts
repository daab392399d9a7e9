import { once } from 'node:events'
import { existsSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { command } from '../../src/core/command.ts'
import type { Program } from '../../src/demo/programs.ts'
import { newSshKey } from '../../src/demo/ssh-keys.ts'
import { until } from '../until.ts'
import { demoHost } from './ssh.ts'

describe('a demo host over ssh', () => {
  it("answers for its programs, with stdin, both outputs and the code; the rest is the shell's", async () => {
    const cat: Program = async (argv, { stdin, out, err }) => {
      out(`${argv.join('|')}\n`)
      for await (const chunk of stdin) out(String(chunk))
      err('why')
      return 3
    }
    const { host, home } = await demoHost({ programs: argv => (argv[0] === 'marvel' ? cat : null) })
    expect(await host.shell.run(command('marvel', "it's", 'a b'), { stdin: 'fed é' })).toEqual({
      ...{ code: 3, stdout: "marvel|it's|a b\nfed é", stderr: 'why' },
    })
    expect(await host.shell.run(command('sh', '-c', 'pwd; exit 4'))).toMatchObject({ code: 4, stdout: `${home}\n` })
    expect((await host.shell.run(command('no-such-program'))).code).toBe(127)
  })

  it('ends with 1 when a program breaks, and goes on', async () => {
    const broken: Program = async () => {
      throw new Error('broken')
    }
    const { host } = await demoHost({ programs: argv => (argv[0] === 'broken' ? broken : null) })
    expect((await host.shell.run(command('broken'))).code).toBe(1)
    expect((await host.shell.run(command('echo', 'on'))).stdout).toBe('on\n')
  })

  it('tells a program when its reader leaves', async () => {
    const left = Promise.withResolvers<void>()
    const follow: Program = async (_argv, { out, gone }) => {
      out('one\n')
      await once(gone, 'abort')
      out('late\n')
      left.resolve()
      return 0
    }
    const { host } = await demoHost({ programs: argv => (argv[0] === 'follow' ? follow : null) })
    const abort = new AbortController()
    for await (const line of host.shell.lines(command('follow'), { signal: abort.signal })) {
      expect(line).toBe('one')
      abort.abort()
    }
    await left.promise
  })

  it('connects to its own loopback only, and to its bus', async () => {
    const inside: Socket[] = []
    const server = createServer(socket => {
      inside.push(socket)
      socket.end('hi')
    })
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const { port } = server.address() as AddressInfo
    const { host } = await demoHost({ socket: (path, stream) => void stream.end(path) })
    const said = async (stream: NodeJS.ReadableStream): Promise<string> => String((await once(stream, 'data'))[0])
    expect(await said(await host.dial('127.0.0.1', port, 2_000))).toBe('hi')
    expect(await said(await host.dialSocket('/run/user/0/bus'))).toBe('/run/user/0/bus')
    await until(() => expect(inside.every(socket => socket.destroyed)).toBe(true))
    for (const address of ['127.0.0.2', '10.0.0.1'])
      await expect(host.dial(address, port, 2_000)).rejects.toMatchObject({ problem: { kind: 'host-unreachable' } })
    server.close()
    await once(server, 'close')
    await expect(host.dial('127.0.0.1', port, 2_000)).rejects.toMatchObject({ problem: { kind: 'host-unreachable' } })
    const edge = await demoHost()
    await expect(edge.host.dialSocket('/run/bus')).rejects.toMatchObject({ problem: { kind: 'host-unreachable' } })
  })

  it('lets nobody in without its key', async () => {
    const { host } = await demoHost({ login: newSshKey() })
    await expect(host.shell.run(command('true'))).rejects.toMatchObject({ problem: { kind: 'key-refused' } })
  })

  it('ends what runs in its shell when the console leaves in the middle of it', async () => {
    const { host, home } = await demoHost()
    const line = 'trap "rmdir x; exit" TERM; mkdir x; sleep 60 & wait'
    const hung = host.shell.run(command('sh', '-c', line), { timeout: 10_000 })
    hung.catch(() => {})
    await until(() => expect(existsSync(`${home}/x`)).toBe(true))
    await host.close()
    await expect(hung).rejects.toMatchObject({ name: 'PapergenError' })
    await until(() => expect(existsSync(`${home}/x`)).toBe(false))
  })
})
