import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Driver } from '../console/driver.ts'
import { faultOf } from '../faults-of-the-world.ts'
import { writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { expectPapergen, openConsole, papergen, statusOf, unpublishAll } from './operator.ts'
import * as make from './troubles.ts'
import { expectUnchanged, trees } from './unchanged.ts'
import { during, expectSeen } from './world.ts'

/** The way to the edge by ssh: what answers there, how late, and how much of it. */

beforeAll(async () => {
  writeNotebook('fine.py', notebook('x', 'Fine'))
  writeNotebook('lives.py', notebook('y', 'Lives'))
  await expectPapergen(0, 'publish', 'lives.py', '--yes')
})
afterAll(unpublishAll)

/** A publish meets it: exit 4 within so many seconds, the words of docs/safety.md, nothing changed. */
const refused = async (fault: string, trouble: () => Promise<make.Undo>, seconds: number): Promise<void> => {
  const before = trees()
  await during(trouble(), async () => {
    const began = Date.now()
    const { stderr } = await expectPapergen(4, 'publish', 'fine.py', '--yes')
    expect(Date.now() - began).toBeLessThan(seconds * 1000)
    expectSeen(fault, stderr)
  })
  expectUnchanged(before)
}

test('the edge takes the connection and then says nothing', ({ task }) =>
  refused(task.name, () => make.strangeSshd('kept.append(c)'), 20))

test('the edge closes the connection before the ssh handshake', ({ task }) =>
  refused(task.name, () => make.strangeSshd('c.close()'), 20))

test('something else than sshd answers', ({ task }) =>
  refused(task.name, () => make.strangeSshd('c.sendall(b"HTTP/1.1 400 Bad Request\\r\\n\\r\\n"); c.close()'), 20))

test('sshd opens no session: its limit is reached', async ({ task }) => {
  await refused(task.name, () => make.sshdLine('MaxSessions 0'), 30)
  await during(make.sshdLine('MaxSessions 0'), async () => {
    const ran = await papergen(['status', '--json'])
    expect(ran.code).toBe(4)
    const { hosts, papers } = JSON.parse(ran.stdout)
    expectSeen(task.name, `${hosts[1].error.message} ${hosts[1].error.hint}`)
    expect(papers[0].verdict).toMatchObject({ level: 'unknown', hop: 'nginx' })
    expect(papers[0].edge).toMatchObject({ ok: true })
  })
})

test('one session is enough for everything papergen does on the edge', async () => {
  await during(make.sshdLine('MaxSessions 1'), async () => {
    await expectPapergen(0, 'publish', 'fine.py', '--yes')
    await expectPapergen(0, 'unpublish', 'fine', '--yes')
    expect((await statusOf('lives')).papers[0].verdict.level).toBe('ok')
  })
})

test('the session freezes while a console is open', async ({ task }) => {
  const console_: Driver = openConsole({ columns: 220, rows: 40 })
  try {
    await console_.sees(/1 paper +1 ✓/, 60)
    await during(make.sessionsFrozen(), async () => {
      // It stands there for half a second: then a new session is open.
      const words = faultOf(task.name).message.map(piece => piece.replaceAll(/[()]/g, '\\$&'))
      await console_.sees(new RegExp(words.join('.*')), 60)
    })
    await console_.sees(/1 paper +1 ✓/, 60).misses('reconnecting', 30)
  } finally {
    console_.end()
  }
})
