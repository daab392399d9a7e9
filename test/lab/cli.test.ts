import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asRoot, fetchThroughEdge, inHost, startInHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import {
  emptyRegistry,
  eventually,
  expectPapergen,
  installWrapper,
  mainPid,
  papergen,
  paperIn,
  readState,
  stateFile,
  statusOf,
  unpublishAll,
  writeState,
} from './operator.ts'
import { listenTo } from './started.ts'
import { takeStock } from './unchanged.ts'

/** Every command of the contract that has no test of its own, on two real hosts. */

const config = '/home/son/.config/papergen/config.toml'
const inShell = (script: string, shell: 'sh' | 'bash' = 'sh') => inHost('gpu', [shell, '-c', script])
const unit = 'papergen-lecture.service'

beforeAll(async () => {
  await installWrapper()
  writeNotebook('lecture.py', notebook('x', 'Lecture'))
  writeNotebook('other.py', notebook('y', 'Other'))
  await expectPapergen(0, 'publish', 'lecture.py', '--yes')
})
afterAll(unpublishAll)

describe('words that ask no host', () => {
  test('--version and --help', async () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'))
    expect((await expectPapergen(0, '--version')).stdout).toBe(`${version}\n`)
    const { stdout } = await expectPapergen(0, '--help')
    for (const verb of verbs) expect(stdout).toMatch(new RegExp(`^ +${verb}\\b`, 'm'))
  })

  test('config path, check and show: what it shows is a config that says the same', async () => {
    expect((await expectPapergen(0, 'config', 'path')).stdout).toBe(`${config}\n`)
    expect((await expectPapergen(0, 'config', 'check')).stdout).toBe(`${config} is fine.\n`)
    const shown = (await expectPapergen(0, 'config', 'show')).stdout
    const other = '/tmp/shown.toml'
    await inHost('gpu', ['sh', '-c', `cat > ${other}`], { stdin: shown })
    expect((await expectPapergen(0, '--config', other, 'config', 'show')).stdout).toBe(shown)
    expect((await inShell(`PAPERGEN_CONFIG=${other} papergen config path`)).stdout).toBe(`${other}\n`)
    expect((await inShell('XDG_CONFIG_HOME=/nowhere papergen config path')).stdout).toBe(
      '/nowhere/papergen/config.toml\n',
    )
    await expectPapergen(2, '--config', '/nowhere.toml', 'config', 'check')
    await inShell(`rm ${other}`)
  })

  test.each([
    ['papergen pub', ['publish']],
    ['papergen --read-only un', ['unpublish']],
    ['papergen setup ', ['edge', 'gpu', '--apply', '--account', '--yes']],
    ['papergen config s', ['show']],
    ['papergen logs --s', ['--since', '--source']],
  ])('completion sourced by a real bash completes %j', async (line, expected) => {
    const words = line.split(' ')
    const script = `eval "$(papergen completion bash)"
      COMP_WORDS=(${words.map(word => `'${word}'`).join(' ')}) COMP_CWORD=${words.length - 1}
      _papergen; printf '%s\\n' "\${COMPREPLY[@]}"`
    const { stdout, stderr } = await inShell(script, 'bash')
    expect(stderr).toBe('')
    expect(stdout.trim().split('\n').sort()).toEqual([...expected].sort())
  })

  test('completion for zsh and fish names every command; another shell is refused', async () => {
    const zsh = (await expectPapergen(0, 'completion', 'zsh')).stdout
    const fish = (await expectPapergen(0, 'completion', 'fish')).stdout
    expect(zsh).toMatch(/^#compdef papergen\n/)
    for (const verb of verbs) {
      expect(zsh).toContain(`'${verb}:`)
      expect(fish).toContain(` -a ${verb} `)
    }
    await expectPapergen(2, 'completion', 'csh')
  })
})

describe('what changes nothing', () => {
  test('--read-only refuses every action with the reason, exit 2, and lets status through', async () => {
    const changes = takeStock()
    for (const words of [
      ['publish', 'other.py'],
      ['publish', 'lecture.py'],
      ['rollback', 'lecture'],
      ['restart', 'lecture'],
      ['unpublish', 'lecture'],
      ['repair'],
      ['migrate'],
      ['setup', 'edge', '--apply'],
    ]) {
      const { stderr } = await expectPapergen(2, '--read-only', ...words, '--yes')
      expect(stderr).toContain('papergen runs with --read-only, which refuses every action')
    }
    await expectPapergen(0, '--read-only', 'status')
    expect(changes()).toEqual([])
  })

  test('publish --dry-run prints the files and commands of every step, --json as data', async () => {
    const changes = takeStock()
    const { stdout } = await expectPapergen(0, 'publish', 'other.py', '--dry-run')
    for (const words of [
      '/etc/systemd/system/papergen-other.service',
      'ExecStart=/home/son/prj/thesis/.venv/bin/marimo run ',
      'systemctl daemon-reload',
      '/etc/nginx/snippets/learn-papers/other.conf',
      'proxy_pass http://192.168.1.116:27001;',
      'nginx -t',
      'systemctl reload nginx',
      stateFile,
      'undo ',
    ])
      expect(stdout).toContain(words)
    const plan = JSON.parse((await expectPapergen(0, 'publish', 'other.py', '--dry-run', '--json')).stdout)
    expect(plan).toMatchObject({ operation: 'publish', id: 'other' })
    expect(plan.steps.map((step: { name: string }) => step.name)).toEqual(
      expect.arrayContaining(['check', 'snapshot', 'unit', 'health', 'lan', 'route', 'public', 'index', 'confirm']),
    )
    expect(changes()).toEqual([])
  })

  test('what a dry run shows of the unit and the route is what publish writes', async () => {
    const { stdout } = await expectPapergen(0, 'publish', 'other.py', '--dry-run')
    const ran = await expectPapergen(0, 'publish', 'other.py', '--yes', '--json')
    const report = JSON.parse(ran.stdout)
    expect(report).toMatchObject({ operation: 'publish', id: 'other', outcome: { kind: 'done' }, exit: 0 })
    expect(report.steps.every((step: { state: string }) => step.state === 'done')).toBe(true)
    expect(ran.stderr).toContain('Prove the public page')
    const shown = stdout.replace(/^ +\| ?/gm, '')
    expect(shown).toContain(await asRoot('gpu', ['cat', '/etc/systemd/system/papergen-other.service']))
    expect(shown).toContain(await asRoot('edge', ['cat', '/etc/nginx/snippets/learn-papers/other.conf']))
    expect((await expectPapergen(0, 'unpublish', 'other', '--yes')).stdout).toContain('other is off the site')
    expect((await fetchThroughEdge('/thesis/other/health')).status).toBe(404)
  })
})

describe('status', () => {
  test('without a terminal papergen prints the status', async () => {
    for (const words of [[], ['status'], ['status', 'lecture']])
      expect((await expectPapergen(0, ...words)).stdout).toMatch(/✓ +lecture .* 200 .* ok$/m)
    expect((await expectPapergen(0, '--ascii', 'status')).stdout).not.toMatch(/[^\n -~]/)
    await expectPapergen(2, 'status', 'nobody')
  })

  test('--watch tells a change as one document a line, and ends with the signal', async () => {
    const watching = startInHost('gpu', ['papergen', 'status', '--watch', '--json'])
    const { says, text } = listenTo(watching)
    await says(/"level":"ok"[^\n]*\n/)
    await asRoot('gpu', ['systemctl', 'stop', unit])
    await says(/"level":"stopped"[^\n]*\n/)
    expect((await expectPapergen(3, 'status')).stdout).toMatch(/lecture .*stopped/)
    await asRoot('gpu', ['systemctl', 'start', unit])
    watching.signal('SIGTERM')
    expect((await watching.ended).code).toBe(0)
    const documents = text().trim().split('\n')
    for (const document of documents) expect(JSON.parse(document).schema).toBe(1)
    await isOk()
  })
})

describe('restart', () => {
  test('a healthy paper only with --yes; its process is a new one, and it is proved through the edge', async () => {
    const before = await mainPid('lecture')
    expect((await expectPapergen(2, 'restart', 'lecture')).stderr).toContain('--yes')
    expect(await mainPid('lecture')).toBe(before)
    await expectPapergen(0, 'restart', 'lecture', '--yes')
    expect(await mainPid('lecture')).not.toBe(before)
    expect((await fetchThroughEdge('/thesis/lecture/health')).status).toBe(200)
    expect((await expectPapergen(2, 'restart', 'nobody', '--yes')).stderr).toContain('nobody')
    await expectPapergen(2, 'restart', 'lecture', '--failing')
    await expectPapergen(2, 'restart')
  })

  test('--failing mends what failed without asking, and nothing when nothing fails', async () => {
    const before = await mainPid('lecture')
    expect((await expectPapergen(0, 'restart', '--failing')).stdout).toContain('No paper is failing')
    expect(await mainPid('lecture')).toBe(before)
    await failFive()
    await expectPapergen(3, 'status')
    await expectPapergen(0, 'restart', '--failing')
    await isOk()
  })

  test('one that cannot start: exit 1 with its last lines', async () => {
    const releases = '/home/son/prj/thesis/state/releases/lecture'
    await asRoot('gpu', ['mv', releases, `${releases}.away`])
    try {
      const { stderr } = await expectPapergen(1, 'restart', 'lecture', '--yes')
      expect(stderr).toMatch(/lecture\.py/)
    } finally {
      await asRoot('gpu', ['mv', `${releases}.away`, releases])
    }
    await expectPapergen(0, 'restart', 'lecture', '--yes')
    await isOk()
  })
})

describe('doctor', () => {
  test('all is well: exit 0, every check of both hosts', async () => {
    const { stdout } = await expectPapergen(0, 'doctor')
    expect(stdout).not.toContain('✗')
    const findings = JSON.parse((await expectPapergen(0, 'doctor', '--json')).stdout)
    const names = findings.map(({ host, name }: { host: string; name: string }) => `${host} ${name}`)
    expect(names).toEqual(
      expect.arrayContaining([
        'son-pro6000 entry point',
        'son-pro6000 registry',
        'son-wtr entry point',
        'son-wtr nginx',
      ]),
    )
    expect(findings.every(({ ok }: { ok: boolean }) => ok)).toBe(true)
  })

  const sudoers = '/etc/sudoers.d/papergen-edge'
  test.each<[string, number, readonly ['gpu' | 'edge', string, string], RegExp]>([
    ['nginx stopped', 4, ['edge', 'systemctl stop nginx', 'systemctl start nginx'], /Next: .*systemctl start nginx/],
    [
      'no rule for sudo',
      4,
      ['edge', `mv ${sudoers} /root/x`, `mv /root/x ${sudoers}`],
      /Next: .*papergen setup edge --apply/,
    ],
    [
      'a broken state.json',
      2,
      ['gpu', `cp -p ${stateFile} /root/s; echo '{' >${stateFile}`, `cp -p /root/s ${stateFile}`],
      /state\.json/,
    ],
    [
      'no nvidia-smi',
      1,
      ['gpu', 'chmod -x /usr/local/bin/nvidia-smi', 'chmod +x /usr/local/bin/nvidia-smi'],
      /Next: .*driver.*nvidia_smi/,
    ],
  ])('%s: exit %i, and its cure is named', async (_, code, [host, spoil, mend], cure) => {
    await asRoot(host, ['sh', '-c', spoil])
    try {
      const { stdout } = await expectPapergen(code, 'doctor')
      const lines = stdout.split('\n')
      const failed = lines.flatMap((line, at) => (line.startsWith('✗') ? [`${line} ${lines[at + 1]}`] : []))
      expect(failed).not.toEqual([])
      for (const finding of failed) expect(finding).toMatch(cure)
    } finally {
      await asRoot(host, ['sh', '-c', mend])
    }
  })
})

test('migrate keeps a copy, moves titles in, and a second time has nothing to do', async () => {
  await unpublishAll()
  await writeState('{"zeta": 27100}\n')
  await expectPapergen(0, 'publish', 'lecture.py', '--yes')
  const before = await readState()
  expect((await expectPapergen(2, 'migrate')).stderr).toContain('--yes')
  expect(await readState()).toBe(before)
  const { stdout } = await expectPapergen(0, 'migrate', '--yes')
  const after = JSON.parse(await readState())
  expect(after.version).toBe(2)
  expect(after.papers.zeta).toEqual({ port: 27100 })
  expect(after.papers.lecture).toMatchObject({ port: 27000, title: 'Lecture', notebook: 'papers/lecture.py' })
  const copy = /(\S+\.bak)/.exec(stdout)?.[1] ?? ''
  expect((await inHost('gpu', ['cat', copy])).stdout).toBe(before)
  expect((await expectPapergen(0, 'migrate', '--yes')).stdout).toContain('already has the present shape')
  expect(paperIn(await statusOf(), 'lecture').verdict.level).toBe('ok')
  await unpublishAll()
  await inHost('gpu', ['rm', copy])
  await writeState(emptyRegistry)
  await expectPapergen(0, 'repair', '--yes')
})

const verbs = 'status publish rollback restart unpublish repair logs doctor migrate setup config completion'.split(' ')

const isOk = (): Promise<boolean> =>
  eventually('the paper is ok again', 20, async () => (await papergen(['status', 'lecture'])).code === 0)

/** Kills the main process until systemd gives up. */
const failFive = (): Promise<boolean> =>
  eventually('the start limit is used up', 60, async () => {
    if ((await inHost('gpu', ['systemctl', 'is-failed', unit])).stdout.trim() === 'failed') return true
    const pid = await mainPid('lecture')
    if (pid > 0) await asRoot('gpu', ['sh', '-c', `kill -9 ${pid} || true`])
    return false
  })
