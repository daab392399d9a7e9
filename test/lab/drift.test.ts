import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asRoot, fetchThroughEdge, inHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import {
  emptyRegistry,
  eventually,
  expectPapergen,
  installWrapper,
  mainPid,
  papergen,
  paperIn,
  project,
  readState,
  statusOf,
  unpublishAll,
  writeState,
} from './operator.ts'
import { takeStock } from './unchanged.ts'

/** The four records of a paper made to disagree for real: how it is named, what the repair shows, and how both hosts are after it. */

const snippet = '/etc/nginx/snippets/learn-papers/drifter.conf'
const unit = '/etc/systemd/system/papergen-drifter.service'
const page = '/var/www/learn.ericfromkorea.com/thesis/index.html'

const onGpu = (script: string): Promise<string> => asRoot('gpu', ['sh', '-eu', '-c', script])
const onEdge = (script: string): Promise<string> => asRoot('edge', ['sh', '-eu', '-c', script])
const cause = async (id: string): Promise<string> => paperIn(await statusOf(id), id).verdict.cause
const answer = async (id: string): Promise<number> => (await fetchThroughEdge(`/thesis/${id}/health`)).status

beforeAll(async () => {
  await installWrapper()
  for (const id of ['drifter', 'bystander']) {
    writeNotebook(`${id}.py`, notebook(id, id))
    await expectPapergen(0, 'publish', `${id}.py`, '--yes')
  }
})
afterAll(unpublishAll)

describe('a disagreement is named, its repair shown, and mended to the last byte', () => {
  const kinds: readonly (readonly [
    what: string,
    disturb: () => Promise<unknown>,
    named: RegExp,
    shown: readonly string[],
  ])[] = [
    [
      'no unit',
      () => onGpu(`systemctl disable --now -q papergen-drifter; rm ${unit}; systemctl daemon-reload`),
      /in the registry, but there is no unit/,
      ['papergen-drifter.service is missing', `write  son-pro6000:${unit}`],
    ],
    [
      'a unit that was edited',
      () => onGpu(`sed -i 's/^RestartSec=.*/RestartSec=77s/' ${unit}; systemctl daemon-reload`),
      /the unit was edited by hand/,
      ['was edited by hand: write it for port', '| -RestartSec=77s', '| +RestartSec=1s'],
    ],
    [
      'a unit that would not start at boot',
      () => onGpu('systemctl disable -q papergen-drifter'),
      /not enabled: it will not start at boot/,
      ['enable and start it', 'systemctl enable papergen-drifter.service', 'systemctl start papergen-drifter.service'],
    ],
    [
      'a unit that was stopped',
      () => onGpu('systemctl stop papergen-drifter'),
      /^stopped/,
      [
        'does not run, or not after a reboot',
        'systemctl enable papergen-drifter.service',
        'systemctl start papergen-drifter.service',
      ],
    ],
    [
      'no route',
      () => onEdge(`rm ${snippet}; systemctl reload nginx`),
      /the edge has no route to it/,
      ['drifter.conf is missing: route to port', `write  son-wtr:${snippet}`],
    ],
    [
      'a route to another port',
      () => onEdge(`sed -i 's/:270\\(..\\);/:279\\1;/' ${snippet}; systemctl reload nginx`),
      /route → 279\d\d, the registry says 270\d\d/,
      [
        'drifter.conf routes elsewhere',
        '| -    proxy_pass http://192.168.1.116:279',
        '| +    proxy_pass http://192.168.1.116:270',
      ],
    ],
    [
      'a route that was edited',
      () => onEdge(`sed -i 's/100m/7m/' ${snippet}; systemctl reload nginx`),
      /the route was edited by hand/,
      ['drifter.conf was edited by hand', '| -    client_max_body_size 7m;', '| +    client_max_body_size 100m;'],
    ],
    [
      'a paper that is not listed',
      () => onEdge(`sed -i '/thesis.drifter/d' ${page}`),
      /published, but not listed on the index page/,
      ['it is live but not on the index page: list it', `write  son-wtr:${page}`],
    ],
  ]
  test.each(kinds)('%s', async (_, disturb, named, shown) => {
    const changes = takeStock()
    const others = await mainPid('bystander')
    await disturb()
    expect(await cause('drifter')).toMatch(named)
    const dry = (await expectPapergen(0, 'repair', '--dry-run')).stdout
    for (const words of shown) expect(dry).toContain(words)
    await expectPapergen(0, 'repair', '--yes')
    expect(changes()).toEqual([])
    expect([await answer('drifter'), await answer('bystander')]).toEqual([200, 200])
    expect(await mainPid('bystander')).toBe(others)
    expect((await expectPapergen(0, 'repair', '--yes')).stdout).toContain('Nothing to repair')
  })
})

describe('what mending would destroy is left alone, with the reason', () => {
  const foreign: readonly (readonly [what: string, role: 'gpu' | 'edge', path: string, text: string, why: RegExp])[] = [
    [
      'a unit',
      'gpu',
      unit,
      '[Service]\nExecStart=/bin/sleep infinity\n',
      /papergen-drifter\.service was not made by papergen/,
    ],
    ['a route', 'edge', snippet, '# of somebody else\n', /drifter\.conf on son-wtr was not made by papergen/],
  ]
  test.each(foreign)('%s of somebody else', async (_, role, path, text, why) => {
    const changes = takeStock()
    await asRoot(role, ['sh', '-eu', '-c', `cp -p ${path} /root/kept; cat > ${path}`], { stdin: text })
    try {
      await onGpu('systemctl daemon-reload')
      const ran = await papergen(['repair', 'drifter', '--yes'])
      expect(ran.code).not.toBe(0)
      expect(ran.stdout + ran.stderr).toMatch(why)
      expect(await asRoot(role, ['cat', path])).toBe(text)
    } finally {
      await asRoot(role, ['sh', '-eu', '-c', `cp -p /root/kept ${path}; rm /root/kept`])
      await onGpu('systemctl daemon-reload')
    }
    expect(changes()).toEqual([])
  })
})

test('an edge that was set up anew gets all its routes and the page back in one go; no paper restarts', async () => {
  const before = await Promise.all(['drifter', 'bystander'].map(mainPid))
  const changes = takeStock()
  const { stdout: script } = await expectPapergen(0, 'setup', 'edge')
  await onEdge(`rm -rf /etc/nginx/snippets/learn-papers /etc/nginx/conf.d/papergen.conf /usr/local/libexec/papergen-edge* \
    /usr/local/share/papergen /etc/papergen /etc/sudoers.d/papergen-edge /var/lib/papergen/edge ${page}; systemctl reload nginx`)
  // A reload returns before the former workers are gone.
  for (const id of ['drifter', 'bystander'])
    await eventually(`no route to ${id}`, 20, async () => (await answer(id)) === 404)
  expect((await expectPapergen(4, 'repair', '--yes')).stderr).toContain('papergen setup edge')
  await asRoot('edge', ['bash', '-s'], { stdin: script })
  const { stdout } = await expectPapergen(0, 'repair', '--yes')
  expect(stdout).toMatch(/drifter: its route leads to port \d+, the index page lists it/)
  expect(stdout).toMatch(/bystander: its route leads to port \d+/)
  expect([await answer('drifter'), await answer('bystander')]).toEqual([200, 200])
  expect(await Promise.all(['drifter', 'bystander'].map(mainPid))).toEqual(before)
  expect(changes()).toEqual([])
})

describe('hosts as the older Python code left them', () => {
  const oldUnit = `[Unit]
Description=old lecture
[Service]
User=son
WorkingDirectory=${project}
ExecStart=${project}/.venv/bin/marimo run --headless --no-token --host 192.168.1.116 -p 27300 --base-url /thesis/lecture papers/lecture.py
Restart=always
[Install]
WantedBy=multi-user.target
`
  const oldRoute = `location /thesis/lecture/ {
    proxy_pass http://192.168.1.116:27300;
    proxy_http_version 1.1;
    proxy_set_header Host $host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";
}
`
  let former = ''
  beforeEach(async () => {
    former = await readState()
    await unpublishAll()
    writeNotebook('lecture.py', notebook('lecture', 'An old lecture'))
    await writeState('{"lecture": 27300}\n')
    await asRoot(
      'gpu',
      [
        'sh',
        '-eu',
        '-c',
        'cat > /etc/systemd/system/papergen-lecture.service; systemctl daemon-reload; systemctl enable -q --now papergen-lecture',
      ],
      { stdin: oldUnit },
    )
    await asRoot(
      'edge',
      ['sh', '-eu', '-c', 'cat > /etc/nginx/snippets/learn-papers/lecture.conf; systemctl reload nginx'],
      { stdin: oldRoute },
    )
  })
  afterEach(async () => {
    await unpublishAll()
    await writeState(former === '' ? emptyRegistry : former)
  })

  test('are taken over without restarting a paper, and by its next publish without an outage', {
    timeout: 300_000,
  }, async () => {
    const pid = await mainPid('lecture')
    const { stdout } = await papergen(['repair', '--yes'])
    // Only the page, which papergen begins, did not know it.
    expect(stdout).toMatch(/lecture is repaired|lecture: the index page lists it/)
    expect(await mainPid('lecture')).toBe(pid)
    expect(await asRoot('gpu', ['cat', '/etc/systemd/system/papergen-lecture.service'])).toBe(oldUnit)
    expect(await asRoot('edge', ['cat', '/etc/nginx/snippets/learn-papers/lecture.conf'])).toBe(oldRoute)
    expect(paperIn(await statusOf('lecture'), 'lecture').verdict.level).toBe('ok')
    expect((await inHost('gpu', ['papergen', 'logs', 'lecture', '-n', '5'])).code).toBe(0)
    await expectPapergen(0, 'publish', 'lecture.py', '--yes')
    expect(await asRoot('gpu', ['head', '-n', '1', '/etc/systemd/system/papergen-lecture.service'])).toMatch(
      /^# papergen 1 lecture /,
    )
    expect(await readState()).toContain('27300')
    expect(await answer('lecture')).toBe(200)
  })
})
