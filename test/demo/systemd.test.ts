import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { launch } from '../../src/demo/launch.ts'
import { until } from '../until.ts'
import { alive, demoSystemd, nameOf } from './papers.ts'

const a = nameOf('a')
const patience = 'trap : TERM; echo up; while :; do sleep 0.05; done'

describe("the demo's systemd", () => {
  it('runs what the unit says, hears it, and stops it', async () => {
    const { systemd, put, said } = demoSystemd()
    put('a', 'pwd; exec sleep 60')
    await systemd.start(a)
    expect(systemd.unit(a)).toMatchObject({ state: 'active', sub: 'running', runs: 1 })
    const pid = systemd.unit(a).running?.pid ?? 0
    expect(alive(pid)).toBe(true)
    await until(() => expect(said('a').some(line => line.endsWith('/units'))).toBe(true))
    await systemd.stop(a)
    expect(systemd.unit(a)).toMatchObject({ state: 'inactive', result: 'success', running: null })
    expect(alive(pid)).toBe(false)
    expect(said('a').at(-1)).toBe(`${a}: Deactivated successfully.`)
  })

  it.each([
    [
      'exit 1',
      { state: 'failed', result: 'exit-code', exit: { code: 1, signal: null } },
      'code=exited, status=1/FAILURE',
    ],
    ['exit 0', { state: 'inactive', result: 'success' }, 'code=exited, status=0/SUCCESS'],
    [
      'kill -KILL $$',
      { state: 'failed', result: 'signal', exit: { code: null, signal: 'SIGKILL' } },
      'code=killed, status=9/KILL',
    ],
  ])('tells of %j that it ended, after its last words', async (line, facts, words) => {
    const { systemd, put, said } = demoSystemd()
    put('a', `echo last words; ${line}`)
    await systemd.start(a)
    await until(() => expect(systemd.unit(a)).toMatchObject({ ...facts, running: null }))
    expect(said('a')).toContain(`${a}: Main process exited, ${words}`)
    expect(said('a').indexOf('last words')).toBeLessThan(said('a').indexOf(`${a}: Main process exited, ${words}`))
  })

  it('ends the children of a paper that was killed, and does not wait for them', async () => {
    const { systemd, put, said } = demoSystemd()
    put('a', 'sleep 60 & echo child $!; wait')
    await systemd.start(a)
    await until(() => expect(said('a').join()).toContain('child '))
    const child = Number(/child (\d+)/.exec(said('a').join('\n'))?.[1])
    process.kill(systemd.unit(a).running?.pid ?? 0, 'SIGKILL')
    await until(() => expect(systemd.unit(a).state).toBe('failed'))
    await until(() => expect(alive(child)).toBe(false))
  })

  it('fails to start a program that is missing, and a unit that is', async () => {
    const { systemd, put } = demoSystemd(of => launch({ ...of, argv: ['/no/such/program'] }))
    put('a', 'true')
    await expect(systemd.start(a)).rejects.toThrow(`Job for ${a} failed`)
    expect(systemd.unit(a)).toMatchObject({ state: 'failed', result: 'exit-code', exit: { code: 203 }, running: null })
    await expect(systemd.start(nameOf('none'))).rejects.toThrow('Unit papergen-none.service not found.')
  })

  it('restarts with a new invocation and counts the runs', async () => {
    const { systemd, put, started } = demoSystemd()
    put('a', 'exec sleep 60')
    await systemd.restart(a)
    const first = systemd.unit(a).invocation
    await systemd.restart(a)
    expect(systemd.unit(a)).toMatchObject({ state: 'active', runs: 2 })
    expect(systemd.unit(a).invocation).not.toBe(first)
    expect(started.map(({ pid }) => alive(pid))).toEqual([false, true])
  })

  it('starts a unit once, however often it is asked', async () => {
    const { systemd, put, started } = demoSystemd()
    put('a', 'exec sleep 60')
    await Promise.all([systemd.start(a), systemd.start(a), systemd.start(a)])
    expect(started.length).toBe(1)
  })

  it('stops a unit that is just starting', async () => {
    const { systemd, put, started } = demoSystemd()
    put('a', 'exec sleep 60')
    await Promise.all([systemd.start(a), systemd.stop(a)])
    expect(systemd.unit(a)).toMatchObject({ state: 'inactive', running: null })
    expect(started.map(({ pid }) => alive(pid))).toEqual([false])
  })

  it('leaves nothing that was starting when everything ended, and starts no more', async () => {
    const { systemd, put, started } = demoSystemd()
    put('a', patience)
    put('b', patience)
    const starting = systemd.start(a).catch(() => {})
    await systemd.end()
    await starting
    await expect(systemd.start(nameOf('b'))).rejects.toThrow()
    await Promise.all(started.map(({ ended }) => ended))
    expect(systemd.unit(a).running).toBeNull()
  })

  it('forgets a unit whose file is gone, so that a new one of its name begins anew', async () => {
    const { systemd, put, folder } = demoSystemd()
    put('a', 'exit 1')
    await systemd.start(a)
    systemd.enable(a, true)
    await until(() => expect(systemd.unit(a).state).toBe('failed'))
    rmSync(join(folder, a))
    systemd.resetFailed(a)
    systemd.reload()
    expect(systemd.loaded()).toEqual([])
    expect(systemd.unit(a)).toMatchObject({ state: 'inactive', runs: 0, enabled: false, exit: null })
    put('a', 'exec sleep 60')
    await systemd.start(a)
    expect(systemd.unit(a)).toMatchObject({ state: 'active', runs: 1 })
  })
})
