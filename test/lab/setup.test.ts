import { expect, test } from 'vitest'
import { asRoot, inHost } from './harness.ts'
import { expectPapergen } from './operator.ts'
import { takeStock } from './unchanged.ts'

/** `papergen setup`: what it prints is what root runs, and a second run changes nothing. */

const config = '/home/son/.config/papergen/config.toml'

test.each(['gpu', 'edge'] as const)(
  'setup %s is printed, and run by root twice more it changes nothing',
  async role => {
    const changes = takeStock()
    const { stdout: script } = await expectPapergen(0, 'setup', role)
    for (const _ of [1, 2]) {
      const said = await asRoot(role, ['bash', '-s'], { stdin: script })
      expect(said.trim()).toBe('papergen setup: done')
    }
    expect(changes()).toEqual([])
  },
)

test('setup gpu --apply by root on the host itself puts back what is missing, and then changes nothing', async () => {
  const changes = takeStock()
  await asRoot('gpu', ['rm', '/etc/sudoers.d/papergen-gpu', '/usr/local/libexec/papergen-gpu'])
  expect(changes()).not.toEqual([])
  const apply = ['papergen', '--config', config, 'setup', 'gpu', '--apply', '--yes']
  expect(await asRoot('gpu', apply)).toMatch(/papergen-gpu/)
  expect(changes()).toEqual([])
  expect((await asRoot('gpu', apply)).trim()).toBe('papergen setup: done')
  expect(changes()).toEqual([])
  await expectPapergen(0, 'doctor')
})

test('an operator who may not become root is told how to do it by hand: exit 4, nothing changed', async () => {
  const changes = takeStock()
  const local = await expectPapergen(4, 'setup', 'gpu', '--apply', '--yes')
  expect(local.stderr).toContain('papergen setup gpu | sudo bash')
  const far = await expectPapergen(4, 'setup', 'edge', '--apply', '--yes')
  expect(far.stderr).toContain('ssh -t son@192.168.1.121 sudo bash setup.sh')
  expect((await inHost('gpu', ['papergen', 'setup', 'nowhere'])).code).toBe(2)
  expect(changes()).toEqual([])
})
