import { boot, endProcess, removeNspawnTraces, waitUntilRunning } from './boot.ts'
import type { HostName } from './layout.ts'
import { type Lab, readRecord, writeRecord } from './record.ts'
import { waitUntilServing } from './up.ts'

/** Takes the power from a host and gives it back: every process in there dies at once. Resolves when it serves again. */
export const powerCut = async ({ layout, checkout }: Lab, host: HostName): Promise<void> => {
  const record = readRecord(layout)!
  const { container, leader } = record.booted[host]!
  await endProcess(leader)
  await endProcess(container)
  removeNspawnTraces(layout, host)
  record.processes = record.processes.filter(({ pid }) => pid !== container.pid && pid !== leader.pid)
  const booted = await boot(layout, host, process_ => {
    record.processes.push(process_)
    writeRecord(layout, record)
  })
  record.processes.push(booted.leader)
  record.booted = { ...record.booted, [host]: booted }
  writeRecord(layout, record)
  await waitUntilRunning(booted, host)
  await waitUntilServing({ layout, checkout, booted: { gpu: record.booted.gpu!, edge: record.booted.edge! } })
}
