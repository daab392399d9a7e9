import { describe, expect, it } from 'vitest'
import type { Problem } from '../../src/core/errors.ts'
import { prepare, type Request } from '../../src/core/operations.ts'
import { planText } from '../../src/core/plan-text.ts'
import { exitOf } from '../../src/core/run-plan.ts'
import type { FakeWorld } from './fake-world.ts'
import {
  emptyWorld,
  liveWorld,
  mustRun,
  newRelease,
  notebook,
  oldRelease,
  publishRequest,
  refusal,
  repairAfterCrash,
  run,
  updatedWorld,
} from './scenario.ts'

const lost: Problem = { kind: 'connection-lost', host: 'son-wtr', during: 'a request' }
const boom: Problem = { kind: 'command-failed', host: 'h', command: 'c', code: 1, output: 'disk full' }

type Case = { readonly name: string; readonly make: () => Promise<FakeWorld>; readonly request: Request }

const cases: readonly Case[] = [
  { name: 'publish', make: async () => emptyWorld(), request: publishRequest },
  { name: 'update', make: liveWorld, request: publishRequest },
  { name: 'rollback', make: updatedWorld, request: { kind: 'rollback', id: 'attention' } },
  { name: 'unpublish', make: liveWorld, request: { kind: 'unpublish', id: 'attention' } },
]

/** Times differ between two runs; the rest of a picture does not. */
const stable = (picture: object): string => JSON.stringify(picture).replace(/\d{4}-\d\d-\d\dT[\d:]+Z/g, 'TIME')

const happy = async ({ make, request }: Case) => {
  const fake = await make()
  const before = stable(fake.picture())
  await mustRun(fake, request)
  return { before, after: stable(fake.picture()), calls: fake.calls, outages: fake.outages }
}

describe('the way things should go', () => {
  it('publishes: proves each hop before the next, both locks free at the end', async () => {
    const fake = emptyWorld()
    const report = await mustRun(fake, publishRequest)
    const made = fake.calls.filter(
      call => !/^(intents\.put|state|(gpu|edge)\.holder|sidecar|units|clock|edge\.state)/.test(call),
    )
    expect(made.map(call => call.split(' ')[0])).toEqual(
      (
        'notebooks.open gpu.begin edge.begin releases.list releases.make gpu.listener gpu.writeUnit gpu.startUnit ' +
        'prober.local gpu.listener prober.lan edge.setRoute prober.public edge.setIndex edge.confirm releases.prune ' +
        'intents.remove edge.end gpu.end audit.append'
      ).split(' '),
    )
    expect(fake.units.get('attention')).toMatchObject({ port: 27000, release: oldRelease, enabled: true, active: true })
    expect(fake.routes.get('attention')?.port).toBe(27000)
    expect(fake.index).toBe('attention: Attention\n')
    expect(JSON.parse(fake.state!).papers.attention).toMatchObject({ port: 27000, title: 'Attention', notebook })
    expect(fake.sidecar).not.toContain('pending')
    expect(report.summary).toBe('attention is live at https://learn.ericfromkorea.com/thesis/attention/')
    expect(fake.picture()).toMatchObject({ intents: [], locks: [null, null], journals: [null, null] })
    expect(report.op).toBe('20261123070000123-publish-attention')
  })

  it('keeps the route of an update on trial for as long as the main unit takes to start, whatever the day', async () => {
    const fake = await liveWorld()
    fake.stepped = 1_000_000_000_000
    let prolonged = fake.now
    let longest = 0
    fake.afterCall = call => {
      if (call === 'gpu.restartUnit attention') fake.slowUntil.set(27001, fake.now + 100_000)
      if (/^edge\.(hold|setRoute|setIndex)/.test(call)) prolonged = fake.now
      if (fake.routes.get('attention')?.port !== 27001) longest = Math.max(longest, fake.now - prolonged)
    }
    await mustRun(fake, publishRequest)
    // The edge puts a route back that was not prolonged for 60 s.
    expect(longest).toBeGreaterThan(0)
    expect(longest).toBeLessThan(60_000)
  })

  it('updates a live paper without a gap, and keeps its port', async () => {
    const fake = await liveWorld()
    const gaps: string[] = []
    fake.afterCall = call => void (fake.isLive('attention') || gaps.push(call))
    await mustRun(fake, publishRequest)
    expect([...gaps, ...fake.outages]).toEqual([])
    expect(fake.units.get('attention')?.serving).toEqual({ port: 27001, release: newRelease })
    expect([...fake.units.keys()].sort()).toEqual(['attention', 'other'])
    expect(fake.routes.get('attention')?.port).toBe(27001)
  })

  it('says how many viewers an update drops', async () => {
    const fake = await liveWorld()
    expect((await prepare(fake.world(), publishRequest)).title).toBe('Update attention (2 open sessions start anew)')
  })

  it('rolls back to the release before, and has none before that', async () => {
    const fake = await updatedWorld()
    await mustRun(fake, { kind: 'rollback', id: 'attention' })
    expect(fake.units.get('attention')?.serving?.release).toBe(oldRelease)
    expect(await refusal(fake, { kind: 'rollback', id: 'attention' })).toBe('bad-argument')
  })

  it('unpublishes: off the index, off the edge, then off the host; snapshots stay', async () => {
    const fake = await liveWorld()
    await mustRun(fake, { kind: 'unpublish', id: 'attention' })
    const order = fake.calls.filter(call => /^(edge\.(setIndex|dropRoute|confirm)|gpu\.removeUnit|prober)/.test(call))
    expect(order.map(call => call.split(' ')[0])).toEqual(
      'edge.setIndex edge.dropRoute prober.public edge.confirm gpu.removeUnit'.split(' '),
    )
    expect(fake.index).toBe('other: Other\n')
    expect([...fake.units.keys()]).toEqual(['other'])
    expect(Object.keys(JSON.parse(fake.state!).papers)).toEqual(['other'])
    expect([...fake.releases.keys()]).toContain(`attention/${oldRelease}`)
  })

  it('restarts under the lock of the GPU host alone', async () => {
    const fake = await liveWorld()
    await mustRun(fake, { kind: 'restart', id: 'attention' })
    const changes = fake.calls.filter(call => /^(gpu|edge)\.(?!holder)/.test(call)).map(call => call.split(' ')[0])
    expect(changes).toEqual(['gpu.begin', 'gpu.restartUnit', 'gpu.listener', 'gpu.end'])
  })

  it('a restart that does not come up leaves the unit, shows its last lines and frees the host', async () => {
    const fake = await liveWorld()
    fake.sick.add(oldRelease)
    const report = await run(fake, { kind: 'restart', id: 'attention' })
    expect(report.outcome).toMatchObject({ kind: 'failed', leftBehind: [] })
    expect(report.steps.find(step => step.state === 'failed')?.output).toContain('attention said its last words')
    expect(exitOf(report)).toBe(1)
    expect(fake.gpuLock).toBeNull()
  })
})

describe.each(cases)('$name, whatever fails', one => {
  it('every call, before and after its effect: as before, or forward behind the commit point', async () => {
    const { before, after, calls } = await happy(one)
    for (let at = 0; at < calls.length; at++)
      for (const when of ['before', 'after'] as const) {
        const fake = await one.make()
        const report = await run(fake, one.request, { fault: { at, when, as: boom } })
        const where = `${when} ${calls[at]} -> ${report.outcome.kind} ${report.summary}`
        if (report.outcome.kind === 'done') expect(stable(fake.picture()), where).toBe(after)
        if (report.outcome.kind === 'rolled-back') expect(stable(fake.picture()), where).toBe(before)
        if (report.outcome.kind !== 'failed' && report.outcome.kind !== 'half-rolled-back') continue
        await repairAfterCrash(fake)
        expect([before, after], where).toContain(stable(fake.picture()))
      }
  })

  it('both links cut at every call: taken up again, or told and repaired', async () => {
    const { before, after, calls } = await happy(one)
    for (let at = 0; at < calls.length; at++)
      for (const when of ['before', 'after'] as const) {
        const fake = await one.make()
        fake.cutAt = at
        const report = await run(fake, one.request, { fault: { at, when, as: lost } })
        const where = `cut ${when} ${calls[at]} -> ${report.outcome.kind} ${report.summary}`
        if (report.outcome.kind === 'done') expect(stable(fake.picture()), where).toBe(after)
        if (report.outcome.kind === 'rolled-back') expect(stable(fake.picture()), where).toBe(before)
        if (report.outcome.kind === 'done' || report.outcome.kind === 'rolled-back') continue
        await repairAfterCrash(fake)
        expect([before, after], where).toContain(stable(fake.picture()))
      }
  })

  it('a cancel at every call: as before, or it was too late and is done', async () => {
    const { before, after, calls } = await happy(one)
    for (let at = 0; at < calls.length - 1; at++) {
      const fake = await one.make()
      const report = await run(fake, one.request, { cancelAt: at })
      const where = `at ${calls[at]} -> ${report.outcome.kind} ${JSON.stringify(report.outcome)}`
      expect(['done', 'rolled-back'], where).toContain(report.outcome.kind)
      expect(stable(fake.picture()), where).toBe(report.outcome.kind === 'done' ? after : before)
      expect(exitOf(report), where).toBe(report.outcome.kind === 'done' ? 0 : 130)
      if (one.name !== 'unpublish') expect(fake.outages, where).toEqual([])
    }
  })

  it('the console killed at every call: old or new after a repair, and a second repair finds nothing', async () => {
    const { before, after, calls } = await happy(one)
    for (let at = 0; at < calls.length; at++)
      for (const when of ['before', 'after'] as const) {
        const fake = await one.make()
        await run(fake, one.request, { fault: { at, when, as: 'crash' } })
        await repairAfterCrash(fake)
        const where = `killed ${when} ${calls[at]}`
        expect([before, after], where).toContain(stable(fake.picture()))
        const again = await prepare(fake.world(), { kind: 'repair', id: null })
        expect(again.steps, where).toEqual([])
        if (one.name !== 'unpublish') expect(fake.outages, where).toEqual([])
      }
  })
})

describe('a version that does not start', () => {
  it('is undone with its last lines; nothing of it stays', async () => {
    const fake = emptyWorld()
    const before = stable(fake.picture())
    fake.sick.add(oldRelease)
    const report = await run(fake, publishRequest)
    expect(report.outcome).toMatchObject({
      kind: 'rolled-back',
      problem: {
        ...{ kind: 'step-failed', step: 'health' },
        next: 'mend papers/attention.py and publish it again',
        journalOf: 'attention',
      },
    })
    expect(report.steps.flatMap(step => step.output)).toContain('attention said its last words')
    expect(stable(fake.picture())).toBe(before)
    expect(exitOf(report)).toBe(1)
  })

  it('never reaches the visitors of a live paper', async () => {
    const fake = await liveWorld()
    fake.sick.add(newRelease)
    const report = await run(fake, publishRequest)
    expect(report.outcome.kind).toBe('rolled-back')
    expect(fake.outages).toEqual([])
    expect(fake.calls.some(call => call.startsWith('edge.setRoute'))).toBe(false)
  })

  it('a main unit that fails in an update is put back while the second unit serves', async () => {
    const fake = await liveWorld()
    const before = stable(fake.picture())
    const gaps: string[] = []
    fake.afterCall = call => {
      if (call.startsWith('gpu.restartUnit attention') && !fake.calls.some(c => c.startsWith('gpu.undoUnit')))
        fake.broken.set('prober.lan', boom)
      if (!fake.isLive('attention')) gaps.push(call)
    }
    const report = await run(fake, publishRequest)
    expect(report.outcome.kind).toBe('rolled-back')
    expect([...gaps, ...fake.outages]).toEqual([])
    expect(stable(fake.picture())).toBe(before)
  })

  it('a route that the edge put back in silence is missed before the main unit changes under its visitors', async () => {
    const fake = await liveWorld()
    const before = stable(fake.picture())
    let isCut = false
    fake.afterCall = call => {
      if (isCut || !call.startsWith('prober.public')) return
      isCut = true
      fake.closeEdge()
    }
    const report = await run(fake, publishRequest)
    expect(report.outcome.kind).toBe('rolled-back')
    expect(isCut).toBe(true)
    expect(fake.outages).toEqual([])
    expect(stable(fake.picture())).toBe(before)
  })
})

describe('an undo that fails', () => {
  it('is told with the commands, keeps the intent, and repair finishes it', async () => {
    const fake = emptyWorld()
    const before = stable(fake.picture())
    fake.hasWebSocket = false
    fake.broken.set('gpu.undoUnit', boom)
    const report = await run(fake, publishRequest)
    expect(report.outcome).toMatchObject({
      kind: 'half-rolled-back',
      leftBehind: [
        'sudo systemctl disable --now papergen-attention.service  # on son-pro6000',
        'sudo rm /etc/systemd/system/papergen-attention.service  # on son-pro6000',
        'sudo systemctl daemon-reload  # on son-pro6000',
      ],
    })
    expect(exitOf(report)).toBe(5)
    expect(fake.intents.size).toBe(1)
    expect([fake.gpuLock, fake.edgeLock]).toEqual([null, null])
    expect(await refusal(fake, publishRequest)).toBe('needs-repair')
    fake.broken.clear()
    await mustRun(fake, { kind: 'repair', id: 'attention' })
    expect(stable(fake.picture())).toBe(before)
  })
})

describe('the answer to confirm is lost', () => {
  /** The link goes, so the edge ends its program: unconfirmed, it puts the old state back. */
  const cut = async (when: 'before' | 'after') => {
    const { before, after, calls } = await happy(cases[0]!)
    const fake = emptyWorld()
    const at = calls.indexOf('edge.confirm')
    fake.cutAt = at
    const report = await run(fake, publishRequest, { fault: { at, when, as: lost } })
    return { before, after, report, now: stable(fake.picture()) }
  }

  it('and it was confirmed: goes on', async () => {
    const { after, report, now } = await cut('after')
    expect(report.outcome.kind).toBe('done')
    expect(now).toBe(after)
  })

  it('and it was not: undoes', async () => {
    const { before, report, now } = await cut('before')
    expect(report.outcome.kind).toBe('rolled-back')
    expect(now).toBe(before)
    expect(exitOf(report)).toBe(4)
  })

  it.each(['before', 'after'] as const)(
    'and nobody can be asked (lost %s): says so, and repair decides',
    async when => {
      const { before, after, calls } = await happy(cases[0]!)
      const fake = emptyWorld()
      fake.broken.set('edge.resume', { kind: 'host-unreachable', host: 'son-wtr', address: 'a', why: 'no route' })
      const at = calls.indexOf('edge.confirm')
      fake.cutAt = at
      const report = await run(fake, publishRequest, { fault: { at, when, as: lost } })
      expect(report.outcome).toMatchObject({ kind: 'failed', leftBehind: ['papergen repair attention'] })
      expect(exitOf(report)).toBe(5)
      fake.broken.clear()
      await repairAfterCrash(fake)
      expect(stable(fake.picture())).toBe(when === 'after' ? after : before)
    },
  )
})

describe('refusals before anything begins', () => {
  it.each<[string, string, (fake: FakeWorld) => void, Request]>([
    [
      'read only',
      'read-only',
      fake => {
        fake.readOnly = true
      },
      publishRequest,
    ],
    ['no such notebook', 'bad-notebook', () => undefined, { ...publishRequest, notebook: 'papers/none.py' } as Request],
    ['a wrong id', 'bad-argument', () => undefined, { ...publishRequest, id: 'Not An Id' } as Request],
    ['a port out of range', 'port-unavailable', () => undefined, { ...publishRequest, port: 80 } as Request],
    [
      'a port somebody listens on',
      'port-unavailable',
      fake => void fake.strangers.add(27005),
      { ...publishRequest, port: 27005 } as Request,
    ],
    [
      'nginx down',
      'nginx-down',
      fake => {
        fake.nginx = 'failed'
      },
      publishRequest,
    ],
    [
      'nginx broken',
      'nginx-broken',
      fake => {
        fake.nginx = 'broken-config'
      },
      publishRequest,
    ],
    [
      'a broken registry',
      'bad-state',
      fake => {
        fake.state = '{"papers": {'
      },
      publishRequest,
    ],
    ['an unknown paper', 'bad-argument', () => undefined, { kind: 'unpublish', id: 'nobody' }],
    [
      'a foreign snippet in the way',
      'foreign',
      fake => void fake.routes.set('attention', { port: 1, text: 'return 200;' }),
      publishRequest,
    ],
  ])('%s', async (_, kind, arrange, request) => {
    const fake = emptyWorld()
    arrange(fake)
    const before = stable(fake.picture())
    expect(await refusal(fake, request)).toBe(kind)
    expect(stable(fake.picture())).toBe(before)
    expect(fake.calls.filter(call => /\.(begin|put|update|make|writeUnit|setRoute)/.test(call))).toEqual([])
  })

  it('takes the next port when a stranger listens on the lowest', async () => {
    const fake = emptyWorld()
    fake.strangers.add(27000)
    await mustRun(fake, publishRequest)
    expect(fake.units.get('attention')?.port).toBe(27001)
  })

  it('is refused when the other host is locked, and frees its own lock', async () => {
    const fake = emptyWorld()
    fake.edgeLock = 'somebody'
    const report = await run(fake, publishRequest)
    expect(report.outcome).toMatchObject({ kind: 'rolled-back', problem: { kind: 'locked' } })
    expect(exitOf(report)).toBe(1)
    expect(fake.gpuLock).toBeNull()
    expect(fake.edgeLock).toBe('somebody')
    expect(report.summary).toBe('Nothing was changed for attention.')
  })
})

it('the dry run names exact files, contents and commands', async () => {
  const text = planText(await prepare(emptyWorld().world(), publishRequest))
  expect(text).toContain('write  son-pro6000:/etc/systemd/system/papergen-attention.service')
  expect(text).toContain(`| unit attention on 27000 with ${oldRelease}`)
  expect(text).toContain('write  son-wtr:/etc/nginx/snippets/learn-papers/attention.conf')
  expect(text).toContain('| snippet attention to 27000')
  expect(text).toContain('run    son-pro6000: systemctl start papergen-attention.service')
  expect(text).toContain('Route attention to port 27000, on trial')
  expect(text).toContain('Make it final on son-wtr')
})

it('the dry run says once from where on nothing is undone', async () => {
  for (const request of [publishRequest, { kind: 'unpublish', id: 'attention' } as const]) {
    const text = planText(await prepare((await liveWorld()).world(), request))
    expect(text.match(/after this step the operation only goes forward/g)).toHaveLength(1)
  }
})
