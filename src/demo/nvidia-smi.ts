import { readFileSync } from 'node:fs'
import { execStart } from '../core/unit.ts'
import { gpuMibAfter, parseLife } from './life.ts'
import type { Program } from './programs.ts'
import type { Systemd } from './systemd.ts'

const total = 97_887
const uuid = 'GPU-00000000-5a7d-4000-8000-0000000000de'

/** A stand-in for nvidia-smi that names itself in its device's name. Memory belongs to the running papers, as their notebooks tell. */
export const createNvidiaSmi =
  (systemd: Systemd): Program =>
  async (argv, { out }) => {
    const apps = memoryOf(systemd)
    if (argv[1]?.startsWith('--query-compute-apps=')) {
      out(apps.map(({ pid, mib }) => `${uuid}, ${pid}, python3, ${mib}\n`).join(''))
      return 0
    }
    const asked = argv[1]?.startsWith('--query-gpu=') ? argv[1].slice('--query-gpu='.length).split(',') : ['name']
    const values = deviceOf(apps)
    const unknown = asked.find(field => !(field in values))
    out(unknown === undefined ? `${asked.map(field => values[field]).join(', ')}\n` : unknownField(unknown))
    return unknown === undefined ? 0 : 2
  }

const unknownField = (field: string): string => `Field "${field}" is not a valid field to query.\n\n`

type App = { readonly pid: number; readonly mib: number }

/** A process that several papers share has no memory of one of them. */
const memoryOf = (systemd: Systemd): readonly App[] =>
  systemd.loaded().flatMap(({ name, running }): App[] => {
    if (running === null || running.group === null) return []
    const life = parseLife(notebookOf(systemd, name))
    const mib = gpuMibAfter(life, (Date.now() - running.startedAt) / 1000)
    return mib === null ? [] : [{ pid: running.pid, mib }]
  })

const notebooks = new Map<string, string>()

const notebookOf = (systemd: Systemd, name: string): string => {
  const path = execStart(systemd.text(name) ?? '').at(-1) ?? ''
  const known = notebooks.get(path)
  if (known !== undefined) return known
  try {
    const text = readFileSync(path, 'utf8')
    notebooks.set(path, text)
    return text
  } catch {
    return ''
  }
}

const deviceOf = (apps: readonly App[]): Readonly<Record<string, string | number>> => {
  const used = apps.reduce((sum, { mib }) => sum + mib, 610)
  const load = Math.min(100, 9 * apps.length)
  return {
    index: 0,
    uuid,
    name: 'RTX PRO 6000 (stand-in)',
    driver_version: '590.48.01',
    pstate: apps.length > 0 ? 'P0' : 'P8',
    'temperature.gpu': 31 + Math.round(load / 2),
    'utilization.gpu': load,
    'memory.total': total,
    'memory.used': Math.min(total, used),
  }
}
