import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  appsQuery,
  gpuFields,
  gpuQuery,
  hiddenByFailure,
  hiddenOn,
  isStandIn,
  parseDevices,
  parseProcesses,
  unknownField,
  withComplaint,
  withoutField,
} from '../../src/core/nvidia.ts'
import { failureNext, failureReason } from '../../src/core/nvidia-failure.ts'

const sample = (name: string) => readFileSync(new URL(`../fixtures/nvidia/${name}`, import.meta.url), 'utf8')

test('the queries', () => {
  expect(gpuQuery('/opt/nvidia-smi', ['index', 'uuid']).argv).toEqual([
    '/opt/nvidia-smi',
    '--query-gpu=index,uuid',
    '--format=csv,noheader,nounits',
  ])
  expect(appsQuery('nvidia-smi').argv[1]).toBe('--query-compute-apps=gpu_uuid,pid,process_name,used_gpu_memory')
})

describe('devices', () => {
  test('two, one with a comma in its name and one that wants a reset', () => {
    const { devices, driver, complaint } = parseDevices(sample('two-gpus.csv'))
    expect(driver).toBe('610.57.04')
    expect(complaint).toBeNull()
    expect(devices).toEqual([
      {
        index: 0,
        uuid: 'GPU-11111111-aaaa-bbbb-cccc-000000000001',
        name: 'NVIDIA RTX PRO 6000 Blackwell, Max-Q',
        usedMib: 1234,
        totalMib: 97887,
        utilization: 0.42,
        temperatureC: 61,
        note: null,
      },
      {
        index: 1,
        uuid: 'GPU-11111111-aaaa-bbbb-cccc-000000000002',
        name: 'NVIDIA RTX PRO 6000 Blackwell',
        usedMib: 0,
        totalMib: 97887,
        utilization: null,
        temperatureC: null,
        note: expect.stringMatching(/^pstate: GPU requires reset: .*CPU in silence; sudo nvidia-smi --gpu-reset -i 1 /),
      },
    ])
  })

  test('a lost GPU leaves a gap that is named', () => {
    const { devices, complaint } = parseDevices(sample('gpu-lost.csv'))
    expect(devices.map(({ index, usedMib }) => [index, usedMib])).toEqual([[0, 10], [1, null], [2, 88450]]) // biome-ignore format: rows
    expect(devices[1]?.note).toMatch(/Unable to determine the device handle/)
    expect(complaint).toMatch(/GPU1/)
  })

  const tokens = [
    '[N/A]',
    'N/A',
    '[Not Supported]',
    '[Insufficient Permissions]',
    '[Unknown Error]',
    'ERR!',
    '[Function Not Found]',
  ]
  test.each(tokens)('%s is not known, with a reason', token => {
    const [device] = parseDevices(`0, GPU-1, A GPU, 1.2, P0, ${token}, 5, 100, ${token}\n`).devices
    expect(device).toMatchObject({ temperatureC: null, usedMib: null, utilization: 0.05, totalMib: 100 })
    expect(device?.note).toMatch(/^temperature.gpu: .*[a-zA-Z]/)
  })

  const listed = (pstate: string, temperature: string, load: string, used = '0') =>
    `3, GPU-9, A GPU, 590.1, ${pstate}, ${temperature}, ${load}, 81559, ${used}\n`

  test.each([
    // Temperature and load want a reset, the power state is there: so an H100 says it.
    [
      listed('P0', '[GPU requires reset]', '[GPU requires reset]'),
      0,
      /^temperature\.gpu: GPU requires reset: .* -i 3 /,
    ],
    // Of several words the gravest is told, wherever it stands.
    [listed('ERR!', '[GPU requires reset]', '[N/A]', '58222'), 58222, /^temperature\.gpu: GPU requires reset: /],
    [listed('ERR!', 'ERR!', '[N/A]', '58222'), 58222, /^pstate: ERR!: sudo dmesg .* only a reboot brings it back$/],
    [listed('P0', '[Not Supported]', '[Unknown Error]'), 0, /^utilization\.gpu: Unknown Error: sudo dmesg /],
    [
      listed('P0', '[Insufficient Permissions]', '4'),
      0,
      /^temperature\.gpu: Insufficient Permissions: sudo nvidia-smi /,
    ],
    [listed('P0', '40', '[Requested functionality has been deprecated]'), 0, /^utilization\.gpu: Requested [a-z ]+$/],
    [listed('P0', '41', '[N/A]', '11125'), 11125, /^utilization\.gpu: N\/A$/],
    [listed('[N/A]', '41', '7', '11125'), 11125, /^none$/],
  ])('%s', (row, usedMib, note) => {
    const [device] = parseDevices(row).devices
    expect(device).toMatchObject({ index: 3, usedMib, totalMib: 81559 })
    expect(device?.note ?? 'none').toMatch(note)
  })

  describe('that are listed though nvidia-smi failed, or complained', () => {
    const notes = (stdout: string, code: number) => withComplaint(parseDevices(stdout), code).map(({ note }) => note)
    const fine = listed('P0', '41', '7')
    const corrupted = 'WARNING: infoROM is corrupted at gpu 0000:21:00.0\n'

    test('a corrupted infoROM: the numbers, and what it means', () => {
      expect(notes(fine + corrupted, 14)).toEqual([
        expect.stringMatching(/^the GPU's infoROM is corrupted: WARNING: .*0000:21:00\.0: it may go on for long; .*-q/),
      ])
      expect(notes(fine, 14)).toEqual([expect.stringMatching(/^the GPU's infoROM is corrupted: it may go on/)])
      expect(notes(fine + corrupted, 0)).toEqual([expect.stringMatching(/^WARNING: .*: it may go on for long/)])
    })
    test('of several GPUs nobody says which', () => {
      const two = fine + fine.replace('3, GPU-9', '4, GPU-8').replace('P0', 'ERR!') + corrupted
      expect(notes(two, 14)).toEqual([
        expect.stringMatching(/^of one of these GPUs: the GPU's infoROM/),
        expect.stringMatching(/^pstate: ERR!/),
      ])
    })
    test('a GPU that lacks a number by its nature is told of it all the same; nothing is said of one that is well', () => {
      expect(notes(listed('P0', '41', '[N/A]'), 14)).toEqual([expect.stringMatching(/infoROM/)])
      expect(notes(fine, 0)).toEqual([null])
    })
    test('a lost one says it itself', () => {
      const lost = 'Unable to determine the device handle for GPU4: 0000:42:00.0: Unknown Error\n'
      expect(notes(fine + lost, 255)).toEqual([null, expect.stringMatching(/only a reboot brings it back$/)])
    })
  })

  test('the table is no list of devices', () => {
    const table = `| NVIDIA-SMI 610.57      KMD Version: 610.57     CUDA UMD Version: 13.3 |
|   0  NVIDIA RTX PRO 6000 Blac...    On  |   00000000:16:00.0 Off |                  Off |
| ERR!  ERR! ERR!           N/A / N/A     |   58222MiB /  97887MiB |    100%      Default |\n`
    expect(parseDevices(table)).toMatchObject({ devices: [], driver: null })
    expect(parseProcesses(table)).toEqual({ processes: [], hidden: new Map() })
  })

  test('words on stdout are no device', () => {
    expect(parseDevices('No devices were found\n')).toEqual({
      devices: [],
      driver: null,
      complaint: 'No devices were found',
      lost: false,
    })
    expect(parseDevices('')).toEqual({ devices: [], driver: null, complaint: null, lost: false })
  })

  test('a field this driver does not know is left out, unless it names the device', () => {
    const answer = 'Field "pstate" is not a valid field to query.\n\n'
    expect(unknownField(answer)).toBe('pstate')
    expect(unknownField('No devices were found')).toBeNull()
    const fields = withoutField(gpuFields, 'pstate')!
    expect(parseDevices('0, GPU-1, A, 1.2, 50, 5, 100, 7', fields).devices[0]).toMatchObject({
      temperatureC: 50,
      usedMib: 7,
    })
    expect(withoutField(gpuFields, 'uuid')).toBeNull()
    expect(withoutField(gpuFields, 'never-asked')).toBeNull()
  })

  test('a stand-in is told from a GPU', () => {
    expect(isStandIn(parseDevices('0, GPU-1, papergen stand-in GPU, 0, P0, 1, 1, 1, 1').devices)).toBe(true)
    expect(isStandIn(parseDevices('0, GPU-1, NVIDIA H100, 0, P0, 1, 1, 1, 1').devices)).toBe(false)
  })
})

describe('processes', () => {
  test('names with commas, memory that is not told, rows without a pid', () => {
    const { processes, hidden } = parseProcesses(sample('compute-apps.csv'))
    expect(processes).toEqual([
      { uuid: 'GPU-a', pid: 4711, name: '/usr/bin/python3, -m, marimo', mib: 2048 },
      { uuid: 'GPU-a', pid: 4712, name: 'python', mib: null },
      { uuid: 'MIG-b', pid: 4713, name: 'x', mib: 12 },
    ])
    expect([...hidden]).toEqual([['GPU-c', 'Insufficient Permissions']])
  })

  const hiddenRow = '[Insufficient Permissions], [Insufficient Permissions], [Insufficient Permissions]'
  const devices = parseDevices('0, GPU-1, A, 1.2, P0, 50, [N/A], 100, 7\n1, GPU-2, B, 1.2, P0, 50, 5, 100, 7').devices

  test.each([
    ['of one GPU', `GPU-1, ${hiddenRow}`, [/^its processes: Insufficient Permissions: sudo nvidia-smi /, null]],
    ['of a slice', `MIG-7, ${hiddenRow}`, [/^its processes: /, /^its processes: /]],
    ['the GPU as well', `[Insufficient Permissions], ${hiddenRow}`, [/^its processes: /, /^its processes: /]],
  ])('hidden in a restricted container, %s: it is said which GPUs that leaves unknown', (_, row, notes) => {
    const told = hiddenOn(devices, parseProcesses(`${row}\nGPU-2, 4711, x, 12\n`))
    expect(told?.reason).toBe('Insufficient Permissions')
    for (const [at, note] of notes.entries())
      if (note === null) expect(told?.devices[at]?.note).toBeNull()
      else expect(told?.devices[at]?.note).toMatch(note)
  })

  test('nothing is hidden where all is told', () =>
    expect(hiddenOn(devices, parseProcesses('GPU-2, 1, x, 2'))).toBeNull())

  test('a GPU that lists no processes', () => {
    const { reason, devices: told } = hiddenByFailure(devices, 3, 'Not supported on the device(s)\nFailed to process')
    expect(reason).toBe('not supported on this GPU: Not supported on the device(s) Failed to process')
    expect(told.map(({ note }) => note)).toEqual(
      [1, 2].map(() => expect.stringMatching(/^its processes: not supported .*: nvidia-smi -L lists/)),
    )
  })

  test('an empty sample and an error in its place', () => {
    expect(parseProcesses('').processes).toEqual([])
    expect(parseProcesses('No running processes found\n').processes).toEqual([])
    expect(parseProcesses('NVIDIA-SMI has failed because, well, it did, sorry').processes).toEqual([])
  })
})

const notLoaded = "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."

describe('why it failed, and what a person does', () => {
  test.each([
    [
      9,
      `${notLoaded}\nrest\nmore`,
      /^the NVIDIA driver is not loaded: NVIDIA-SMI has failed.* rest$/,
      /^sudo modprobe/,
    ],
    [12, "NVIDIA-SMI couldn't find libnvidia-ml.so", /^the NVML library was not found: NVIDIA-SMI/, /^ldconfig -p/],
    [
      14,
      'WARNING: infoROM is corrupted',
      /^the GPU's infoROM is corrupted: WARNING/,
      /^it may go on for long; .*maker/,
    ],
    [18, '', /reboot$/, /^reboot when it suits/],
    [6, 'No devices were found', /^no GPU was found: No devices/, /^lspci/],
    [255, 'Unknown\u001b[31m Error', /^Unknown Error$/, /^sudo dmesg/],
    [255, '', /^nvidia-smi ended with 255$/, /^sudo dmesg/],
    [127, '', /not installed/, /^install the NVIDIA driver/],
    [null, '', /killed/, /^sudo dmesg.*only a reboot helps$/],
  ])('exit %s, %j', (code, output, words, next) => {
    expect(failureReason(code, output)).toMatch(words)
    expect(failureNext(code, failureReason(code, output))).toMatch(next)
  })

  // Which code comes with which words differs by version.
  test.each([
    [notLoaded, 9],
    ['Failed to initialize NVML: Driver/library version mismatch', 18],
    ["NVIDIA-SMI couldn't find libnvidia-ml.so library in your system.", 12],
    ['No devices were found', 6],
    ['[GPU requires reset]', 16],
    ['WARNING: infoROM is corrupted at gpu 0000:21:00.0', 14],
    ['GPU is lost.  Reboot the system to recover this GPU', 15],
    ['Failed to initialize NVML: Insufficient Permissions', 4],
    ['Not supported on the device(s)', 3],
  ])('%j means the same with a code that tells nothing as with %i', (output, code) => {
    for (const [silent, words] of [1, 255].map(each => [each, failureReason(each, output)] as const)) {
      expect(words).toBe(failureReason(code, output))
      expect(failureNext(silent, words)).toBe(failureNext(code))
    }
  })

  test('a code that tells something is believed before the words', () =>
    expect(failureReason(9, 'No devices were found')).toMatch(/^the NVIDIA driver is not loaded/))

  test.each([2, 3, 4, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 126, 127])('exit %i has words of its own', code => {
    expect(failureReason(code, '')).not.toMatch(/ended with/)
    expect(failureNext(code)).not.toBe('')
  })
})
