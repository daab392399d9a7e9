import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Driver } from '../console/driver.ts'
import { faultOf } from '../faults-of-the-world.ts'
import { asRoot, inHost, startInHost, writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import { expectPapergen, openConsole, papergen, paperIn, statusOf, unpublishAll } from './operator.ts'
import { listenTo, nothingRuns } from './started.ts'
import * as make from './troubles.ts'
import { during, expectSeen } from './world.ts'

/** What papergen reads goes away: the journal, systemd's bus, the GPUs. The paper itself is well all the while. */

const wide = { columns: 220, rows: 40 }
let console_: Driver

beforeAll(async () => {
  writeNotebook('lives.py', notebook('y', 'Lives'))
  writeNotebook('fine.py', notebook('x', 'Fine'))
  await expectPapergen(0, 'publish', 'lives.py', '--yes')
  console_ = openConsole(wide)
  await console_.sees(/1 paper +1 ✓/, 60)
})
afterAll(async () => {
  console_?.end()
  await unpublishAll()
})

const words = ({ message, hint }: { message: string; hint: string | null }): string => `${message} ${hint}`

describe('the journal', () => {
  test('the operator may not read the whole journal', ({ task }) =>
    during(make.groupLost('systemd-journal'), async () => {
      const { stdout } = await expectPapergen(0, 'logs', 'lives')
      expectSeen(task.name, stdout)
      expect(stdout).not.toMatch(/systemd +Started/)
      const doctor = await papergen(['doctor'])
      expect(doctor.code).toBe(4)
      expect(doctor.stdout).toMatch(
        /✗ son-pro6000 +journal +only the login's own lines.*\n +Next: .*usermod -aG systemd-journal/,
      )
      // The start's own lines come from the entry point, as root.
      expect(paperIn(await statusOf(), 'lives').verdict.level).toBe('ok')
    }))

  test('the journal is rotated and its past removed while it is followed', async ({ task }) => {
    const following = startInHost('gpu', ['papergen', 'logs', 'lives', '-f', '-n', '1'])
    const { says, text } = listenTo(following)
    await says(/\n/)
    await asRoot('gpu', [
      'sh',
      '-c',
      'journalctl --rotate; journalctl --vacuum-time=1s; systemctl restart papergen-lives',
    ])
    await says(/systemd +Started papergen-lives/)
    expect(text().match(/Started papergen-lives/g)).toHaveLength(1)
    following.signal('SIGTERM')
    await following.ended
    await console_.sees(/1 paper +1 ✓/, 60)
    await asRoot('gpu', ['sh', '-c', 'journalctl --rotate; journalctl --vacuum-time=1s'])
    expectSeen(task.name, (await expectPapergen(0, 'logs', 'lives')).stderr)
    expect(paperIn(await statusOf(), 'lives').verdict.level).toBe('ok')
  })
})

test("systemd's D-Bus goes, and comes back", async ({ task }) => {
  await during(make.busStopped(), async () => {
    const ran = await papergen(['status', '--json'])
    expect(ran.code).toBe(4)
    const status = JSON.parse(ran.stdout)
    expectSeen(task.name, words(status.hosts[0].error))
    expect(paperIn(status, 'lives').verdict).toMatchObject({
      level: 'unknown',
      hop: 'unit',
      cause: expect.stringMatching(/^the public page answers, but the unit cannot be seen: systemd on son-pro6000/),
    })
    const { stderr } = await expectPapergen(4, 'publish', 'fine.py', '--yes')
    expectSeen(task.name, stderr)
    // It was refused before anything began.
    expect(stderr).not.toMatch(/put back|was changed/)
    await console_.press('esc').idle().select('lives').press('enter').idle().sees('Hops of lives')
    await console_
      .sees(/the unit as of \d+ s ago|unit +\? .*bus/i, 40)
      .press('esc')
      .idle()
  })
  // The console finds it again by itself, and hears what happens from then on.
  await asRoot('gpu', ['systemctl', 'stop', 'papergen-lives'])
  await console_.sees(/stopped/, 60)
  await asRoot('gpu', ['systemctl', 'start', 'papergen-lives'])
  await console_.sees(/1 paper +1 ✓/, 60)
})

/** As the drivers say it; the numbers and names are of no real machine. */
const lost = 'Unable to determine the device handle for GPU1: 0000:42:00.0: Unknown Error'
const uuid = 'GPU-00000000-aaaa-4000-8000-000000000001'
const listed = rowOf('P1', '71', '90', '61000')
function rowOf(pstate: string, temperature: string, load: string, used: string): string {
  return `0, ${uuid}, NVIDIA RTX PRO 6000 (stand-in), 590.48.01, ${pstate}, ${temperature}, ${load}, 97887, ${used}`
}
/** An nvidia-smi that says this of GPUs, and that of processes. */
const answers = (gpus: string, apps = ':'): Promise<make.Undo> =>
  make.nvidiaSmi(`case "$1" in *compute-apps*) ${apps} ;; *) ${gpus} ;; esac`)
const fields: Readonly<Record<string, string>> = {
  'nvidia-smi hangs': 'exec sleep 1000',
  'the NVIDIA driver is not loaded': `echo "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running."; echo; exit 9`,
  'the driver was updated under nvidia-smi':
    'echo "Failed to initialize NVML: Driver/library version mismatch"; echo "NVML library version: 590.48"; exit 18',
  'nvidia-smi finds no GPU': 'echo "No devices were found"; exit 6',
  'the NVML library is not there':
    'echo "NVIDIA-SMI couldn\'t find libnvidia-ml.so library in your system. Please make sure that the NVIDIA Display Driver is properly installed"; exit 12',
  'NVML fails without a reason': 'echo "Failed to initialize NVML: Unknown Error"; exit 255',
  'the only GPU fell off the bus':
    'echo "Unable to determine the device handle for GPU 0000:01:00.0: GPU is lost.  Reboot the system to recover this GPU"; exit 15',
}

const unseen = async (fault: string, trouble: Promise<make.Undo>): Promise<void> => {
  await during(trouble, async () => {
    const status = await statusOf()
    expect(status.hosts[0]).toMatchObject({ gpus: [], error: { kind: 'gpu-unseen' } })
    expectSeen(fault, words(status.hosts[0].error))
    expectSeen(fault, (await expectPapergen(0, 'status')).stderr)
    // The paper goes on, and what it uses is unknown, not nothing.
    expect(paperIn(status, 'lives')).toMatchObject({ verdict: { level: 'ok' }, gpu: null })
    await console_.sees(/GPU +.*(?:nvidia|NVML|GPU)/i, 40)
  })
  await console_.sees(/GPU 0 +NVIDIA RTX PRO 6000 \(stand-in\) .* %/, 40)
}

describe('the GPUs', () => {
  test('nvidia-smi is not installed', ({ task }) => unseen(task.name, make.nvidiaSmiGone()))

  test.each(Object.entries(fields).filter(([fault]) => !fault.includes('fell off')))('%s', (fault, script) =>
    unseen(fault, make.nvidiaSmi(script)),
  )

  test('a publish does not wait for an nvidia-smi that hangs', () =>
    during(make.nvidiaSmi('exec sleep 1000'), async () => {
      await expectPapergen(0, 'publish', 'fine.py', '--yes')
      await expectPapergen(0, 'unpublish', 'fine', '--yes')
      console_.press('q')
      await console_.exited(20)
      await nothingRuns()
      // Not one of those it asked is left.
      expect((await inHost('gpu', ['sh', '-c', 'ps -eo args | grep -c "^slee[p] 1000" || true'])).stdout).toBe('0\n')
      console_ = openConsole(wide)
    }))

  test('the only GPU fell off the bus', ({ task }) =>
    during(make.nvidiaSmi(fields[task.name]!), async () => {
      const { hosts, papers } = await statusOf()
      expect(hosts[0].gpus).toMatchObject([{ index: 0, memory_mib: { used: null, total: null } }])
      expectSeen(task.name, hosts[0].gpus[0].note)
      expect(papers[0].verdict.level).toBe('ok')
    }))

  test('one of two GPUs fell off the bus', ({ task }) =>
    during(
      make.nvidiaSmi(`case "$1" in *compute-apps*) ;; *) echo "${listed}" ;; esac; echo "${lost}"; exit 255`),
      async () => {
        const { hosts } = await statusOf()
        expect(hosts[0].gpus).toMatchObject([
          { index: 0, memory_mib: { used: 61000, total: 97887 }, note: null },
          { index: 1, memory_mib: { used: null, total: null } },
        ])
        expectSeen(task.name, hosts[0].gpus[1].note)
        await console_.sees(/GPU 1 .*Unable to determine the device handle for GPU1/, 40)
      },
    ))

  /** The GPU is listed, its paper is well; what is known of it, and the rest as a note. */
  const ill = async (fault: string, trouble: Promise<make.Undo>, known: object): Promise<void> => {
    await during(trouble, async () => {
      const { hosts, papers } = await statusOf()
      expect(hosts[0]).toMatchObject({ error: null, gpus: [{ index: 0, uuid, ...known }] })
      expectSeen(fault, hosts[0].gpus[0].note)
      expect(papers[0].verdict.level).toBe('ok')
      // The header says it, as far as the line goes.
      const words = faultOf(fault).message[0]!
      await console_.sees(`GPU 0  NVIDIA RTX PRO 6000 (stand-in)`).sees(words.slice(0, 40), 40)
      const doctor = JSON.parse((await expectPapergen(0, 'doctor', '--json')).stdout)
      const { level, cure } = doctor.find(({ name }: { name: string }) => name === 'GPU')
      expect(level).toBe('advice')
      expectSeen(fault, cure)
    })
    await console_.sees(/GPU 0 +NVIDIA RTX PRO 6000 \(stand-in\) .*\d %/, 40)
  }
  const memory = { used: 61000, total: 97887 }

  test('a GPU requires a reset', ({ task }) =>
    ill(task.name, answers(`echo "${rowOf('P0', '[GPU requires reset]', '[GPU requires reset]', '0')}"`), {
      ...{ utilization: null, temperature_c: null, memory_mib: { used: 0, total: 97887 } },
    }))

  test('a GPU answers ERR! in place of numbers', ({ task }) =>
    ill(task.name, answers(`echo "${rowOf('ERR!', 'ERR!', '[N/A]', '61000')}"`), {
      ...{ utilization: null, temperature_c: null, memory_mib: memory },
    }))

  test("a GPU's infoROM is corrupted", ({ task }) => {
    const says = `echo "${listed}"; echo "WARNING: infoROM is corrupted at gpu 0000:01:00.0"; exit 14`
    return ill(task.name, answers(says, 'exit 14'), { utilization: 0.9, temperature_c: 71, memory_mib: memory })
  })

  test.each([
    [
      'processes are hidden: a slice of a GPU in a restricted container',
      `echo "${uuid}, [Insufficient Permissions], [Insufficient Permissions], [Insufficient Permissions]"`,
      rowOf('P0', '71', '[N/A]', '61000'),
    ],
    [
      'a GPU does not tell of processes',
      'echo "Not supported on the device(s)"; echo "Failed to process command line"; exit 3',
      listed,
    ],
  ])('%s', async (fault, apps, row) => {
    await ill(fault, answers(`echo "${row}"`, apps), { memory_mib: memory })
    await during(answers(`echo "${row}"`, apps), async () => {
      // What a paper uses is not known, which is not nothing.
      const paper = paperIn(await statusOf(), 'lives')
      expect(paper.gpu).toMatchObject({ mib: null, note: expect.stringMatching(/^nvidia-smi hides whose processes/) })
    })
  })
})
