import { describe, expect, it } from 'vitest'
import { doctor } from '../../src/cli/doctor.ts'
import { FakeWorld } from '../core/fake-world.ts'
import { sessionOn } from './session.ts'

const findings = async (fake: FakeWorld) => {
  const { session, said } = sessionOn(fake)
  const code = await doctor(session, [], { json: true })
  const all: { name: string; host: string; ok: boolean; detail: string; cure: string | null }[] = JSON.parse(
    said.stdout.join(''),
  )
  return { code, of: (name: string, host: string) => all.find(one => one.name === name && one.host === host) }
}

describe('doctor', () => {
  it.each([
    ['failed', 'systemctl start nginx'],
    ['broken-config', 'nginx -t'],
  ] as const)('names the cure of an nginx that is %s, and ends with 4', async (nginx, cure) => {
    const fake = new FakeWorld()
    fake.nginx = nginx
    const { code, of } = await findings(fake)
    expect(of('nginx', 'son-wtr')).toMatchObject({ ok: false, cure: expect.stringContaining(cure) })
    expect(code).toBe(4)
  })

  it('finds a host that was set up for another address than the config says', async () => {
    const fake = new FakeWorld()
    fake.policy = { address: '10.0.0.9' }
    const { of } = await findings(fake)
    expect(of('entry point', 'son-pro6000')).toMatchObject({
      ok: false,
      detail: expect.stringContaining('10.0.0.9'),
      cure: expect.stringContaining('papergen setup gpu --apply'),
    })
  })

  it('says what to do about a program that fails', async () => {
    const fake = new FakeWorld()
    const why = 'nvidia-smi is not installed'
    fake.broken.set('gpu.sample', { kind: 'gpu-unseen', host: 'gpu', command: 'nvidia-smi', code: 127, why })
    const { of } = await findings(fake)
    expect(of('GPU', 'son-pro6000')).toMatchObject({ ok: false, cure: expect.stringContaining('nvidia_smi') })
  })

  it('says how to come by a certificate when there is none', async () => {
    const { of } = await findings(new FakeWorld())
    expect(of('certificate', 'son-wtr')).toMatchObject({ ok: false, cure: expect.stringContaining('certbot') })
  })
})
