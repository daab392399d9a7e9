import { afterAll, beforeAll, expect, test } from 'vitest'
import { site } from '../../lab/layout.ts'
import { asRoot, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { expectPapergen, openConsole, paperIn, statusOf, unpublishAll } from './operator.ts'
import type { Undo } from './troubles.ts'
import { during, expectSeen } from './world.ts'

/** The site's name, asked where papergen runs. Visitors ask elsewhere. */

beforeAll(async () => {
  writeNotebook('fine.py', notebook('x', 'Fine'))
  writeNotebook('lives.py', notebook('y', 'Lives'))
  await expectPapergen(0, 'publish', 'lives.py', '--yes')
})
afterAll(unpublishAll)

/** The name is in no file any more; whoever wants it asks this name server, if there is one. */
const asksServer = async (server: string | null): Promise<Undo> => {
  const resolver = server === null ? '' : `nameserver ${server}\\n`
  await asRoot('gpu', [
    'sh',
    '-euc',
    `cp /etc/hosts /root/hosts; sed -i /${site}/d /etc/hosts; printf '${resolver}' >/etc/resolv.conf`,
  ])
  return () => asRoot('gpu', ['sh', '-euc', 'cp /root/hosts /etc/hosts; rm /etc/resolv.conf'])
}

test('no name server answers', async ({ task }) => {
  await during(asksServer(null), async () => {
    const { level, hop, cause } = paperIn(await statusOf(), 'lives').verdict
    expect([level, hop]).toEqual(['unknown', 'public'])
    const console_ = openConsole({ columns: 220, rows: 40 })
    try {
      await console_
        .sees(/1 paper/, 60)
        .select('lives')
        .press('enter')
        .idle()
        .sees('Hops of lives')
      await console_.sees(/Next: mend the name server/, 40)
      expectSeen(task.name, `${cause}\n${console_.screen().join('\n')}`)
    } finally {
      console_.end()
    }
    const { stderr } = await expectPapergen(1, 'publish', 'fine.py', '--yes')
    expect(stderr).toMatch(/learn\.ericfromkorea\.com\/thesis\/fine\/: no name server answers/)
    expect(stderr).toMatch(/Next: mend the name server of this machine/)
    expect(stderr).toContain('Everything was put back')
  })
})

test('the name server is silent', async ({ task }) => {
  // Nobody has this address.
  await during(asksServer('192.168.1.99'), async () => {
    const { level, hop, cause } = paperIn(await statusOf(), 'lives').verdict
    expect([level, hop]).toEqual(['unknown', 'public'])
    const { stderr } = await expectPapergen(1, 'publish', 'fine.py', '--yes')
    expectSeen(task.name, `${cause}\n${stderr}`)
  })
})
