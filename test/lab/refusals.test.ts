import { afterAll, beforeAll, expect, test } from 'vitest'
import { asRoot, cutLink, diffTrees, inHost, restoreLink, startInHost, tree, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { expectPapergen, installWrapper, papergen, readState, unpublishAll, writeState } from './operator.ts'

/** Refused input: a clear message with the next step, and nothing changed on either host. */

const except = [/audit\.jsonl$/, /\.lock$/, /\/lock$/, /__pycache__/, /__marimo__/]
const trees = () => ({ gpu: tree('gpu', { except }), edge: tree('edge', { except }) })

const refused = async (
  code: number,
  words: readonly string[],
  ...says: readonly (string | RegExp)[]
): Promise<void> => {
  const before = trees()
  const ran = await expectPapergen(code, ...words)
  for (const what of says) expect(ran.stderr).toMatch(what)
  const after = trees()
  expect([...diffTrees(before.gpu, after.gpu), ...diffTrees(before.edge, after.edge)]).toEqual([])
}

const config = '/home/son/.config/papergen/config.toml'
const knownHosts = '/home/son/.ssh/known_hosts'
const asSon = (script: string, stdin = '') => inHost('gpu', ['sh', '-c', script], { stdin })

beforeAll(async () => {
  await installWrapper()
  writeNotebook('fine.py', notebook('x', 'Fine'))
  writeNotebook('확산.py', notebook('x', 'No ASCII in the name'))
  writeNotebook('plain.py', 'print("no notebook")\n')
  writeNotebook(
    'twice.py',
    notebook('x', 'Twice').replace(
      '\n\nif __name__',
      '\n\n@app.cell\ndef _():\n    value = 1\n    return\n\n\n@app.cell\ndef _():\n    value = 2\n    return\n\n\nif __name__',
    ),
  )
})
afterAll(unpublishAll)

test.each<[string, string[], (string | RegExp)[]]>([
  ['a bad id', ['publish', 'fine.py', '--id', 'Bad_Id', '--yes'], [/id/, /bad-id/]],
  ['a double dash', ['publish', 'fine.py', '--id', 'a--next', '--yes'], [/id/]],
  ['a name without a default id', ['publish', '확산.py', '--yes'], [/--id/]],
  ['a notebook that is missing', ['publish', 'nowhere.py', '--yes'], [/nowhere\.py/]],
  ['a file that is no marimo notebook', ['publish', 'plain.py', '--yes'], [/plain\.py/, /marimo/]],
  ['a notebook that fails marimo check', ['publish', 'twice.py', '--yes'], [/twice\.py/]],
  ['a notebook outside the project', ['publish', '/etc/passwd', '--yes'], [/project/]],
  ['a port outside the range', ['publish', 'fine.py', '--port', '80', '--yes'], [/27000/]],
  ['an unknown command', ['frobnicate'], [/frobnicate/]],
  ['no confirmation and nobody to ask', ['publish', 'fine.py'], [/--yes/]],
])('%s: exit 2', (_, words, says) => refused(2, words, ...says))

test('a port in the registry, a port a foreign process holds, a full range: exit 2', async () => {
  const before = await readState()
  await writeState('{"version": 2, "papers": {"other": {"port": 27005}}}')
  await refused(2, ['publish', 'fine.py', '--port', '27005', '--yes'], /27005/, /other/)
  await writeState(before)

  const squatter = startInHost('gpu', ['python3', '-m', 'http.server', '27007', '--bind', '192.168.1.116'])
  try {
    await inHost('gpu', ['sh', '-c', 'until ss -Hltn sport = :27007 | grep -q .; do sleep 0.1; done'])
    await refused(2, ['publish', 'fine.py', '--port', '27007', '--yes'], /27007/, /python3/)
  } finally {
    squatter.signal('SIGTERM')
  }

  const full = Array.from({ length: 1000 }, (_, n) => `"p${n}": {"port": ${27000 + n}}`).join(',')
  await writeState(`{"version": 2, "papers": {${full}}}`)
  await refused(2, ['publish', 'fine.py', '--yes'], /27000.*27999|range/)
  await writeState(before)
})

test('a broken config: all problems at once, exit 2', async () => {
  const before = (await asSon(`cat ${config}`)).stdout
  await asSon(`cat > ${config}`, '[gpu]\nadress = "x"\nports = [1]\n[probe]\nevery = "soon"\n')
  try {
    await refused(2, ['status'], /gpu\.adress/, /address/, /gpu\.ports/, /probe\.every/)
  } finally {
    await asSon(`cat > ${config}`, before)
  }
})

test('an unknown and a changed host key, a refused key: exit 4', async () => {
  const known = (await asSon(`cat ${knownHosts}`)).stdout
  try {
    await asSon(`: > ${knownHosts}`)
    await refused(4, ['publish', 'fine.py', '--yes'], /SHA256:/, /ssh-keyscan/)
    await asSon(
      `rm -f /tmp/k /tmp/k.pub; ssh-keygen -q -t ed25519 -N '' -f /tmp/k && (printf '192.168.1.121 '; cut -d' ' -f1,2 /tmp/k.pub) > ${knownHosts}; rm -f /tmp/k /tmp/k.pub`,
    )
    await refused(4, ['publish', 'fine.py', '--yes'], /ssh-keygen .*-R/)
  } finally {
    await asSon(`cat > ${knownHosts}`, known)
  }
  await asRoot('edge', ['mv', '/home/son/.ssh/authorized_keys', '/home/son/.ssh/authorized_keys.away'])
  try {
    await refused(4, ['publish', 'fine.py', '--yes'], /son/, /authorized_keys|key/)
  } finally {
    await asRoot('edge', ['mv', '/home/son/.ssh/authorized_keys.away', '/home/son/.ssh/authorized_keys'])
  }
})

test('a host without setup: exit 4, and it says which command cures it', async () => {
  await asRoot('edge', ['mv', '/etc/sudoers.d/papergen-edge', '/root/sudoers.away'])
  try {
    await refused(4, ['publish', 'fine.py', '--yes'], /papergen setup edge --apply/)
  } finally {
    await asRoot('edge', ['mv', '/root/sudoers.away', '/etc/sudoers.d/papergen-edge'])
  }
})

test('another operation holds the lock: exit 1, and it says who and since when', async () => {
  writeNotebook('slow-holder.py', notebook('x', 'Holder'))
  const holder = startInHost('gpu', ['papergen', 'publish', 'slow-holder.py', '--yes'])
  await inHost(
    'gpu',
    ['sh', '-c', 'until ls /home/son/prj/thesis/state/intents/*.json >/dev/null 2>&1; do sleep 0.1; done'],
    { timeout: 30_000 },
  )
  const ran = await papergen(['publish', 'fine.py', '--yes'])
  expect(ran.stderr).toMatch(/slow-holder/)
  expect(ran.stderr).toMatch(/son@/)
  expect(ran.stderr).toMatch(/since|\d{4}-\d\d-\d\dT/)
  expect(ran.code).toBe(1)
  await holder.ended
})

test('an edge that cannot be reached: exit 4 within seconds', async () => {
  cutLink('edge')
  try {
    const ran = await papergen(['publish', 'fine.py', '--yes'], { timeout: 60_000 })
    expect(ran.code).toBe(4)
    expect(ran.stderr).toMatch(/192\.168\.1\.121/)
  } finally {
    restoreLink('edge')
  }
})
