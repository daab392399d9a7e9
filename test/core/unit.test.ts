import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/core/config.ts'
import { nextOf, parsePaperId } from '../../src/core/paper.ts'
import { gpuPolicy } from '../../src/core/policy.ts'
import { parseUnitFile, renderUnit } from '../../src/core/unit.ts'

const template = readFileSync(new URL('../../share/unit.template', import.meta.url), 'utf8')
const policy = gpuPolicy(readConfig(null, null, '/home/son'), '/home/son')
const id = parsePaperId('attention')
const release = { hash: '0123456789abcdef', notebook: 'papers/my notebook.py' }

describe('a unit', () => {
  it('reads back as ours, with its port, notebook and release', () => {
    const text = renderUnit(template, policy, id, 27003, release)
    expect(text).not.toContain('{{')
    expect(text).toContain('WantedBy=multi-user.target')
    expect(parseUnitFile('attention', '/x', text, false)).toMatchObject({
      origin: 'ours',
      port: 27003,
      notebook: '/home/son/prj/thesis/state/releases/attention/0123456789abcdef/my notebook.py',
      release: '0123456789abcdef',
    })
    expect(parseUnitFile('attention', '/x', text, true).origin).toBe('edited')
    expect(parseUnitFile('attention', '/x', text.replace('27003', '27004'), false).origin).toBe('edited')
    expect(parseUnitFile('copy', '/x', text, false).origin).toBe('foreign')
  })

  it('of an update is not enabled at boot and keeps the address of the paper', () => {
    const text = renderUnit(template, policy, nextOf(id), 27004, release)
    expect(text).not.toContain('[Install]')
    expect(text).toContain('--base-url /thesis/attention ')
    expect(parseUnitFile('attention--next', '/x', text, false).origin).toBe('ours')
  })

  it('serves the working file when releases are live', () => {
    const text = renderUnit(template, policy, id, 27003, { ...release, hash: 'live' })
    expect(parseUnitFile('attention', '/x', text, false)).toMatchObject({
      notebook: '/home/son/prj/thesis/papers/my notebook.py',
      release: null,
    })
  })

  it.each([
    ['[Service]\nExecStart=/v/bin/marimo run papers/a.py -p 27001\n', 'adopted', 27001],
    ['[Service]\nExecStart=/v/bin/marimo run \\\n  --port=27002 "papers/a b.py"\n', 'adopted', 27002],
    ['[Service]\nExecStart=/v/bin/python -m marimo run a.py --port 27005\n', 'adopted', 27005],
    ['[Service]\nExecStart=/usr/bin/sleep 1\n', 'foreign', null],
    ['[Service]\nExecStart=/v/bin/marimo edit a.py --port 27001\n', 'foreign', null],
    ['', 'foreign', null],
  ])('somebody else wrote: %j', (text, origin, port) =>
    expect(parseUnitFile('a', '/x', text, false)).toMatchObject({ origin, port }),
  )
})
