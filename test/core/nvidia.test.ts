import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  appsQuery,
  failureReason,
  gpuFields,
  gpuQuery,
  isStandIn,
  parseDevices,
  parseProcesses,
  unknownField,
  withoutField,
} from '../../src/core/nvidia.ts'

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
        note: 'pstate: GPU requires reset',
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

  test('words on stdout are no device', () => {
    expect(parseDevices('No devices were found\n')).toEqual({
      devices: [],
      driver: null,
      complaint: 'No devices were found',
    })
    expect(parseDevices('')).toEqual({ devices: [], driver: null, complaint: null })
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

  test('an empty sample and an error in its place', () => {
    expect(parseProcesses('').processes).toEqual([])
    expect(parseProcesses('No running processes found\n').processes).toEqual([])
    expect(parseProcesses('NVIDIA-SMI has failed because, well, it did, sorry').processes).toEqual([])
  })
})

test.each([
  [9, "NVIDIA-SMI has failed because it couldn't\nrest\nmore", /driver is not loaded: NVIDIA-SMI has failed/],
  [18, '', /reboot/],
  [127, '', /not installed/],
  [255, 'Unknown\u001b[31m Error', /^Unknown Error$/],
  [255, '', /ended with 255/],
  [null, '', /killed/],
])('exit %s', (code, output, words) => expect(failureReason(code, output)).toMatch(words))
