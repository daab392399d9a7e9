import { afterAll, beforeAll, expect, test } from 'vitest'
import { asRoot, inHost, startInHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import {
  emptyRegistry,
  expectPapergen,
  openConsole,
  papergen,
  readState,
  stateFile,
  statusOf,
  unpublishAll,
  writeState,
} from './operator.ts'
import { listenTo } from './started.ts'
import { expectUnchanged, trees } from './unchanged.ts'
import { during, expectSeen } from './world.ts'

/** The registry, which older Python code writes as well. */

beforeAll(async () => {
  writeNotebook('fine.py', notebook('x', 'Fine'))
  await writeState(emptyRegistry)
})
afterAll(unpublishAll)

/** A Python program of somebody else's, until it is taken back. */
const pythonAtWork = async (program: string, user: 'son' | 'root' = 'son', ...before: string[]) => {
  const started = startInHost('gpu', [...before, 'python3', '-c', program, stateFile], { user })
  await listenTo(started).says(/at work/)
  return async () => {
    started.signal('SIGKILL')
    await started.ended
  }
}

const whole = '{"version": 2, "papers": {"lives": {"port": 27000}}}'

test('state.json is cut short', async ({ task }) => {
  await during(
    writeState(whole.slice(0, 40)).then(() => () => writeState(emptyRegistry)),
    async () => {
      const before = trees()
      // Not a unit runs: what cannot be read must not look like nothing.
      const ran = await papergen(['status', '--json'])
      expect(ran.code).toBe(3)
      const { hosts, papers } = JSON.parse(ran.stdout)
      expect(papers).toEqual([])
      expectSeen(task.name, `${hosts[0].error.message} ${hosts[0].error.hint}`)
      expectSeen(task.name, (await expectPapergen(3, 'status')).stderr)
      expectSeen(task.name, (await expectPapergen(2, 'publish', 'fine.py', '--yes')).stderr)
      const console_ = openConsole({ columns: 220, rows: 40 })
      try {
        await console_.sees(/state\.json:1 cannot be read/, 60)
      } finally {
        console_.end()
      }
      expectUnchanged(before)
    },
  )
})

test('state.json belongs to somebody else and may not be read', async ({ task }) => {
  const taken = asRoot('gpu', ['sh', '-c', 'chown root "$1"; chmod 600 "$1"', 'sh', stateFile])
  await during(
    taken.then(() => () => asRoot('gpu', ['sh', '-c', 'chown son "$1"; chmod 644 "$1"', 'sh', stateFile])),
    async () => {
      expectSeen(task.name, (await expectPapergen(4, 'publish', 'fine.py', '--yes')).stderr)
      const ran = await papergen(['status', '--json'])
      const { error } = JSON.parse(ran.stdout).hosts[0]
      expectSeen(task.name, `${error.message} ${error.hint}`)
    },
  )
})

test('state.json is locked by a Python program', async ({ task }) => {
  const before = trees()
  const locks = `import fcntl, sys, time
file = open(sys.argv[1] + ".lock", "w"); fcntl.flock(file, fcntl.LOCK_EX); print("at work", flush=True); time.sleep(600)`
  await during(pythonAtWork(locks), async () => {
    const { stderr } = await expectPapergen(1, 'publish', 'fine.py', '--yes')
    expectSeen(task.name, stderr)
    // Its undo has nothing to write, so it needs no lock.
    expect(stderr).toContain('Everything was put back: fine is not published, as before.')
    // To read, nobody needs it.
    expect((await statusOf()).hosts[0].error).toBeNull()
  })
  expectUnchanged(before)
})

test('a Python program that knows no lock writes state.json again and again', async ({ task }) => {
  const before = trees()
  const text = await readState()
  const writes = `import os, sys
path, n = sys.argv[1], 0
text = open(path).read()
print("at work", flush=True)
while True:
    n += 1
    with open(path + ".py", "w") as file: file.write(text + " " * (n % 1000))
    os.rename(path + ".py", path)`
  // Ahead of everybody: between two looks of papergen's it must have had its turn.
  await during(pythonAtWork(writes, 'root', 'nice', '-n', '-19'), async () => {
    const { stderr } = await expectPapergen(1, 'publish', 'fine.py', '--yes')
    expectSeen(task.name, stderr)
    expect(stderr).toContain('Everything was put back')
  })
  await inHost('gpu', ['sh', '-c', `rm -f ${stateFile}.py`], { user: 'root' })
  expect((await readState()).trimEnd()).toBe(text.trimEnd())
  await asRoot('gpu', ['chown', 'son:son', stateFile])
  await writeState(text)
  expectUnchanged(before)
})
