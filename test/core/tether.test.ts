import { spawn, spawnSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { command } from '../../src/core/command.ts'
import { tethered } from '../../src/core/tether.ts'
import { ownFolder } from '../services/folder.ts'
import { until } from '../until.ts'

/** The command in a real shell, whose input stays open after it ended, and what of it runs. */
const begun = (script: string) => {
  const pipe = join(ownFolder(), 'pipe')
  spawnSync('mkfifo', [pipe])
  const [writer, reader] = [openSync(pipe, 'r+'), openSync(pipe, 'r')]
  const mark = `PAPERGEN_TETHER=${randomUUID()}`
  const [program = '', ...args] = tethered(command('sh', '-c', script)).argv
  const [name = '', value = ''] = mark.split('=')
  const child = spawn(program, args, { stdio: [reader, 'pipe', 'ignore'], env: { ...process.env, [name]: value } })
  closeSync(reader)
  const ended = once(child, 'exit')
  const running = () =>
    readdirSync('/proc')
      .filter(name => /^\d+$/.test(name) && textOf(`/proc/${name}/environ`).includes(mark))
      .map(pid => textOf(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim())
      // One that ended and was not taken leave of has no words.
      .filter(words => words !== '')
  const gone = () => until(() => expect(running()).toEqual([]), { interval: 20 })
  return { child, ended, running, gone, endInput: () => closeSync(writer) }
}

const textOf = (path: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return '' // it ended while we looked
  }
}

test('a command that ends leaves nothing that waits for its input', async () => {
  const { ended, gone, endInput } = begun('echo done; exit 7')
  expect((await ended)[0]).toBe(7)
  await gone()
  endInput()
})

test.each([
  ['a quiet command', 'echo begun; exec sleep 600'],
  ['its children', 'echo begun; sleep 600 & sleep 601 & wait'],
  ['one that will not hear of it', 'trap "" TERM; echo begun; while :; do sleep 1; done'],
])('the end of its input ends %s', async (_, script) => {
  const { child, ended, running, gone, endInput } = begun(script)
  await once(child.stdout!, 'data')
  expect(running().length).toBeGreaterThan(1)
  endInput()
  await ended
  await gone()
})
