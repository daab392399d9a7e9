import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { JournalEntry, JournalQuery } from '../../src/core/journal.ts'
import { createGpu } from '../../src/services/gpu.ts'
import { createJournal } from '../../src/services/journal.ts'
import { createLocalHost } from '../../src/services/local-host.ts'
import { createLocalMeter, createRemoteMeter } from '../../src/services/meter.ts'
import { createNotebooks } from '../../src/services/notebooks.ts'
import { until } from '../until.ts'
import { ownFolder } from './folder.ts'

const host = createLocalHost('here')

const program = (folder: string, name: string, script: string): string => {
  const path = join(folder, name)
  writeFileSync(path, `#!/bin/sh\n${script}\n`)
  chmodSync(path, 0o755)
  return path
}

describe('gpu', () => {
  const gpu = (script: string, timeout = 5_000) =>
    createGpu({ host: 'here', shell: host.shell, program: program(ownFolder(), 'nvidia-smi', script), timeout })

  it('joins devices, processes and the units of their cgroups', async () => {
    const sample = await gpu(`case "$1" in
      *compute-apps*) echo "GPU-1, ${process.pid}, python, with, commas, 300";;
      *) IFS=,; for f in \${1#--query-gpu=}; do case $f in index) v=0;; uuid) v=GPU-1;; name) v="A stand-in";; driver_version) v=590.1;; memory.used) v=400;; memory.total) v=1000;; *) v="[N/A]";; esac; printf '%s%s' "$s" "$v"; s=', '; done; echo;;
    esac`).sample()
    expect(sample.devices).toMatchObject([{ index: 0, uuid: 'GPU-1', usedMib: 400, totalMib: 1000, utilization: null }])
    expect(sample.processes).toMatchObject([{ pid: process.pid, uuid: 'GPU-1', mib: 300, user: userInfo().username }])
    expect(sample).toMatchObject({ driver: '590.1', simulated: true })
  })

  it('asks again without a field that an old driver does not know', async () => {
    const sample = await gpu(`case "$1" in
      *compute-apps*) ;;
      *pstate*) echo 'Field "pstate" is not a valid field to query.'; exit 2;;
      *) IFS=,; for f in \${1#--query-gpu=}; do case $f in index) v=0;; uuid) v=GPU-1;; name) v=X;; *) v="[N/A]";; esac; printf '%s%s' "$s" "$v"; s=', '; done; echo;;
    esac`).sample()
    expect(sample.devices).toMatchObject([{ uuid: 'GPU-1', name: 'X' }])
  })

  it('lists the GPUs that are left when one is lost, though both queries fail for it', async () => {
    const { devices, processes } = await gpu(`case "$1" in
      *compute-apps*) echo "GPU-1, ${process.pid}, python, 300";;
      *) echo "0, GPU-1, An RTX, 590.1, P1, 60, 50, 1000, 400";;
    esac; echo "Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost.  Reboot the system to recover this GPU"; exit 15`).sample()
    expect(devices).toMatchObject([
      { index: 0, usedMib: 400, note: null },
      { index: 1, name: 'GPU 0000:02:00.0', usedMib: null, note: expect.stringContaining('GPU is lost') },
    ])
    expect(processes).toMatchObject([{ pid: process.pid, mib: 300 }])
  })

  const row = '0, GPU-1, An RTX, 590.1, P1, 60, 50, 1000, 400'
  const answers = (gpus: string, apps = '') =>
    gpu(`case "$1" in *compute-apps*) ${apps === '' ? ':' : apps} ;; *) ${gpus} ;; esac`).sample()

  it('lists GPUs whose infoROM is corrupted, and says so', async () => {
    const inforom = `echo "${row}"; echo "WARNING: infoROM is corrupted at gpu 0000:01:00.0"; exit 14`
    const sample = await answers(inforom, `echo "GPU-1, ${process.pid}, python, 300"; exit 14`)
    expect(sample.devices).toMatchObject([{ usedMib: 400, note: expect.stringMatching(/^the GPU's infoROM.*maker/) }])
    expect(sample.processes).toMatchObject([{ pid: process.pid, mib: 300 }])
    expect(sample.hidden).toBeUndefined()
  })

  it.each([
    [
      'echo "GPU-1, [Insufficient Permissions], [Insufficient Permissions], [Insufficient Permissions]"',
      /^Insufficient/,
    ],
    ['echo "Not supported on the device(s)"; echo "Failed to process command line"; exit 3', /^not supported on this/],
    ['echo "Insufficient Permissions" >&2; exit 4', /^no permission: Insufficient/],
  ])('shows a GPU whose processes it may not know, by %j, and says that it does not know them', async (apps, why) => {
    const { devices, processes, hidden } = await answers(`echo "${row}"`, apps)
    expect(devices).toMatchObject([{ usedMib: 400, utilization: 0.5, note: expect.stringMatching(/^its processes: /) }])
    expect([processes, hidden]).toEqual([[], expect.stringMatching(why)])
  })

  it('takes words without a GPU for a failure, whatever the exit code', async () => {
    const why = 'no GPU was found: No devices were found'
    for (const code of [0, 1, 6])
      await expect(answers(`echo "No devices were found"; exit ${code}`)).rejects.toMatchObject({
        problem: { kind: 'gpu-unseen', code, why },
      })
    await expect(answers(':')).resolves.toMatchObject({ devices: [], processes: [] })
  })

  it('tells why nvidia-smi failed, and kills a hung one', async () => {
    await expect(
      gpu('echo "NVIDIA-SMI has failed because it could not communicate with the NVIDIA driver."; exit 9').sample(),
    ).rejects.toMatchObject({ problem: { kind: 'gpu-unseen', code: 9 } })
    const pidFile = join(ownFolder(), 'pid')
    await expect(gpu(`echo $$ > ${pidFile}; sleep 300`, 2_000).sample()).rejects.toMatchObject({
      problem: { kind: 'gpu-unseen', code: null, why: expect.stringContaining('hangs: no answer within 2 s') },
    })
    const pid = Number(readFileSync(pidFile, 'utf8'))
    await until(() => expect(existsSync(`/proc/${pid}`)).toBe(false))
  })
})

it('measures CPU, memory and disk alike on this machine and behind a shell', async () => {
  const folder = ownFolder()
  const remote = createRemoteMeter(host.shell, folder)
  expect((await remote.read()).cpu).toBeNull()
  const spent = process.cpuUsage()
  await until(() => expect(process.cpuUsage(spent).user).toBeGreaterThan(20_000), { interval: 1 })
  const [here, there] = [await createLocalMeter(host.shell, folder).read(), await remote.read()]
  for (const { cpu, memory, disk } of [here, there]) {
    expect(cpu).toBeGreaterThanOrEqual(0)
    expect(cpu).toBeLessThanOrEqual(1)
    expect(memory.used).toBeGreaterThan(0)
    expect(disk.total).toBeGreaterThan(disk.used ?? Number.POSITIVE_INFINITY)
  }
  expect(there.memory.total).toBe(here.memory.total)
  expect(await createRemoteMeter(host.shell, '/no/such/folder').read()).toMatchObject({
    disk: { used: null, total: null },
  })
})

describe('notebooks', () => {
  const notebook = 'import marimo\n\napp = marimo.App()\n'
  const project = (marimo = 'echo \'{"issues": []}\'') => {
    const root = ownFolder()
    mkdirSync(join(root, 'papers/deep'), { recursive: true })
    mkdirSync(join(root, '.venv/bin'), { recursive: true })
    program(join(root, '.venv/bin'), 'marimo', marimo)
    writeFileSync(join(root, 'papers/a.py'), notebook)
    writeFileSync(join(root, 'papers/deep/b.py'), notebook)
    writeFileSync(join(root, 'papers/layers.py'), 'x = 1\n')
    const options = {
      files: host.files,
      shell: host.shell,
      project: root,
      folder: 'papers',
      marimo: '.venv/bin/marimo',
    }
    return { root, notebooks: createNotebooks(options) }
  }

  it('lists every Python file with the title that makes it a notebook, and sees a file change', async () => {
    const { root, notebooks } = project()
    const titles = async () => (await notebooks.list()).map(({ path, title }) => [path, title])
    const others = [
      ['papers/deep/b.py', 'b'],
      ['papers/layers.py', null],
    ]
    expect(await titles()).toEqual([['papers/a.py', 'a'], ...others])
    writeFileSync(join(root, 'papers/a.py'), 'import marimo\n\napp = marimo.App(app_title="Attention")\n')
    utimesSync(join(root, 'papers/a.py'), 5, 5)
    expect(await titles()).toEqual([['papers/a.py', 'Attention'], ...others])
    writeFileSync(join(root, 'papers/a.py'), 'x = 1\n')
    utimesSync(join(root, 'papers/a.py'), 6, 6)
    expect(await titles()).toEqual([['papers/a.py', null], ...others])
  })

  it('opens by every way of naming it', async () => {
    const { root, notebooks } = project()
    for (const typed of ['papers/a.py', 'a.py', join(root, 'papers/a.py')])
      expect(await notebooks.open(typed)).toEqual({ path: 'papers/a.py', text: notebook })
  })

  it.each(['papers/none.py', 'papers/layers.py', '/etc/passwd', '../outside.py', 'papers/link.py', 'papers'])(
    'refuses %s',
    async typed => {
      const { root, notebooks } = project()
      const outside = ownFolder()
      writeFileSync(join(outside, 'x.py'), notebook)
      symlinkSync(join(outside, 'x.py'), join(root, 'papers/link.py'))
      await expect(notebooks.open(typed)).rejects.toMatchObject({ problem: { kind: 'bad-notebook' } })
    },
  )

  it('passes what marimo check passes, and tells its findings', async () => {
    await project().notebooks.check('papers/a.py')
    const issue = '{"issues": [{"severity": "breaking", "code": "MB002", "message": "x is defined twice", "line": 7}]}'
    await expect(project(`echo '${issue}'; exit 1`).notebooks.check('papers/a.py')).rejects.toMatchObject({
      problem: { kind: 'bad-notebook', detail: expect.stringContaining('x is defined twice') },
    })
    await expect(project('echo broken >&2; exit 2').notebooks.check('papers/a.py')).rejects.toMatchObject({
      problem: { kind: 'bad-notebook', detail: 'broken' },
    })
  })

  it('tells that marimo is not there', async () => {
    const { notebooks } = project()
    const none = createNotebooks({
      files: host.files,
      shell: host.shell,
      project: '/tmp',
      folder: '.',
      marimo: 'no/marimo',
    })
    expect(notebooks).toBeDefined()
    await expect(none.check('x.py')).rejects.toMatchObject({ problem: { why: expect.stringContaining('no/marimo') } })
  })
})

describe('journal', () => {
  const query: JournalQuery = {
    unit: 'attention',
    source: 'journal',
    lines: 2,
    follow: false,
    since: null,
    priority: null,
    afterCursor: null,
    invocation: null,
  }
  const line = (message: string, cursor: string) =>
    JSON.stringify({ MESSAGE: message, __CURSOR: cursor, __REALTIME_TIMESTAMP: '1700000000000000', PRIORITY: '6' })

  /** A journalctl first on the path: it writes down its arguments and prints three entries, or one more after a cursor. */
  const journal = () => {
    const folder = ownFolder()
    const old = ['a', 'b', 'c'].map(text => `echo '${line(text, `s=${text}`)}'`).join('; ')
    program(
      folder,
      'journalctl',
      `echo "$@" >> ${folder}/args
      case "$*" in *output=cat*) printf '%s\\n' init.scope papergen-a.service ssh.service papergen-b--next.service; exec sleep 300;; *after-cursor*) echo '${line('d', 's=d')}'; exec sleep 300;; *) ${old};; esac`,
    )
    program(
      folder,
      'systemd-analyze',
      '[ "$3" = bogus ] && exit 1; echo "   UNIX seconds: @1795437000.984905"; echo "       From now: 5min ago"',
    )
    const shell = createLocalHost('here', { PATH: `${folder}:${process.env.PATH}` }).shell
    const edgeLines = async function* (which: string, lines: number, id: string) {
      yield `${which} ${lines} ${id}`
      for (const minute of ['29', '30', '31']) yield `2026/11/23 12:${minute}:00 [error] 1#1: minute ${minute}`
      yield `2026/11/23 12:32:00 [warn] 1#1: minute 32`
    }
    return { folder, journal: createJournal({ shell, scope: 'system', edgeLines }) }
  }

  it('keeps the last lines when a start is given', async () => {
    const texts: string[] = []
    const { journal: port } = journal()
    for await (const { text } of port.read({ ...query, since: '-1h' }, new AbortController().signal)) texts.push(text)
    expect(texts).toEqual(['b', 'c'])
  })

  it('says first that lines are missing when the login may read its own only', async () => {
    const { folder, journal: port } = journal()
    const journalctl = join(folder, 'journalctl')
    const hint =
      '"--lines=0 --no-pager") echo "Hint: You are currently not seeing messages from other users and the system." >&2; exit;; esac'
    writeFileSync(journalctl, readFileSync(journalctl, 'utf8').replace('\n', `\ncase "$*" in ${hint}\n`))
    const entries: JournalEntry[] = []
    for await (const entry of port.read({ ...query, lines: 2 }, new AbortController().signal)) entries.push(entry)
    expect(entries[0]).toMatchObject({ who: 'papergen', text: expect.stringMatching(/missing.*Next: sudo usermod/) })
    expect(entries.length).toBeGreaterThan(1)
  })

  it('shows the past, follows from its last cursor, and ends with the signal', async () => {
    const { folder, journal: port } = journal()
    const abort = new AbortController()
    const texts: string[] = []
    for await (const { text } of port.read({ ...query, follow: true }, abort.signal)) {
      texts.push(text)
      if (text === 'd') abort.abort()
    }
    expect(texts.at(-1)).toBe('d')
    expect(readFileSync(join(folder, 'args'), 'utf8').trim().split('\n').at(-1)).toMatch(/after-cursor.*s=c/)
  })

  it('hears whose line comes until the signal', async () => {
    const { folder, journal: port } = journal()
    const abort = new AbortController()
    const heard: (string | null)[] = []
    for await (const paper of port.heard(abort.signal)) {
      heard.push(paper)
      if (heard.length === 4) abort.abort()
    }
    expect(heard).toEqual([null, 'a', null, 'b'])
    expect(readFileSync(join(folder, 'args'), 'utf8')).toContain('--follow --lines=0')
  })

  it('reads the edge log through what it was given', async () => {
    const texts: string[] = []
    const { journal: port } = journal()
    for await (const { text, source } of port.read({ ...query, source: 'error' }, new AbortController().signal))
      texts.push(`${source} ${text}`)
    expect(texts).toEqual(['error minute 31', 'error minute 32'])
  })

  it.each([
    [{ since: 'five minutes ago', lines: null }, ['error 20000 attention', 'minute 30', 'minute 31', 'minute 32']],
    [{ since: 'five minutes ago', priority: 3, lines: 1 }, ['minute 31']],
    [{ lines: 100_000 }, ['error 20000 attention', 'minute 29', 'minute 30', 'minute 31', 'minute 32']],
    [{ lines: 7 }, ['error 7 attention', 'minute 29', 'minute 30', 'minute 31', 'minute 32']],
  ])('takes the last lines of the edge log among those that %j asks for', async (asked, expected) => {
    const texts: string[] = []
    const { journal: port } = journal()
    const edge = { ...query, source: 'error', ...asked } as const
    for await (const { text } of port.read(edge, new AbortController().signal)) texts.push(text)
    expect(texts).toEqual(expected)
  })

  it('refuses a time that names no moment', async () => {
    const { journal: port } = journal()
    const reading = port.read({ ...query, since: 'bogus' }, new AbortController().signal)[Symbol.asyncIterator]()
    await expect(reading.next()).rejects.toMatchObject({ problem: { kind: 'bad-argument', what: 'time "bogus"' } })
  })
})
