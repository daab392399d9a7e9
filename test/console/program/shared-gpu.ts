import type { GpuProcess, GpuSample } from '../../../src/core/facts.ts'
import type { GpuUses } from '../../../src/core/gpu-use.ts'
import { present } from './papers.ts'

/** A GPU host that others use too. */

const foreign: GpuProcess = {
  ...{ pid: 912, name: '/usr/local/bin/ollama runner', uuid: 'GPU-0', mib: 71_000 },
  ...{ unit: 'ollama.service', user: 'ollama' },
}

/** Its name tries to clear the screen and to pass for a paper. */
const hostile: GpuProcess = {
  ...{ pid: 31_337, name: 'python\u001b[2J\r\nattention', uuid: 'GPU-0', mib: 1_500 },
  ...{ unit: 'session-3.scope', user: 'mina' },
}

/** The papers' GPU nearly full, and another one that tells little. */
export const withOthers = ({ devices, processes, ...rest }: GpuSample): GpuSample => {
  const all = [...processes, foreign, hostile]
  const usedMib = all.reduce((sum, { mib }) => sum + (mib ?? 0), 0)
  const silent = { usedMib: null, totalMib: null, utilization: null, temperatureC: null }
  return {
    ...rest,
    devices: [
      ...devices.map(device => ({ ...device, usedMib })),
      { index: 1, uuid: 'GPU-1', name: 'RTX PRO 6000', ...silent, note: 'pstate: GPU requires reset' },
    ],
    processes: all,
  }
}

/** Of former runs: mamba's was two hours ago, attention's is the present one. */
export const remembered: GpuUses = new Map([
  ['mamba', { run: 'c0de', at: present - 2 * 3_600_000, peaks: { 'GPU-0': 20_480 } }],
  ['attention', { run: 'f00d', at: present - 2 * 3_600_000, peaks: { 'GPU-0': 40_960 } }],
])

/** nginx was not reloaded since certbot wrote the next certificate. */
export const renewed = {
  certificate: {
    ...{ path: '/c.pem', fingerprint: 'bb22cc33dd44ee55ff66', notAfter: present + 89.5 * 86_400_000 },
    names: ['learn.ericfromkorea.com'],
  },
  certbot: { next: 'Tue 2026-11-24 03:12:45 UTC', last: 'Mon 2026-11-23 03:12:45 UTC', lastResult: 'success' },
} as const
