import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { type Booted, isAlive, type Process } from './boot.ts'
import { type HostName, hostNames, type Layout } from './layout.ts'
import { quietly } from './run.ts'

/** What a lab that is up (or was, when its maker crashed) left on record: the only processes that `down` may end. */
export type Record = {
  processes: Process[]
  booted: Partial<{ [host in HostName]: Booted }>
  checkout: string
  ready: boolean
}

export const readRecord = (layout: Layout): Record | undefined =>
  quietly(() => JSON.parse(readFileSync(layout.state, 'utf8')))

export const writeRecord = (layout: Layout, record: Record): void => {
  writeFileSync(`${layout.state}.new`, JSON.stringify(record, null, 2))
  renameSync(`${layout.state}.new`, layout.state)
}

export const forgetRecord = (layout: Layout): void => rmSync(layout.state, { force: true })

/** A lab that finished coming up and whose two hosts still live. */
export type Lab = { layout: Layout; booted: { [host in HostName]: Booted }; checkout: string }

export const runningLab = (layout: Layout): Lab | undefined => {
  const record = readRecord(layout)
  if (!record?.ready) return undefined
  const [gpu, edge] = hostNames.map(host => record.booted[host])
  if (gpu === undefined || edge === undefined || !isAlive(gpu.leader) || !isAlive(edge.leader)) return undefined
  return { layout, booted: { gpu, edge }, checkout: record.checkout }
}
