import { describe, expect, it } from 'vitest'
import { prepare, type Request } from '../../src/core/operations.ts'
import { planText } from '../../src/core/plan-text.ts'
import { readRegistry, removeEntry } from '../../src/core/registry.ts'
import { exitOf } from '../../src/core/run-plan.ts'
import { removeSidecar } from '../../src/core/sidecar.ts'
import type { FakeUnit, FakeWorld } from './fake-world.ts'
import { liveWorld, mustRun, publishRequest, refusal, refusalOf, run } from './scenario.ts'

const repair: Request = { kind: 'repair', id: null }

const unitOf = (fake: FakeWorld): FakeUnit => fake.units.get('attention')!

const orphan: FakeUnit = {
  port: 27500,
  release: 'x',
  enabled: true,
  active: true,
  serving: { port: 27500, release: 'x' },
  origin: 'ours',
}

it.each<[string, (fake: FakeWorld) => void]>([
  ['a missing unit', fake => fake.units.delete('attention')],
  ['a missing snippet', fake => fake.routes.delete('attention')],
  [
    'a snippet to another port',
    fake => fake.routes.set('attention', { port: 27009, text: 'snippet attention to 27009' }),
  ],
  [
    'a snippet to where the GPU host was before',
    fake => fake.routes.set('attention', { port: 27001, text: 'snippet attention to 27001 at 10.0.0.9' }),
  ],
  ['an edited snippet', fake => fake.routes.set('attention', { port: 27001, text: '# edited to 27001' })],
  ['a route that nginx did not load', fake => fake.unloaded.add('attention')],
  ['an edited unit', fake => Object.assign(unitOf(fake), { origin: 'edited' })],
  [
    'a unit on another port',
    fake => Object.assign(unitOf(fake), { port: 27300, serving: { ...orphan.serving!, port: 27300 } }),
  ],
  ['a stopped unit', fake => Object.assign(unitOf(fake), { active: false, serving: null })],
  ['a unit that would not start after a reboot', fake => Object.assign(unitOf(fake), { enabled: false })],
  ['a unit file that systemd has not read', fake => Object.assign(unitOf(fake), { unread: true })],
  ['an orphan unit', fake => fake.units.set('stray', orphan)],
  ['a second unit left over', fake => fake.units.set('attention--next', orphan)],
  ['an orphan snippet', fake => fake.routes.set('stray', { port: 27500, text: 'snippet stray to 27500' })],
  ['a paper listed that is none', fake => Object.assign(fake, { index: `${fake.index}stray: Stray\n` })],
  ['a paper not listed', fake => Object.assign(fake, { index: 'other: Other\n' })],
])('mends %s, and a second repair finds nothing', async (_, disturb) => {
  const fake = await liveWorld()
  const before = JSON.stringify(fake.picture())
  disturb(fake)
  expect(JSON.stringify(fake.picture())).not.toBe(before)
  await mustRun(fake, repair)
  expect(JSON.stringify(fake.picture())).toBe(before)
  expect((await prepare(fake.world(), repair)).steps).toEqual([])
})

it.each<[string, string | null, (fake: FakeWorld) => void, string]>([
  [
    'a route',
    'attention',
    fake => fake.routes.set('attention', { port: 27009, text: 'snippet attention to 27009' }),
    'attention is repaired: its route leads to port 27001.',
  ],
  [
    'a unit',
    'attention',
    fake => Object.assign(unitOf(fake), { active: false, serving: null }),
    'attention is repaired: papergen-attention.service was enabled and started.',
  ],
  [
    'two papers',
    null,
    fake => {
      fake.units.set('stray', orphan)
      fake.index = 'other: Other\n'
    },
    'everything is repaired: attention: the index page lists it; stray: papergen-stray.service was removed.',
  ],
])('says at the end how things are now, and no name twice: %s', async (_, id, disturb, words) => {
  const fake = await liveWorld()
  disturb(fake)
  expect((await mustRun(fake, { kind: 'repair', id })).summary).toBe(words)
})

it('names the interrupted operation it ended', async () => {
  const fake = await liveWorld()
  await run(fake, { kind: 'unpublish', id: 'attention' }, { fault: { at: 6, when: 'after', as: 'crash' } })
  fake.restartConsole()
  expect((await mustRun(fake, repair)).summary).toMatch(
    /^everything is repaired: the interrupted unpublish of attention was finished or undone/,
  )
})

/** An update that died while its second unit served, after the main one had its new version. */
const deadUpdate = async (): Promise<FakeWorld> => {
  const whole = await liveWorld()
  await run(whole, publishRequest)
  const at = whole.calls.indexOf('gpu.restartUnit attention') + 1
  const fake = await liveWorld()
  await run(fake, publishRequest, { fault: { at, when: 'before', as: 'crash' } })
  fake.restartConsole()
  return fake
}

const full = { kind: 'command-failed', host: 'son-wtr', command: 'route-set', code: 1, output: 'no space' } as const

it('takes no visitor the main unit that answers, when the edge cannot follow to the second one', async () => {
  const fake = await deadUpdate()
  fake.broken.set('edge.setRoute', full)
  expect((await run(fake, repair)).outcome).toMatchObject({ kind: 'failed', problem: full })
  expect(fake.outages).toEqual([])
  expect(fake.isLive('attention')).toBe(true)
  fake.broken.clear()
  expect((await mustRun(fake, repair)).summary).toContain('the interrupted update of attention')
  expect(fake.outages).toEqual([])
  expect((await prepare(fake.world(), repair)).steps).toEqual([])
})

it('puts the main unit back all the same when nobody is answered by it', async () => {
  const fake = await deadUpdate()
  Object.assign(unitOf(fake), { active: false, serving: null })
  fake.broken.set('edge.setRoute', full)
  await mustRun(fake, repair)
  expect(fake.isLive('attention')).toBe(true)
})

it('does nothing where nothing is wrong, and says so', async () => {
  const plan = await prepare((await liveWorld()).world(), repair)
  expect(plan).toMatchObject({ steps: [], title: 'Nothing to repair' })
})

it.each<[string, (fake: FakeWorld) => void, string]>([
  ['a foreign unit', fake => Object.assign(unitOf(fake), { origin: 'foreign' }), 'was not made by papergen'],
  [
    'a foreign snippet',
    fake => fake.routes.set('attention', { port: 1, text: 'return 200;' }),
    'was not made by papergen',
  ],
  [
    'a port somebody holds',
    fake => {
      fake.strangers.add(27001)
      Object.assign(unitOf(fake), { active: false, serving: null })
    },
    'port 27001 is held by nc',
  ],
])('leaves %s alone and names it; asked for this paper it refuses', async (_, disturb, words) => {
  const fake = await liveWorld()
  disturb(fake)
  const before = JSON.stringify(fake.picture())
  const plan = await prepare(fake.world(), repair)
  expect(plan.steps).toEqual([])
  expect(plan.title).toContain(words)
  expect(await refusal(fake, { kind: 'repair', id: 'attention' })).toBe('foreign')
  expect(JSON.stringify(fake.picture())).toBe(before)
})

/** As a copy of state.json from before the publish of `attention` leaves it. */
const lose = (fake: FakeWorld): void => {
  fake.state = removeEntry(fake.state!, 'attention')
}

describe('an entry the registry has lost', () => {
  it.each<[string, (fake: FakeWorld) => void]>([
    ['by an older copy of state.json', lose],
    [
      'by an older copy of state.json and of the sidecar',
      fake => {
        lose(fake)
        fake.sidecar = removeSidecar(fake.sidecar!, 'attention')
      },
    ],
    [
      'with its route',
      fake => {
        lose(fake)
        fake.routes.delete('attention')
      },
    ],
    [
      'while its unit was edited and its route leads elsewhere',
      fake => {
        lose(fake)
        unitOf(fake).origin = 'edited'
        fake.routes.set('attention', { port: 27009, text: 'snippet attention to 27009' })
      },
    ],
    [
      'and the index page too',
      fake => {
        lose(fake)
        fake.index = 'other: Other\n'
      },
    ],
  ])('is put back as it was: %s', async (_, disturb) => {
    const fake = await liveWorld()
    const before = JSON.stringify(fake.picture())
    disturb(fake)
    expect((await mustRun(fake, repair)).summary).toContain('its entry for port 27001 is in the registry again')
    expect(JSON.stringify(fake.picture())).toBe(before)
    expect(fake.outages.filter(words => !words.includes('attention'))).toEqual([])
    expect((await prepare(fake.world(), repair)).steps).toEqual([])
  })

  it('is not made up for a unit that runs elsewhere than its route leads', async () => {
    const fake = await liveWorld()
    fake.units.set('stray', orphan)
    fake.routes.set('stray', { port: 27009, text: 'snippet stray to 27009' })
    const before = fake.picture()
    await mustRun(fake, repair)
    expect(fake.picture()).toMatchObject({ state: (before as { state: string }).state })
    expect([fake.units.has('stray'), fake.routes.has('stray')]).toEqual([false, false])
  })

  it('comes back with every other one when state.json is gone, and no paper is touched', async () => {
    const fake = await liveWorld()
    const before = fake.picture()
    fake.state = null
    await mustRun(fake, repair)
    expect(fake.picture()).toEqual({ ...before, state: fake.state })
    expect(readRegistry(fake.state, 'state.json', [27000, 27999]).entries.map(({ id, port }) => [id, port])).toEqual([
      ['other', 27000],
      ['attention', 27001],
    ])
    expect(fake.outages).toEqual([])
  })

  it.each<[string, (fake: FakeWorld) => void]>([
    [
      'on the port of another paper',
      fake => {
        unitOf(fake).port = 27000
      },
    ],
    [
      'outside the range',
      fake => {
        unitOf(fake).port = 8000
      },
    ],
  ])('is not made up for a unit %s', async (_, disturb) => {
    const fake = await liveWorld()
    lose(fake)
    disturb(fake)
    expect((await prepare(fake.world(), repair)).steps.map(({ title }) => title).join()).toContain('remove it')
  })
})

describe('an orphan whose removal would destroy something', () => {
  it.each<[string, (fake: FakeWorld) => void, string, string]>([
    [
      'an edited unit',
      fake => fake.units.set('stray', { ...orphan, origin: 'edited' }),
      'papergen-stray.service was edited by hand, and there is no registry entry',
      'sudo systemctl disable --now papergen-stray.service',
    ],
    [
      'an adopted unit',
      fake => fake.units.set('stray', { ...orphan, origin: 'adopted' }),
      'papergen-stray.service was written by other hands',
      'add its id and port to /home/son/prj/thesis/state/state.json',
    ],
    [
      'an edited route',
      fake => fake.routes.set('stray', { port: 27500, text: '# edited to 27500' }),
      'stray.conf on son-wtr was edited by hand',
      'sudo rm /etc/nginx/snippets/learn-papers/stray.conf',
    ],
    [
      'an adopted route',
      fake => fake.routes.set('stray', { port: 27500, text: '# adopted to 27500' }),
      'stray.conf on son-wtr was written by other hands',
      'sudo nginx -t',
    ],
    [
      'a unit that does not run, with a route that leads to it',
      fake => {
        fake.units.set('stray', { ...orphan, active: false, serving: null })
        fake.routes.set('stray', { port: 27500, text: 'snippet stray to 27500' })
      },
      'its unit and its route belong together, and there is no registry entry for them',
      'sudo systemctl disable --now papergen-stray.service',
    ],
    [
      'a unit beside a missing registry',
      fake => {
        fake.state = null
        fake.units.set('stray', orphan)
      },
      'state.json is missing, so nothing tells whether papergen-stray.service is still wanted',
      'put the file back',
    ],
    [
      'a route beside a missing registry',
      fake => {
        fake.state = null
        fake.routes.set('stray', { port: 27500, text: 'snippet stray to 27500' })
      },
      'state.json is missing, so nothing tells whether stray.conf on son-wtr is still wanted',
      'put the file back',
    ],
  ])('is left alone, with the reason and what a person can do: %s', async (_, disturb, why, hint) => {
    const fake = await liveWorld()
    disturb(fake)
    fake.index += 'stray: Stray\n'
    const { units, routes } = fake.picture() as { units: object; routes: object }
    const { title, steps } = await prepare(fake.world(), repair)
    expect(title).toContain(why)
    expect(steps.every(step => !step.name.includes('stray'))).toBe(true)
    const refused = await refusalOf(fake, { kind: 'repair', id: 'stray' })
    expect(refused).toMatchObject({
      kind: 'bad-argument',
      why: expect.stringContaining(why),
      hint: expect.stringContaining(hint),
    })
    expect(fake.picture()).toMatchObject({ units, routes })
  })

  it.each<[string, (fake: FakeWorld) => void, string]>([
    ['an orphan unit', fake => fake.units.set('stray', orphan), '       | -[Service]'],
    [
      'an orphan route',
      fake => fake.routes.set('stray', { port: 27500, text: 'snippet stray to 27500' }),
      '       | -snippet stray to 27500',
    ],
    ['a second unit', fake => fake.units.set('attention--next', orphan), '       | -[Service]'],
  ])('shows all that goes with it: %s', async (_, disturb, line) => {
    const fake = await liveWorld()
    disturb(fake)
    expect(planText(await prepare(fake.world(), repair))).toContain(line)
  })
})

it.each<[string, (fake: FakeWorld) => void, string, string]>([
  [
    'an edited unit without its snapshot',
    fake => {
      unitOf(fake).origin = 'edited'
      fake.releases.clear()
    },
    'there is no snapshot of it',
    'publish attention again',
  ],
  [
    'an index page without marker lines',
    fake => {
      fake.index = '<h1>mine</h1>'
    },
    'has no papergen marker lines to write between',
    '',
  ],
])('leaves %s alone', async (_, disturb, why, hint) => {
  const fake = await liveWorld()
  disturb(fake)
  expect((await prepare(fake.world(), repair)).title).toContain(why)
  expect(JSON.stringify(await refusalOf(fake, { kind: 'repair', id: 'attention' }))).toContain(hint)
})

it('mends one paper only when asked for one', async () => {
  const fake = await liveWorld()
  fake.units.set('stray', orphan)
  fake.routes.delete('attention')
  await mustRun(fake, { kind: 'repair', id: 'attention' })
  expect(fake.units.has('stray')).toBe(true)
  expect(fake.isLive('attention')).toBe(true)
})

it('a mend that fails is told, frees both hosts, and the next repair goes on', async () => {
  const fake = await liveWorld()
  const before = JSON.stringify(fake.picture())
  fake.units.delete('attention')
  fake.broken.set('gpu.startUnit', { kind: 'command-failed', host: 'h', command: 'c', code: 1, output: '' })
  const report = await run(fake, repair)
  expect(report.outcome).toMatchObject({ kind: 'failed', leftBehind: ['papergen repair'] })
  expect(exitOf(report)).toBe(5)
  expect([fake.gpuLock, fake.edgeLock]).toEqual([null, null])
  fake.broken.clear()
  await mustRun(fake, repair)
  await mustRun(fake, repair)
  expect(JSON.stringify(fake.picture())).toBe(before)
})

it.each<[string, (fake: FakeWorld) => void, readonly string[]]>([
  [
    'a stopped unit',
    fake => Object.assign(unitOf(fake), { active: false, serving: null }),
    ['systemctl --user enable papergen-attention.service', 'systemctl --user start papergen-attention.service'],
  ],
  [
    'an edited unit',
    fake => Object.assign(unitOf(fake), { origin: 'edited' }),
    [
      'systemctl --user daemon-reload',
      ...['enable', 'start', 'reset-failed', 'restart'].map(
        verb => `systemctl --user ${verb} papergen-attention.service`,
      ),
    ],
  ],
  [
    'an orphan unit',
    fake => fake.units.set('stray', orphan),
    [
      'systemctl --user stop papergen-stray.service',
      'systemctl --user disable papergen-stray.service',
      'systemctl --user daemon-reload',
    ],
  ],
  [
    'an orphan snippet',
    fake => fake.routes.set('stray', { port: 27500, text: 'snippet stray to 27500' }),
    ['nginx -t  (on a private copy, before the swap)', 'systemctl reload nginx'],
  ],
])('the dry run of mending %s names the commands that run', async (_, disturb, commands) => {
  const fake = await liveWorld()
  disturb(fake)
  const world = fake.world()
  const config = { ...world.config, gpu: { ...world.config.gpu, systemd: 'user' } } as const
  const { steps } = await prepare({ ...world, config }, repair)
  const effects = steps.flatMap(step => step.effects)
  expect(effects.flatMap(effect => (effect.kind === 'run' ? [effect.command] : []))).toEqual(
    expect.arrayContaining([...commands]),
  )
})
