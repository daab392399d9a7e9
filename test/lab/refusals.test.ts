import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Fault, faultOf } from '../faults-of-the-world.ts'
import { asRoot, cutLink, inHost, restoreLink, startInHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import {
  eventually,
  expectPapergen,
  installWrapper,
  papergen,
  project,
  readState,
  stateFile,
  unpublishAll,
  writeState,
} from './operator.ts'
import { differences, expectUnchanged, trees } from './unchanged.ts'
import { expectSeen } from './world.ts'

/** Refused input: a clear message with the next step, and nothing changed on either host. */

/** What stderr says: what is wrong where, why, and what to do next. Answers how long it took, in ms. */
const refused = async (
  code: number,
  words: readonly string[],
  ...says: readonly (RegExp | Fault)[]
): Promise<number> => {
  const before = trees()
  const began = Date.now()
  const ran = await expectPapergen(code, ...words)
  const took = Date.now() - began
  expect(ran.stdout).toBe('')
  expect(ran.stderr).toMatch(/^✗ .+\n {2}\S.+\n([\s\S]*\n)? {2}Next: .+\n/)
  for (const what of says)
    if (what instanceof RegExp) expect(ran.stderr).toMatch(what)
    else expectSeen(what, ran.stderr)
  expectUnchanged(before)
  return took
}

const config = '/home/son/.config/papergen/config.toml'
const knownHosts = '/home/son/.ssh/known_hosts'
const asSon = (script: string, stdin = '') => inHost('gpu', ['sh', '-c', script], { stdin })

beforeAll(async () => {
  await installWrapper()
  await unpublishAll()
  writeNotebook('fine.py', notebook('x', 'Fine'))
  writeNotebook('확산.py', notebook('x', 'No ASCII in the name'))
  writeNotebook('plain.py', 'print("no notebook")\n')
  const twice = [1, 2].map(n => `\n\n@app.cell\ndef _():\n    value = ${n}\n    return\n`).join('')
  writeNotebook('twice.py', notebook('x', 'Twice').replace('\n\nif __name__', `${twice}\n\nif __name__`))
})
afterAll(unpublishAll)

test.each<[string, string[], RegExp[]]>([
  ['a bad id', ['publish', 'fine.py', '--id', 'Bad_Id', '--yes'], [/paper id "Bad_Id"/, /a-z, 0-9/, /Next: .*bad-id/]],
  ['a double dash', ['publish', 'fine.py', '--id', 'a--next', '--yes'], [/"a--next"/, /single dashes/]],
  ['a name without a default id', ['publish', '확산.py', '--yes'], [/papers\/확산\.py/, /no ASCII/, /Next: .*--id/]],
  [
    'a notebook that is missing',
    ['publish', 'nowhere.py', '--yes'],
    [/nowhere\.py/, /no such file/, /Next: ls .*papers/],
  ],
  ['a file that is no marimo notebook', ['publish', 'plain.py', '--yes'], [/plain\.py/, /not a marimo notebook/]],
  [
    'a notebook that fails marimo check',
    ['publish', 'twice.py', '--yes'],
    [/papers\/twice\.py/, /marimo check/, /│ line \d+: MB002 .*'value'/, /Next: .*marimo edit papers\/twice\.py/],
  ],
  ['a notebook outside the project', ['publish', '/etc/passwd', '--yes'], [/\/etc\/passwd/, /outside the project/]],
  ['a port outside the range', ['publish', 'fine.py', '--port', '80', '--yes'], [/Port 80/, /27000 to 27999/]],
  ['an unknown command', ['publsh', 'fine.py', '--yes'], [/publsh/, /no such command/, /Next: .*papergen publish\?/]],
  ['a paper nobody published', ['unpublish', 'nowhere', '--yes'], [/paper nowhere/, /not in the registry/]],
  ['no confirmation and nobody to ask', ['publish', 'fine.py'], [/Publish papers\/fine\.py as fine on port/, /--yes/]],
  ['any action under --read-only', ['--read-only', 'publish', 'fine.py', '--yes'], [/publish/, /--read-only/]],
])('%s: exit 2', async (_, words, says) => void (await refused(2, words, ...says)))

test('a port in the registry, a port a foreign process holds, a full range: exit 2', async () => {
  const before = await readState()
  try {
    await writeState('{"version": 2, "papers": {"other": {"port": 27005}}}')
    await refused(2, ['publish', 'fine.py', '--port', '27005', '--yes'], /Port 27005/, /other has it in the registry/)
    const full = Array.from({ length: 1000 }, (_, n) => `"p${n}": {"port": ${27000 + n}}`).join(',')
    await writeState(`{"version": 2, "papers": {${full}}}`)
    await refused(2, ['publish', 'fine.py', '--yes'], /No port is free/, /27000 to 27999/, /Next: unpublish a paper/)
  } finally {
    await writeState(before)
  }
  const squatter = startInHost('gpu', ['python3', '-m', 'http.server', '27007', '--bind', '192.168.1.116'])
  try {
    await asSon('until ss -Hltn sport = :27007 | grep -q .; do sleep 0.1; done')
    await refused(2, ['publish', 'fine.py', '--port', '27007', '--yes'], /Port 27007/, /python3 listens on it/)
  } finally {
    squatter.signal('SIGTERM')
    await squatter.ended
  }
})

test('a broken state.json: exit 2 with the line, and left as it is', async () => {
  const before = await readState()
  try {
    await writeState('{\n  "version": 2,\n  "papers": {\n    "a": {"port": 27001},\n    "b": {"port": 27001}\n  }\n}\n')
    await refused(2, ['publish', 'fine.py', '--yes'], /state\.json:5/, /27001/, /untouched/, /Next: mend .* at line 5/)
    await writeState('{"version": 2, "papers": {"other": {"port": 27005},')
    await refused(2, ['publish', 'fine.py', '--yes'], new RegExp(`${stateFile}:1`), /truncated/)
  } finally {
    await writeState(before)
  }
})

test('a broken config: all problems at once, exit 2', async () => {
  const before = (await asSon(`cat ${config}`)).stdout
  await asSon(`cat > ${config}`, '[gpu]\nadress = "x"\nports = [1]\n[probe]\nevery = "soon"\n')
  try {
    for (const words of [['status'], ['publish', 'fine.py', '--yes']])
      await refused(2, words, /3 problems/, /gpu\.adress: .* address\?/, /gpu\.ports: /, /probe\.every: .*"soon"/)
  } finally {
    await asSon(`cat > ${config}`, before)
  }
})

test('an unknown and a changed host key, a refused key: exit 4, and no key was taken in', async () => {
  const known = (await asSon(`cat ${knownHosts}`)).stdout
  const knowsNothing = async (code: number, ...says: (RegExp | Fault)[]) => {
    const file = (await asSon(`cat ${knownHosts}`)).stdout
    await refused(code, ['publish', 'fine.py', '--yes'], ...says)
    expect((await asSon(`cat ${knownHosts}`)).stdout).toBe(file)
  }
  const shown = /SHA256:\S{43}/.exec(
    await asRoot('edge', ['ssh-keygen', '-lf', '/etc/ssh/ssh_host_ed25519_key.pub']),
  )?.[0]
  try {
    await asSon(`: > ${knownHosts}`)
    await knowsNothing(
      4,
      /son-wtr \(192\.168\.1\.121\) is unknown/,
      /SHA256:\S{43}/,
      /Next: .*ssh-keyscan 192\.168\.1\.121/,
    )
    const other = 'rm -f /tmp/k /tmp/k.pub; ssh-keygen -q -t ed25519 -N "" -f /tmp/k'
    await asSon(
      `${other} && (printf '192.168.1.121 '; cut -d' ' -f1,2 /tmp/k.pub) > ${knownHosts}; rm -f /tmp/k /tmp/k.pub`,
    )
    await knowsNothing(
      4,
      faultOf('an unknown or a wrong host key'),
      new RegExp(`shows ${shown?.replaceAll(/[+/]/g, '\\$&')}, but ${knownHosts} expects SHA256:`),
      /Next: only when .*ssh-keygen -R 192\.168\.1\.121/,
    )
  } finally {
    await asSon(`cat > ${knownHosts}`, known)
  }
  const keys = '/home/son/.ssh/authorized_keys'
  await asRoot('edge', ['mv', keys, `${keys}.away`])
  try {
    await knowsNothing(4, faultOf('the key is refused'))
  } finally {
    await asRoot('edge', ['mv', `${keys}.away`, keys])
  }
})

test.each(['gpu', 'edge'] as const)(
  'the %s host without setup: exit 4, and it says which command cures it',
  async role => {
    const rule = `/etc/sudoers.d/papergen-${role}`
    await asRoot(role, ['mv', rule, '/root/sudoers.away'])
    try {
      // The row has the edge's words.
      const row = role === 'edge' ? [faultOf('sudo refuses the entry point, on either host')] : []
      const cure = new RegExp(`Next: run papergen setup ${role} --apply`)
      await refused(4, ['publish', 'fine.py', '--yes'], /is not set up as the/, /sudo does not allow/, cure, ...row)
    } finally {
      await asRoot(role, ['mv', '/root/sudoers.away', rule])
    }
  },
)

test('nginx that does not run: exit 4, and it is not started', async () => {
  await asRoot('edge', ['systemctl', 'stop', 'nginx'])
  try {
    await refused(4, ['publish', 'fine.py', '--yes'], faultOf('nginx is stopped'))
    expect((await inHost('edge', ['systemctl', 'is-active', 'nginx'])).stdout).toBe('inactive\n')
  } finally {
    await asRoot('edge', ['systemctl', 'start', 'nginx'])
  }
})

test('another operation holds the lock: exit 1, it says who, on what and since when, and the holder goes on', async () => {
  writeNotebook('slow-holder.py', notebook('x', 'Holder'))
  const never = trees()
  const holder = startInHost('gpu', ['papergen', 'publish', 'slow-holder.py', '--yes'])
  try {
    const intents = `ls ${project}/state/intents`
    await eventually('the holder began', 30, async () => (await asSon(intents)).stdout.includes('slow-holder'))
    const ran = await papergen(['publish', 'fine.py', '--yes'])
    expect(ran.code).toBe(1)
    expectSeen('another operation holds the lock', ran.stderr)
    expect(ran.stderr).toMatch(/the publish of slow-holder by son@son-pro6000 has been running since 20\d\d-\d\d-\d\dT/)
    expect(ran.stderr).toMatch(/Nothing was changed for fine/)
  } finally {
    expect((await holder.ended).code).toBe(0)
  }
  // What changed is the holder's alone.
  const changed = differences(never).filter(({ path }) => !path.includes('slow-holder'))
  expect(changed.map(({ path }) => path)).toEqual([
    `${project}/state/papergen.json`,
    `${project}/state/state.json`,
    '/etc/nginx/snippets/learn-papers/_generation.conf',
    '/var/www/learn.ericfromkorea.com/thesis/index.html',
  ])
  expect(await readState()).not.toContain('"fine"')
})

test('an edge that cannot be reached: exit 4 within 15 s', async () => {
  cutLink('edge')
  try {
    const took = await refused(4, ['publish', 'fine.py', '--yes'], faultOf('the edge cannot be reached'))
    expect(took).toBeLessThan(15_000)
  } finally {
    restoreLink('edge')
  }
})
