import { existsSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { ensureBase } from './base.ts'
import {
  type Booted,
  boot,
  endProcess,
  identify,
  isAlive,
  type Process,
  removeCgroups,
  removeNspawnTraces,
  waitFor,
  waitUntilRunning,
} from './boot.ts'
import { makeCertificates } from './certificates.ts'
import { prepareEdge } from './edge.ts'
import { makeOperatorKey, prepareGpu } from './gpu.ts'
import { insideArgv } from './inside.ts'
import { type HostName, hostNames, hosts, type Layout, site } from './layout.ts'
import { createNetwork, namespaces, processesInside, removeNetwork } from './network.ts'
import { installTools, labPossible } from './possible.ts'
import { forgetRecord, type Lab, type Record, readRecord, runningLab, writeRecord } from './record.ts'
import { mountRoot, mountsBelow, prepareBoth, unmountAll } from './root.ts'
import { attempt, LabError } from './run.ts'
import { applySetup } from './setup.ts'
import { inVisitorArgv } from './visitor.ts'

export type UpOptions = { setup?: boolean; say?: (line: string) => void }

/** Both hosts running, reachable and serving. A lab that is up already is answered as it is. */
export const up = async (layout: Layout, { setup = true, say = () => {} }: UpOptions = {}): Promise<Lab> => {
  const { possible, why } = labPossible()
  if (!possible) throw new LabError(why)
  const already = runningLab(layout)
  if (already !== undefined) {
    if (already.checkout !== layout.checkout)
      throw new LabError(
        `The lab is up for ${already.checkout}. Take it down first, or set PAPERGEN_LAB to another folder.`,
      )
    say('the lab is already up')
    return already
  }
  await down(layout)
  installTools(say)
  if (!existsSync(layout.base)) say('building the base root; once, a few minutes')
  say(`base root ${ensureBase(layout)}`)
  try {
    const lab = await bringUp(layout, say)
    if (setup) applySetup(lab, say)
    return lab
  } catch (problem) {
    // A half lab helps nobody; its boot logs are in the message.
    await down(layout)
    throw problem
  }
}

/** Takes away all that `up` made but the base root, also after a crash of either; harmless when there is nothing. */
export const down = async (layout: Layout): Promise<void> => {
  for (const process_ of readRecord(layout)?.processes ?? []) await endProcess(process_)
  // What is in the lab's own namespaces is the lab's, whether or not it came to be recorded.
  for (const pid of processesInside(layout)) {
    const process_ = identify(pid)
    if (process_ !== undefined) await endProcess(process_)
  }
  await waitFor('the last process of the lab to end', 20_000, () => processesInside(layout).length === 0 || undefined)
  for (const host of hostNames) removeNspawnTraces(layout, host)
  unmountAll(layout)
  removeNetwork(layout)
  for (const host of hostNames) removeCgroups(layout, host)
  for (const name of ['hosts', 'visitor', 'ca']) rmSync(`${layout.root}/${name}`, { recursive: true, force: true })
  for (const half of globSync(`${layout.base}.tmp-*`)) rmSync(half, { recursive: true, force: true })
  forgetRecord(layout)
}

/** What of a lab there is right now, for `status` and for whoever checks that nothing is left. */
export const remains = (layout: Layout): { namespaces: string[]; mounts: string[]; processes: Process[] } => ({
  namespaces: namespaces().filter(name => Object.values(layoutNames(layout)).includes(name)),
  mounts: mountsBelow(layout.root),
  processes: (readRecord(layout)?.processes ?? []).filter(isAlive),
})

const layoutNames = (layout: Layout) =>
  Object.fromEntries((['gpu', 'edge', 'visitor', 'lan'] as const).map(who => [who, layout.netns(who)]))

const bringUp = async (layout: Layout, say: (line: string) => void): Promise<Lab> => {
  const record: Record = { processes: [], booted: {}, checkout: layout.checkout, ready: false }
  writeRecord(layout, record)
  createNetwork(layout)
  for (const host of hostNames) mountRoot(layout, host)
  prepareHosts(layout)
  const booted = await bootBoth(layout, record)
  const lab = { layout, booted, checkout: layout.checkout }
  await waitUntilServing(lab)
  writeRecord(layout, { ...record, ready: true })
  for (const host of hostNames) say(`${host}: ${hosts[host].name} ${hosts[host].address} is running`)
  return lab
}

const prepareHosts = (layout: Layout): void => {
  mkdirSync(layout.visitor, { recursive: true })
  const certificates = makeCertificates(layout)
  prepareBoth(layout)
  const key = makeOperatorKey(layout)
  prepareGpu(layout, certificates.ca, key)
  prepareEdge(layout, certificates, key)
}

const bootBoth = async (layout: Layout, record: Record): Promise<Lab['booted']> => {
  const start = async (host: HostName): Promise<Booted> => {
    const booted = await boot(layout, host, container => {
      record.processes.push(container)
      writeRecord(layout, record)
    })
    record.booted[host] = booted
    record.processes.push(booted.leader)
    writeRecord(layout, record)
    await waitUntilRunning(booted, host)
    return booted
  }
  const [gpu, edge] = await Promise.all([start('gpu'), start('edge')])
  return { gpu, edge }
}

/** Asked as the operator and as a visitor would: a unit that is active need not answer yet. */
const waitUntilServing = async ({ layout, booted }: Lab): Promise<void> => {
  const ssh = ['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5', hosts.edge.address, 'true']
  await waitFor(
    'sshd on the edge',
    20_000,
    () => attempt(insideArgv(booted.gpu.leader.pid, ssh)).code === 0 || undefined,
  )
  const page = ['curl', '-sSf', '-m', '5', '-o', '/dev/null', '--cacert', `${layout.ca}/ca.pem`, `https://${site}/`]
  const visitor = inVisitorArgv(layout, page)
  await waitFor('nginx on the edge', 20_000, () => attempt(visitor).code === 0 || undefined)
}
