import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { nextOf, parsePaperId } from '../../src/core/paper.ts'
import { beginOf, gpuEntry, problemOf, runSetup } from './entry-hosts.ts'
import { asRoot, inHost, labPossible } from './harness.ts'

const id = parsePaperId('alpha')
const [first, second] = ['0123456789abcdef', '1123456789abcdef'] as const
const releases = '/home/son/prj/thesis/state/releases'
const open: ReturnType<typeof gpuEntry>[] = []
const entry = () => {
  open.push(gpuEntry())
  return open.at(-1)!
}
const unit = (name = 'alpha') => `/etc/systemd/system/papergen-${name}.service`
const served = async () => /releases\/alpha\/(\w+)/.exec(await asRoot('gpu', ['cat', unit()]))?.[1]

describe.skipIf(!labPossible().possible)('the GPU entry point, against real systemd', () => {
  beforeAll(async () => {
    expect(await runSetup('gpu')).toMatchObject({ code: 0 })
    for (const hash of [first, second])
      await inHost('gpu', ['sh', '-eu', '-c', release, 'release', `${releases}/alpha/${hash}`])
  })
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close()
  })

  test('setup changes nothing the second time', async () =>
    expect(await runSetup('gpu')).toMatchObject({ code: 0, stdout: 'papergen setup: done\n' }))

  test('publish, a failed update put back, unpublish: nothing is left', async () => {
    const gpu = entry()
    await gpu.begin(beginOf('publish', 'alpha'))
    await gpu.writeUnit(id, 27000, first)
    await gpu.startUnit(id)
    await asRoot('gpu', ['sh', '-c', 'until ss -Hltn "sport = :27000" | grep -q .; do sleep 0.1; done'])
    expect(await gpu.listener(id, 27000)).toEqual({ kind: 'unit' })
    expect(await gpu.listener(id, 27009)).toEqual({ kind: 'nobody' })
    expect(await gpu.listener(nextOf(id), 27000)).toMatchObject({
      kind: 'foreign',
      name: expect.stringMatching(/^marimo/),
    })
    await gpu.end()
    await gpu.begin(beginOf('update', 'alpha'))
    await gpu.writeUnit(nextOf(id), 27001, second)
    await gpu.startUnit(nextOf(id))
    await gpu.writeUnit(id, 27000, second)
    await gpu.restartUnit(id)
    expect(await served()).toBe(second)
    await gpu.undo()
    await gpu.undo()
    await gpu.end()
    expect(await served()).toBe(first)
    expect(await asRoot('gpu', ['systemctl', 'is-active', 'papergen-alpha'])).toBe('active\n')
    await gpu.begin(beginOf('unpublish', 'alpha'))
    await gpu.removeUnit(id)
    await gpu.removeUnit(id)
    await gpu.end()
    expect(
      await asRoot('gpu', ['sh', '-c', 'ls -d /etc/systemd/system/papergen* /etc/systemd/system/*/papergen* || :']),
    ).toBe('')
    expect(await asRoot('gpu', ['ls', '-A', '/var/lib/papergen/gpu'])).toBe('')
  })

  test("a unit of somebody's own manager that is called like the paper's does not pass for it", async () => {
    const serve = ['python3', '-m', 'http.server', '-b', '127.0.0.1', '27005']
    const started = await inHost('gpu', ['systemd-run', '--user', '--collect', '--unit=papergen-alpha', ...serve])
    expect(started).toMatchObject({ code: 0 })
    await asRoot('gpu', ['sh', '-c', 'until ss -Hltn "sport = :27005" | grep -q .; do sleep 0.1; done'])
    const group = await asRoot('gpu', ['sh', '-c', 'cat /proc/$(pgrep -of "http.server -b 127.0.0.1 27005")/cgroup'])
    const listener = await entry().listener(id, 27005)
    await inHost('gpu', ['systemctl', '--user', 'stop', 'papergen-alpha'])
    expect(group).toMatch(/^0::.*\/papergen-alpha\.service$/m)
    expect(listener).toMatchObject({ kind: 'foreign', name: expect.stringMatching(/^python3/) })
  })

  test('an operation whose console went away waits for repair', async () => {
    const gone = entry()
    await gone.begin(beginOf('publish', 'alpha'))
    await gone.writeUnit(id, 27000, first)
    await gone.close()
    const gpu = entry()
    expect(await gpu.pending()).toMatchObject({ operation: 'publish', id: 'alpha' })
    expect(await problemOf(gpu.begin(beginOf('restart', 'alpha')))).toMatchObject({ kind: 'needs-repair', id: 'alpha' })
    await gpu.resume(beginOf('publish', 'alpha'))
    await gpu.undo()
    await gpu.end()
    expect(await gpu.pending()).toBeNull()
    expect(await asRoot('gpu', ['sh', '-c', `ls ${unit()} 2>/dev/null || :`])).toBe('')
  })

  test("a start that fails comes back with the unit's last lines", async () => {
    await asRoot('gpu', ['sh', '-c', 'mount --bind /dev/null /home/son/prj/thesis/.venv/bin/marimo'])
    try {
      const gpu = entry()
      await gpu.begin(beginOf('publish', 'alpha'))
      await gpu.writeUnit(id, 27000, first)
      expect(await problemOf(gpu.startUnit(id))).toMatchObject({
        output: expect.stringContaining('Failed at step EXEC'),
      })
      await gpu.undo()
      await gpu.end()
    } finally {
      await asRoot('gpu', ['umount', '/home/son/prj/thesis/.venv/bin/marimo'])
    }
    expect(await asRoot('gpu', ['sh', '-c', `ls ${unit()} 2>/dev/null || :`])).toBe('')
  })

  test('a foreign unit is refused and kept; a release that is not there is named', async () => {
    await asRoot('gpu', ['sh', '-c', `printf '[Service]\nExecStart=/bin/true\n' >${unit('beta')}`])
    const gpu = entry()
    await gpu.begin(beginOf('publish', 'beta'))
    const beta = parsePaperId('beta')
    for (const refused of [gpu.writeUnit(beta, 27000, first), gpu.removeUnit(beta)])
      expect(await problemOf(refused)).toMatchObject({ kind: 'foreign', path: unit('beta') })
    await asRoot('gpu', ['rm', unit('beta')])
    expect(await problemOf(gpu.writeUnit(beta, 27000, first))).toMatchObject({
      ...{ kind: 'request-failed', output: expect.stringContaining('.papergen') },
    })
    await gpu.end()
  })
})

const release = `mkdir -p "$1"
printf 'import marimo\\napp = marimo.App()\\n' >"$1/my paper.py"
printf 'file my paper.py\\nnotebook papers/my paper.py\\nmade 1\\n' >"$1/.papergen"`
