import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { site } from '../../lab/layout.ts'
import type { Driver } from '../console/driver.ts'
import { asRoot, inHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { expectPapergen, openConsole, papergen, paperIn, type Status, statusOf } from './operator.ts'
import * as make from './troubles.ts'
import { expectSeen } from './world.ts'

/**
 * Troubles made for real on both hosts: `papergen status --json` and the hop chain of a console that was open all the while must
 * name the hop, the cause and what mends it; when it is taken back every paper is ok again.
 */

const ids = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'] as const
type Id = (typeof ids)[number]
const portOf = (id: Id): number => 27000 + ids.indexOf(id)

/** What both the status document and the console are to say. */
type Expected = {
  readonly level: string
  readonly hop: string | null
  readonly cause: RegExp
  readonly fix: string | null
  /** The line of the chain where it breaks. */
  readonly line: RegExp
  readonly next: RegExp
  /** What the status document shows besides. */
  readonly evidence: object
  /** Its row in docs/safety.md, whose words the console shows. */
  readonly fault?: string
}

let console_: Driver

/** A screen on which no cause is wrapped. */
const wide = { columns: 220, rows: 40 }

beforeAll(async () => {
  // Seconds count here: probes come often, and a silent host is waited for as long as nginx waits to connect.
  const config = '/home/son/.config/papergen/config.toml'
  await inHost('gpu', ['sh', '-c', `printf '[probe]\\nevery = "1s"\\ntimeout = "4s"\\n' >> ${config}`])
  for (const id of ids) writeNotebook(`${id}.py`, notebook(id, `Paper ${id}`))
  for (const id of ids) await expectPapergen(0, 'publish', `${id}.py`, '--yes')
  console_ = openConsole(wide)
  await allOkInConsole()
})
afterAll(() => console_?.end())

const allOkInConsole = async (): Promise<void> => {
  await console_.sees(/5 papers +5 ✓/, 60)
}

const allOk = async (): Promise<void> => {
  await allOkInConsole()
  const { papers } = await statusOf()
  expect(papers.map(({ id, verdict }: Status) => `${id} ${verdict.level}`)).toEqual(ids.map(id => `${id} ok`))
}

const expectStatus = (status: Status, id: Id, { level, hop, cause, fix, evidence }: Expected): void => {
  const paper = paperIn(status, id)
  expect(paper.verdict).toEqual({ level, hop, cause: expect.stringMatching(cause), fix })
  expect(paper).toMatchObject(evidence)
}

/** Esc first: a dialog may be open from a test that failed. */
const hopsOf = async (id: Id, ...words: readonly (string | RegExp)[]): Promise<string> => {
  await console_.press('esc').idle().select(id).press('enter').idle().sees(`Hops of ${id}`)
  for (const what of words) await console_.sees(what, 40)
  const seen = console_.screen().join('\n')
  await console_.press('esc').idle()
  return seen
}

const expectBoth = async (id: Id, expected: Expected, status = statusOf): Promise<void> => {
  const seen = await hopsOf(id, expected.line, expected.cause, expected.next)
  if (expected.fault !== undefined) expectSeen(expected.fault, seen)
  expectStatus(await status(), id, expected)
}

/** Asked once for all that is wrong at the same time, and again after a failure. */
const oneStatus = () => {
  let asked: Promise<Status> | null = null
  return {
    status: () => {
      asked ??= statusOf()
      return asked
    },
    forget: () => {
      asked = null
    },
  }
}

const failing = { level: 'failing', fix: null } as const
const restart = { level: 'failing', fix: 'restart' } as const

describe('on the way to five papers at once', () => {
  const undo: make.Undo[] = []
  beforeAll(async () => {
    undo.push(await make.edgeBlocked(portOf('alpha'), 'drop'))
    undo.push(await make.edgeBlocked(portOf('beta'), 'reject with tcp reset'))
    undo.push(await make.portTaken('gamma', portOf('gamma')))
    await make.routesEdited(`sed -i s/${portOf('delta')}/27900/ delta.conf; rm epsilon.conf`)
  })
  const takeBack = async (): Promise<void> => {
    for (const back of undo.splice(0)) await back()
  }
  afterAll(takeBack)
  const { status, forget } = oneStatus()
  afterEach(({ task }) => void (task.result?.state === 'fail' && forget()))

  test.each<[string, Id, Expected]>([
    [
      'a firewall that drops what the edge sends',
      'alpha',
      {
        ...failing,
        hop: 'lan',
        cause:
          /504: from the edge no answer within 4 s, though it answers on son-pro6000 \(a firewall between them\?\)/,
        line: /edge→gpu +✗ no answer within 4 s/,
        next: /Next: on son-pro6000: let son-wtr reach port 27000; sudo nft list ruleset/,
        evidence: { local: { ok: true }, lan: { ok: false }, edge: { kind: 'bad-gateway', status: 504 } },
        fault: 'a firewall before the GPU host drops or refuses the edge',
      },
    ],
    [
      'a firewall that refuses the edge',
      'beta',
      {
        ...failing,
        hop: 'lan',
        cause: /502: from the edge connection refused, though it answers on son-pro6000 \(a firewall between them\?\)/,
        line: /edge→gpu +✗ connection refused/,
        next: /Next: on son-pro6000: let son-wtr reach port 27001/,
        evidence: { local: { ok: true }, lan: { ok: false }, edge: { kind: 'bad-gateway', status: 502 } },
      },
    ],
    [
      'a port that another program took',
      'gamma',
      {
        ...restart,
        hop: 'process',
        cause: /port 27002 is held by python3 \(pid \d+\)/,
        line: /process +✗ port held by python3 \(pid \d+\)/,
        next: /Next: end python3 \(pid \d+\) on son-pro6000; then r restarts it/,
        evidence: { local: { ok: false, status: 404 } },
        fault: 'another program sits on the port of a live paper',
      },
    ],
    [
      'a route led elsewhere by hand',
      'delta',
      {
        level: 'drift',
        hop: 'nginx',
        cause: /route → 27900, the registry says 27003/,
        fix: 'repair',
        line: /nginx +✗ → 27900/,
        next: /Next: x repairs it/,
        evidence: { route: { snippet: 'wrong-port', origin: 'edited' }, lan: { ok: true }, edge: { status: 502 } },
      },
    ],
    [
      'a route deleted by hand',
      'epsilon',
      {
        level: 'drift',
        hop: 'nginx',
        cause: /in the registry, but the edge has no route to it/,
        fix: 'repair',
        line: /nginx +✗ no route/,
        next: /Next: x repairs it/,
        evidence: { route: { snippet: 'missing' }, local: { ok: true }, edge: { kind: 'client-error', status: 404 } },
      },
    ],
  ])('%s', (_, id, expected) => expectBoth(id, expected, status))

  test('taken back, and mended as the console says: all are ok', async () => {
    await takeBack()
    await expectPapergen(0, 'restart', 'gamma', '--yes')
    await expectPapergen(0, 'repair', 'delta', 'epsilon', '--yes')
    await allOk()
  })
})

describe('in the units of five papers at once', () => {
  beforeAll(async () => {
    await make.environmentBroken('alpha', 'lib/python3*/site-packages/uvicorn')
    await make.environmentBroken('beta', 'bin/marimo')
    await make.memoryGone('delta')
    // The first of them is killed long before it would bind the address.
    await Promise.all([make.killedAgainAndAgain('gamma'), make.addressLate('epsilon')])
  })

  const { status, forget } = oneStatus()
  afterEach(({ task }) => void (task.result?.state === 'fail' && forget()))

  const gone = { local: { ok: false }, edge: { kind: 'bad-gateway', status: 502 } }
  const gaveUp = (what: string, why = ''): RegExp => {
    const ended = `${what}, failed \\d times; systemd (?:gave up \\(start limit\\)|tries no more), (?:just now|\\d+ \\w ago)`
    return new RegExp(why === '' ? ended : `${why} \\(${ended}\\)`)
  }
  const givenUp = (what: string, why: string, result: string): Expected => ({
    ...restart,
    hop: 'unit',
    cause: gaveUp(what, why),
    line: new RegExp(`unit +✗ failed \\(${what}`),
    next: /Next: r restarts it/,
    evidence: { ...gone, unit: { state: 'failed', result } },
  })

  test.each<[string, Id, Expected]>([
    [
      'a package that is missing at the start',
      'alpha',
      givenUp('exit 1', "ModuleNotFoundError: No module named 'uvicorn'", 'exit-code'),
    ],
    [
      'a marimo that is gone',
      'beta',
      {
        ...givenUp('203/EXEC: marimo is not there or cannot be run', '', 'exit-code'),
        next: /Next: make marimo run again on son-pro6000 .*; then r restarts it/,
      },
    ],
    ['kill -9 again and again', 'gamma', givenUp('killed by signal 9 \\(KILL\\)', '', 'signal')],
    [
      'no memory left: the kernel kills it',
      'delta',
      make.systemdSeesMemory()
        ? {
            ...givenUp('killed because memory ran out \\(oom-kill\\)', '', 'oom-kill'),
            fault: 'the kernel kills it for want of memory',
          }
        : {
            ...givenUp('killed by signal 9 \\(KILL\\)', '', 'signal'),
            fault: 'the same where control groups are hybrid, and systemd sees a plain signal',
          },
    ],
    [
      'an address that came up after it',
      'epsilon',
      givenUp(
        'exit \\d',
        "\\[Errno 99\\] .*'192\\.168\\.1\\.116', 27004\\): cannot assign requested address",
        'exit-code',
      ),
    ],
  ])('%s', (_, id, expected) => expectBoth(id, expected, status))

  test('restarted, as the console says: all are ok', async () => {
    await expectPapergen(0, 'restart', ...ids, '--yes')
    await allOk()
  })
  // What could not be made must not be in the way of what comes next.
  afterAll(() =>
    asRoot('gpu', ['sh', '-c', `systemctl reset-failed; systemctl start ${ids.map(id => `papergen-${id}`).join(' ')}`]),
  )
})

describe('on a whole host', () => {
  /** Makes it, lets it be looked at, takes it back whatever was seen. */
  const during = async (trouble: Promise<make.Undo>, look: () => Promise<unknown>): Promise<void> => {
    const undo = await trouble
    try {
      await look()
    } finally {
      await undo()
    }
    await allOkInConsole()
  }

  test('nginx is stopped', async () => {
    const trouble = asRoot('edge', ['systemctl', 'stop', 'nginx'])
    await during(
      trouble.then(() => () => asRoot('edge', ['systemctl', 'start', 'nginx'])),
      () =>
        expectBoth('alpha', {
          ...failing,
          hop: 'nginx',
          cause: /nginx on son-wtr is stopped/,
          line: /nginx +✗ inactive/,
          next: /Next: on son-wtr: systemctl status nginx, then sudo systemctl start nginx/,
          evidence: { lan: { ok: true }, edge: { kind: 'refused' } },
          fault: 'nginx is stopped, under papers that are live',
        }),
    )
  })

  test('somebody broke a file of nginx: the old configuration serves on', () =>
    during(make.strangeSite('blog', 'server { lisen 81; }\n'), () =>
      expectBoth('alpha', {
        level: 'degraded',
        hop: 'nginx',
        cause: /served until nginx restarts: its configuration is broken: .*unknown directive "lisen" in .*blog:1/,
        fix: null,
        line: /nginx +✗ → 27000, broken config/,
        next: /Next: on son-wtr: mend what sudo nginx -t says, then sudo systemctl reload nginx/,
        evidence: { edge: { ok: true, status: 200 } },
        fault: 'nginx was broken by somebody else, under papers that are live',
      }),
    ))

  test('nginx has a route that is on no disk any more: repair loads the right one', () =>
    during(
      make.routeEditForgotten('alpha', portOf('alpha')).then(() => () => expectPapergen(0, 'repair', 'alpha', '--yes')),
      () =>
        expectBoth('alpha', {
          level: 'failing',
          hop: 'nginx',
          cause: /502, though the edge reaches it/,
          fix: 'repair',
          line: /edge→gpu +✓ .*\n +nginx +✓ → 27000\n.*\n +public +✗ 502/,
          next: /Next: x repairs it/,
          evidence: { lan: { ok: true }, route: { snippet: 'ok', origin: 'ours' }, edge: { status: 502 } },
          fault: 'nginx serves a route that is on no disk any more',
        }),
    ))

  test('a server block of somebody else claims the name of the site', () =>
    during(make.strangeSite('aaa', make.nameClaimed), () =>
      expectBoth('alpha', {
        ...failing,
        hop: 'nginx',
        cause: /404: nginx on son-wtr serves no route of papergen's; another server block answers/,
        line: /public +✗ 404/,
        next: /Next: on son-wtr: sudo nginx -T shows which server block has the name of the site/,
        evidence: { lan: { ok: true }, route: { snippet: 'ok' }, edge: { kind: 'client-error', status: 404 } },
      }),
    ))

  test('the certificate expired; then it is renewed, and nginx does not load it', () =>
    during(
      make.certificatePlaced(-1, site, true).then(() => renewed),
      async () => {
        const expired = {
          ...failing,
          hop: 'tls',
          line: /tls +✗ expired \d+ \w ago/,
          evidence: { lan: { ok: true }, edge: { kind: 'tls' } },
        }
        await expectBoth('alpha', {
          ...expired,
          cause: /the certificate expired \d+ \w ago$/m,
          next: /Next: on son-wtr: sudo certbot certificates, sudo certbot renew/,
          fault: 'the certificate expired',
        })
        await make.certificatePlaced(90, site, false)
        await expectBoth('alpha', {
          ...expired,
          cause: /the certificate expired \d+ \w ago; a renewed one is on disk, nginx has not loaded it/,
          next: /Next: on son-wtr: sudo systemctl reload nginx/,
          fault: 'the certificate was renewed, and nginx has not loaded it',
        })
        expect((await statusOf()).hosts[1].certificate).toMatchObject({ served_matches_disk: false })
      },
    ))

  test('the certificate is for another name', () =>
    during(
      make.certificatePlaced(90, 'other.example', true).then(() => renewed),
      () =>
        expectBoth('alpha', {
          ...failing,
          hop: 'tls',
          cause: /the certificate is for another name/,
          line: /tls +✗ another name/,
          next: /Next: on son-wtr: sudo certbot certificates/,
          evidence: { lan: { ok: true }, edge: { kind: 'tls' } },
          fault: 'the certificate is for another name',
        }),
    ))

  const renewed = (): Promise<unknown> => make.certificatePlaced(90, site, true)

  test('no way back from the GPU host to the public address', () =>
    during(make.firewall('output', 'tcp dport 443', 'drop'), () =>
      expectBoth('alpha', {
        level: 'unknown',
        hop: 'public',
        cause:
          /son-pro6000 gets no connection to the public page \(no answer within 4 s \(connecting\)\), though nginx on son-wtr serves it: no hairpin NAT/,
        fix: null,
        line: /public +✗ timeout/,
        next: /Next: set site\.connect in the config to the address of son-wtr in this network/,
        evidence: { local: { ok: true }, lan: { ok: true }, edge: { kind: 'timeout' } },
      }),
    ))

  test('the driver was updated under nvidia-smi', () =>
    during(make.driverUpdated(), async () => {
      const words =
        'driver and library versions differ: the host wants a reboot: Failed to initialize NVML: Driver/library version mismatch'
      // Its paper goes on with the driver it has loaded.
      await hopsOf('alpha', `GPU  ${words}`, /public +✓ 200/)
      const { hosts, papers } = await statusOf()
      expect(hosts[0].error).toMatchObject({
        kind: 'gpu-unseen',
        message: expect.stringContaining(words),
        hint: expect.stringContaining('reboot'),
      })
      expect(papers[0].verdict.level).toBe('ok')
    }))

  test('the edge takes no ssh: what was seen last has an age, keys work', () =>
    during(make.sshdStopped(), async () => {
      await console_.sees(/son-wtr ○ reconnecting.*\(connection refused\)/, 40)
      const seen = console_.screen().join('\n')
      await hopsOf('alpha', /edge→gpu +\? son-wtr cannot be asked/, /public +✓ 200/)
      await console_.press('l').idle().sees('Journal: alpha').press('l').idle()
      const ran = await papergen(['status', '--json'])
      expect(ran.code).toBe(4)
      const status = JSON.parse(ran.stdout)
      expectSeen('the edge refuses ssh', `${seen}\n${status.hosts[1].error.hint}`)
      const { verdict } = paperIn(status, 'alpha')
      expect(verdict).toMatchObject({ level: 'unknown', hop: 'nginx', fix: null })
      expect(verdict.cause).toMatch(/the public page answers, but the route cannot be seen: son-wtr .*refused/)
    }))

  test('all are ok at the end', allOk)
})
