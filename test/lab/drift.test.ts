import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readRegistry, removeEntry } from '../../src/core/registry.ts'
import { withHeader } from '../../src/core/template.ts'
import { asRoot, fetchThroughEdge, inHost, knockThroughEdge, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import {
  emptyRegistry,
  eventually,
  expectPapergen,
  installWrapper,
  mainPid,
  openConsole,
  papergen,
  paperIn,
  project,
  readState,
  stateFile,
  statusOf,
  unpublishAll,
  writeState,
} from './operator.ts'
import { takeStock } from './unchanged.ts'

/** The four records of a paper made to disagree for real: how it is named, what the repair shows, and how both hosts are after it. */

const snippet = '/etc/nginx/snippets/learn-papers/drifter.conf'
const unit = '/etc/systemd/system/papergen-drifter.service'
const strayUnit = unit.replace('drifter', 'stray')
const page = '/var/www/learn.ericfromkorea.com/thesis/index.html'

/** One of papergen's own files as papergen would have written it for somebody else. */
const writeOurs = async (
  role: 'gpu' | 'edge',
  from: string,
  to: string,
  id: string,
  change: (body: string) => string,
): Promise<void> => {
  const text = await asRoot(role, ['cat', from])
  const body = change(text.slice(text.indexOf('\n') + 1))
  await asRoot(role, ['sh', '-c', `cat >${to}; chmod 644 ${to}`], { stdin: withHeader(id, body) })
}

const onGpu = (script: string): Promise<string> => asRoot('gpu', ['sh', '-eu', '-c', script])
const onEdge = (script: string): Promise<string> => asRoot('edge', ['sh', '-eu', '-c', script])
const byId = (one: { readonly id: string }, other: { readonly id: string }): number => one.id.localeCompare(other.id)
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
      'a unit on another port',
      () =>
        onGpu(`sed -i 's/--port 270/--port 279/' ${unit}; systemctl daemon-reload; systemctl restart papergen-drifter`),
      /unit on 279\d\d, the registry says 270\d\d/,
      ['was edited by hand: write it for port 270', '| -ExecStart='],
    ],
    [
      'a unit file that systemd has not read',
      () => onGpu(`sleep 1; touch ${unit}`),
      /systemd has not read the changed unit file/,
      ['have it read', 'systemctl enable papergen-drifter.service'],
    ],
    [
      'a route to where the GPU host was before',
      () => onEdge(`sed -i 's#//192.168.1.116:#//192.168.1.126:#' ${snippet}; systemctl reload nginx`),
      /route → 192\.168\.1\.126:270\d\d, the paper is on 192\.168\.1\.116:270\d\d/,
      ['drifter.conf routes elsewhere', '| -    proxy_pass http://192.168.1.126:270'],
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
      ['it is live but not on the index page: list it', `write  son-wtr:${page}`, '| +<li><a href="/thesis/drifter/"'],
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

describe('a leftover of papergen is named, all that goes is shown, and it goes', () => {
  const kinds: readonly (readonly [
    what: string,
    id: string,
    leave: () => Promise<unknown>,
    named: RegExp | null,
    shown: readonly string[],
  ])[] = [
    [
      'a unit nobody registered',
      'stray',
      async () => {
        await writeOurs('gpu', unit, strayUnit, 'stray', body => body.replaceAll('drifter', 'stray'))
        await onGpu('systemctl daemon-reload')
      },
      /a unit without an entry in the registry/,
      [
        'papergen-stray.service runs without a registry entry: remove it',
        `remove son-pro6000:${strayUnit}`,
        '| -ExecStart=',
      ],
    ],
    [
      'a second unit',
      'drifter',
      async () => {
        const next = unit.replace('drifter', 'drifter--next')
        await writeOurs('gpu', unit, next, 'drifter--next', body => body)
        await onGpu('systemctl daemon-reload')
      },
      null,
      ['papergen-drifter--next.service is left over from an update: remove it', '| -ExecStart='],
    ],
    [
      'a route nobody registered',
      'stray',
      async () => {
        const stray = snippet.replace('drifter', 'stray')
        await writeOurs('edge', snippet, stray, 'stray', body => body.replaceAll('drifter', 'stray'))
        await onEdge('systemctl reload nginx')
      },
      /a route → 270\d\d without an entry in the registry/,
      ['stray.conf routes to no registered paper: remove it', '| -    proxy_pass http://192.168.1.116:270'],
    ],
    [
      'a paper that is listed and is none',
      'stray',
      () => onEdge(`sed -i '/thesis.drifter/{p;s/drifter/stray/g}' ${page}`),
      /listed on the index page, but not published/,
      ['the index page lists it: take it off', '| -<li><a href="/thesis/stray/"'],
    ],
  ]
  test.each(kinds)('%s', async (_, id, leave, named, shown) => {
    const changes = takeStock()
    const before = await Promise.all(['drifter', 'bystander'].map(mainPid))
    await leave()
    if (named !== null) expect(await cause(id)).toMatch(named)
    const dry = (await expectPapergen(0, 'repair', '--dry-run')).stdout
    for (const words of shown) expect(dry).toContain(words)
    await expectPapergen(0, 'repair', '--yes')
    expect(changes()).toEqual([])
    expect(await Promise.all(['drifter', 'bystander'].map(mainPid))).toEqual(before)
    expect((await expectPapergen(0, 'repair', '--yes')).stdout).toContain('Nothing to repair')
  })
})

test('a leftover whose snapshot nobody may read goes all the same', async () => {
  const changes = takeStock()
  await writeOurs('gpu', unit, strayUnit, 'stray', body => body.replaceAll('drifter', 'stray'))
  const folder = `${project}/state/releases/stray`
  await onGpu(
    `mkdir -p ${folder}/0123456789abcdef; cd ${folder}/0123456789abcdef; : >.papergen; chmod 600 .papergen; systemctl daemon-reload`,
  )
  const { stdout } = await expectPapergen(0, 'repair', '--yes')
  await onGpu(`rm -r ${folder}`)
  expect(stdout).toContain('papergen-stray.service was removed')
  expect(changes()).toEqual([])
})

describe('papers the registry has lost get their entries back, and nobody who reads them notices', () => {
  const losses: readonly (readonly [
    what: string,
    lose: (state: string) => Promise<unknown>,
    back: readonly string[],
  ])[] = [
    ['an older copy of state.json was put back', state => writeState(removeEntry(state, 'bystander')), ['bystander']],
    ['state.json was deleted', () => onGpu(`rm ${stateFile}`), ['bystander', 'drifter']],
  ]
  test.each(losses)('%s', async (_, lose, back) => {
    const changes = takeStock()
    const [state, before] = [await readState(), await Promise.all(['drifter', 'bystander'].map(mainPid))]
    const knocks = ['drifter', 'bystander'].map(id => knockThroughEdge(`/thesis/${id}/health`))
    await Promise.all(knocks.map(({ answered }) => answered))
    await lose(state)
    expect(await cause('bystander')).toMatch(/without an entry in the registry/)
    const { stdout } = await expectPapergen(0, 'repair', '--yes')
    for (const id of back) expect(stdout).toMatch(new RegExp(`${id}: its entry for port \\d+ is in the registry again`))
    expect(changes().filter(({ path }) => !path.endsWith('/state/state.json'))).toEqual([])
    const now = readRegistry(await readState(), stateFile, [27000, 27999]).entries
    const then = readRegistry(state, stateFile, [27000, 27999]).entries
    expect(now.map(({ id, port, title, notebook }) => ({ id, port, title, notebook })).sort(byId)).toEqual(
      then.map(({ id, port, title, notebook }) => ({ id, port, title, notebook })).sort(byId),
    )
    expect(await Promise.all(['drifter', 'bystander'].map(mainPid))).toEqual(before)
    for (const { stop } of knocks) expect((await stop()).filter(({ status }) => status !== 200)).toEqual([])
    expect((await expectPapergen(0, 'repair', '--yes')).stdout).toContain('Nothing to repair')
    await writeState(state)
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

test('an edge that moved to another address: its key is asked for once more, and all routes are put back in one go', async () => {
  const before = await Promise.all(['drifter', 'bystander'].map(mainPid))
  const changes = takeStock()
  const config = '/home/son/.config/papergen/config.toml'
  const [from, to] = ['192.168.1.121', '192.168.1.131']
  const move = (old: string, now: string): Promise<string> =>
    // The old one first: with it goes whatever else of that network the cable has.
    onEdge(`ip address del ${old}/24 dev lan0; ip address add ${now}/24 dev lan0
      rm -f ${snippet.replace('drifter', '*')}; systemctl restart nginx`)
  await onGpu(
    `cp -p ${config} /root/config; cp -p /home/son/.ssh/known_hosts /root/known; cp -p /etc/hosts /root/hosts`,
  )
  try {
    await move(from, to)
    await onGpu(`sed -i 's/${from}/${to}/' /etc/hosts; printf '\n[edge]\naddress = "${to}"\n' >>${config}`)
    const refused = await papergen(['repair', '--yes'])
    expect(refused.code).toBe(4)
    expect(refused.stderr).toContain(`The host key of son-wtr (${to}) is unknown`)
    // As the refusal says: compared with what the host itself shows, then written down.
    await asRoot('gpu', ['su', 'son', '-c', `ssh-keyscan ${to} 2>/dev/null >>~/.ssh/known_hosts`])
    const { stdout } = await expectPapergen(0, 'repair', '--yes')
    expect(stdout).toMatch(/drifter: its route leads to port \d+/)
    expect(stdout).toMatch(/bystander: its route leads to port \d+/)
    const { papers } = await statusOf()
    expect(
      papers.map(({ id, verdict }: { id: string; verdict: { level: string } }) => `${id} ${verdict.level}`).sort(),
    ).toEqual(['bystander ok', 'drifter ok'])
    expect(await Promise.all(['drifter', 'bystander'].map(mainPid))).toEqual(before)
  } finally {
    await onGpu(
      `cp -p /root/config ${config}; cp -p /root/known /home/son/.ssh/known_hosts; cat /root/hosts >/etc/hosts; rm /root/config /root/known /root/hosts`,
    )
    await move(to, from)
    await papergen(['repair', '--yes'])
  }
  expect(changes()).toEqual([])
  expect([await answer('drifter'), await answer('bystander')]).toEqual([200, 200])
})

test('x mends it in the console: the question shows what is done, y does it', async () => {
  const changes = takeStock()
  const open = openConsole({ columns: 120, rows: 40 })
  try {
    await open.sees(/2 papers +2 ✓/, 60)
    await onEdge(`rm ${snippet}; systemctl reload nginx`)
    await open.sees('the edge has no route to it', 60)
    await open.select('drifter').press('x').idle().sees('drifter.conf is missing: route to port')
    await open.press('y').idle().sees('its route leads to port', 60)
    await open
      .press('esc')
      .idle()
      .sees(/2 papers +2 ✓/, 60)
  } finally {
    open.end()
  }
  expect(changes()).toEqual([])
  expect(await answer('drifter')).toBe(200)
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
    await eventually('an answer of the old paper', 30, async () => (await answer('lecture')) === 200)
    const { answered, stop } = knockThroughEdge('/thesis/lecture/health')
    await answered
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
    const knocks = await stop()
    expect(knocks.length).toBeGreaterThan(50)
    expect(knocks.filter(({ status }) => status !== 200)).toEqual([])
    expect(await readState()).toContain('27300')
    expect(await answer('lecture')).toBe(200)
  })
})
