import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readConfig, showConfig } from '../../src/core/config.ts'
import { PapergenError } from '../../src/core/errors.ts'
import { nearest } from '../../src/core/nearest.ts'

const home = '/home/ada'
const read = (text: string) => readConfig(text, '/c.toml', home)

const problemsOf = (text: string) => {
  try {
    read(text)
  } catch (error) {
    if (error instanceof PapergenError && error.problem.kind === 'bad-config') return error.problem.problems
    throw error
  }
  throw new Error('was accepted')
}

test('without a file the defaults hold', () => {
  const config = readConfig(null, null, home)
  expect(config).toMatchObject({
    path: null,
    gpu: {
      name: 'son-pro6000',
      reach: { via: 'local' },
      address: '192.168.1.116',
      project: '~/prj/thesis',
      ports: [27000, 27999],
    },
    edge: {
      reach: {
        via: 'ssh',
        address: '192.168.1.121',
        port: 22,
        user: 'son',
        identity: '/home/ada/.ssh/id_ed25519',
        knownHosts: '/home/ada/.ssh/known_hosts',
      },
    },
    site: { base: '/thesis', hostname: 'learn.ericfromkorea.com', port: 443, connect: null, ca: null },
    probe: { every: 5000, timeout: 5000 },
    console: { theme: 'auto', bell: true, notify: 'off' },
  })
  expect(read('')).toEqual({ ...config, path: '/c.toml' })
})

test('the commented example holds the defaults', () => {
  const example = readFileSync(new URL('../../docs/config.example.toml', import.meta.url), 'utf8')
  expect(read(example)).toEqual(read(''))
  const remote = example.replace(/^# (?=\w+ = )/gm, '').replace('via = "local"', 'via = "ssh"')
  expect(read(remote)).toEqual(read('[gpu]\nvia = "ssh"'))
  for (const key of keysOf(showConfig(read(remote)))) expect(example).toContain(`${key} = `)
})

const keysOf = (toml: string): string[] => [...toml.matchAll(/^(\w+) = /gm)].map(match => match[1]!)

describe('the columns of the console', () => {
  const asked = (columns: string) => `[console]\ncolumns = ${columns}`

  test('all of them unless told, else those chosen, in their order', () => {
    expect(read('').console.columns.join(' ')).toBe('paper title port unit up gpu edge verdict')
    const { console } = read(asked('["verdict", "paper"]'))
    expect(console.columns).toEqual(['verdict', 'paper'])
    expect(read(showConfig(read(asked('["verdict", "paper"]')))).console).toEqual(console)
  })

  test.each([
    ['["paper", "vedict"]', [['console.columns.1', 'there is no column "vedict"; did you mean "verdict"?']]],
    [
      '["paper", "colour"]',
      [
        [
          'console.columns.1',
          'there is no column "colour"; known are paper, title, port, unit, up, gpu, edge, verdict',
        ],
      ],
    ],
    ['["paper", "port", "paper"]', [['console.columns.2', '"paper" is there already; take one of them out']]],
    ['[]', [['console.columns', 'must have "paper" among them: no row says without it whose it is']]],
    [
      '["port", "port", "x"]',
      [
        ['console.columns.1', '"port" is there already; take one of them out'],
        ['console.columns.2', 'there is no column "x"; known are paper, title, port, unit, up, gpu, edge, verdict'],
        ['console.columns', 'must have "paper" among them: no row says without it whose it is'],
      ],
    ],
    ['"paper"', [['console.columns', 'must be a list of columns, such as ["paper", "unit", "verdict"]']]],
    ['["paper", 3]', [['console.columns.1', 'must be the name of a column']]],
  ])('%s is refused, each mistake by its place', (columns, problems) => {
    expect(problemsOf(asked(columns)).map(({ at, message }) => [at, message])).toEqual(problems)
  })

  test('an unknown key beside them too', () => {
    expect(problemsOf('[console]\ncolumn = []')).toEqual([
      { at: 'console.column', message: 'unknown key; did you mean columns?' },
    ])
  })
})

test('values', () => {
  const config = read(
    '[gpu]\nvia="ssh"\nuser="ada"\nport=2222\nidentity="/k/한 글"\nproject="/srv/연구"\nports=[3000,3001]\n[edge]\nvia="local"\n[site]\nurl="https://x.org:8443/"\nca="~/ca.pem"\nconnect="10.0.0.1"\n[probe]\nevery="1.5s"\ntimeout="1m"',
  )
  expect(config.gpu.reach).toEqual({
    via: 'ssh',
    address: '192.168.1.116',
    port: 2222,
    user: 'ada',
    identity: '/k/한 글',
    knownHosts: '/home/ada/.ssh/known_hosts',
  })
  expect(config.gpu).toMatchObject({ project: '/srv/연구', ports: [3000, 3001] })
  expect(config.edge.reach).toEqual({ via: 'local' })
  expect(config.site).toEqual({
    url: 'https://x.org:8443/',
    base: '',
    hostname: 'x.org',
    port: 8443,
    ca: '/home/ada/ca.pem',
    connect: '10.0.0.1',
  })
  expect(config.probe).toEqual({ every: 1500, timeout: 60_000 })
})

test('what is shown is read back', () => {
  for (const text of [
    '',
    '[gpu]\nvia="ssh"\n[edge]\nvia="local"\n[probe]\nevery="90s"\ntimeout="1500ms"\n[site]\nca="/x y"',
  ])
    expect(read(showConfig(read(text)))).toEqual(read(text))
})

test('all problems at once', () =>
  expect(
    problemsOf('[gpu]\nadress = "x"\nvia = "shh"\nports = [5]\n[edgee]\n[probe]\nevery = "5"')
      .map(({ at }) => at)
      .sort(),
  ).toEqual(['edgee', 'gpu.adress', 'gpu.ports', 'gpu.via', 'probe.every']))

describe('refused', () => {
  test.each<[string, string, RegExp]>([
    ['[gpu]\nadress="1.2.3.4"', 'gpu.adress', /did you mean address\?/],
    ['[edgee]', 'edgee', /did you mean edge\?/],
    ['[site]\nwhatever=1', 'site.whatever', /known are url, connect, ca/],
    ['gpu = 3', 'gpu', /must be a table/],
    ['[gpu]\naddress="host.example"', 'gpu.address', /IPv4/],
    ['[gpu]\naddress="0.0.0.0"', 'gpu.address', /0\.0\.0\.0/],
    ['[gpu]\naddress="1.2.3.256"', 'gpu.address', /IPv4/],
    ['[gpu]\nports=[27999,27000]', 'gpu.ports', /first and the last/],
    ['[gpu]\nports=[27000,27000]', 'gpu.ports', /two or more/],
    ['[gpu]\nports=[80,90]', 'gpu.ports', /1024/],
    ['[gpu]\nports="27000"', 'gpu.ports', /first and the last/],
    ['[gpu]\nstate="../state.json"', 'gpu.state', /inside the project/],
    ['[gpu]\nstate="/etc/passwd"', 'gpu.state', /inside the project/],
    ['[gpu]\nnotebooks="-rf"', 'gpu.notebooks', /inside the project/],
    ['[gpu]\nproject="prj"', 'gpu.project', /from \/ or ~\//],
    ['[gpu]\nproject="/a/../b"', 'gpu.project', /from \/ or ~\//],
    ['[gpu]\nname="a b"', 'gpu.name', /a name/],
    ['[gpu]\nname=7', 'gpu.name', /must be a name.*not 7$/],
    ['[edge]\nport=0', 'edge.port', /1 to 65535/],
    ['[edge]\nport="22"', 'edge.port', /1 to 65535/],
    ['[edge]\nuser="-oProxyCommand=x"', 'edge.user', /login/],
    ['[edge]\naddress="-oProxyCommand=x"', 'edge.address', /address/],
    ['[edge]\nidentity="id"', 'edge.identity', /begins with/],
    ['[edge]\nsnippets="~/x"', 'edge.snippets', /absolute/],
    ['[site]\nurl="http://x.org/"', 'site.url', /https/],
    ['[site]\nurl="https://x.org/a"', 'site.url', /ends with a slash/],
    ['[site]\nurl="https://x.org/a b/"', 'site.url', /https/],
    ['[site]\nurl="https://x.org/?q/"', 'site.url', /https/],
    ['[site]\nurl="https://me@x.org/"', 'site.url', /https/],
    ['[site]\nurl="https://x.org/../"', 'site.url', /visited/],
    ['[probe]\nevery="0s"', 'probe.every', /from 500ms to 1h/],
    ['[probe]\ntimeout=5', 'probe.timeout', /a time/],
    ['x = = 1', 'line 1, column 5', /invalid/],
    ['[gpu]\na = 1\na = 2', 'line 3, column 1', /./],
  ])('%j', (text, at, message) => {
    const problems = problemsOf(text)
    expect(problems.map(problem => problem.at)).toEqual([at])
    expect(problems[0]!.message).toMatch(message)
  })
})

test('nothing that could end a word, a line or a quotation reaches a file that root reads', () => {
  const keys = [
    'gpu.project',
    'gpu.marimo',
    'gpu.notebooks',
    'gpu.state',
    'gpu.run_as',
    'gpu.nvidia_smi',
    'edge.snippets',
    'edge.index',
    'edge.error_log',
    'site.url',
  ]
  const bad = fc.constantFrom(...'\n\r\t\0"\'`%$\\;{}#*?<>|&! \u0085\u2028')
  fc.assert(
    fc.property(fc.constantFrom(...keys), bad, fc.stringMatching(/^[a-z]{0,5}$/), (key, char, tail) => {
      const [section, name] = key.split('.')
      const start = name === 'url' ? 'https://x.org/a' : /^(state|marimo|notebooks|run_as)$/.test(name!) ? 'a' : '/a'
      const value = JSON.stringify(`${start}${char}${tail}${name === 'url' ? '/' : ''}`)
        .replace('\u2028', '\\u2028')
        .replace('\u0085', '\\u0085')
      expect(problemsOf(`[${section}]\n${name} = ${value}`)[0]!.at).toBe(key)
    }),
    { numRuns: 1000 },
  )
})

test.each([
  ['adress', 'address'],
  ['knownhosts', 'known_hosts'],
  ['Ports', 'ports'],
  ['sate', 'state'],
  ['tsate', 'state'],
  ['zzz', null],
])('nearest to %s', (word, guess) => expect(nearest(word, ['address', 'known_hosts', 'ports', 'state'])).toBe(guess))
