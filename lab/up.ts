import { existsSync, globSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
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
import { type HostName, hostNames, hosts, type Layout, layoutsOfWorkers, site, type Users } from './layout.ts'
import { alone } from './lock.ts'
import { createNetwork, namespaces, processesInside, removeNetwork } from './network.ts'
import { installTools, labPossible } from './possible.ts'
import { forgetRecord, type Lab, type Record, readRecord, runningLab, writeRecord } from './record.ts'
import { mountRoot, mountsOf, prepareBoth, unmountAll } from './root.ts'
import { attempt, LabError } from './run.ts'
import { applySetup } from './setup.ts'
import { inVisitorArgv } from './visitor.ts'

export type UpOptions = { setup?: boolean; say?: (line: string) => void }

/**
 * Both hosts running, reachable and serving, and set up for papergen. A lab that is up already is answered as it is. When
 * `papergen setup` fails the lab stays up, so that one can look at it.
 */
export const up = (layout: Layout, { setup = true, say = () => {} }: UpOptions = {}): Promise<Lab> =>
  alone(layout, async () => {
    const already = alreadyUp(layout)
    if (already !== undefined) {
      say('the lab is already up')
      return already
    }
    await tearDown(layout)
    provide(layout, say)
    const lab = await bringUp(layout)
    for (const host of hostNames) say(`${host}: ${hosts[host].name} ${hosts[host].address} is running`)
    if (setup) applySetup(lab, say)
    return lab
  })

/** The tools and the base root that every lab needs; labs that share a base find it made. */
export const prepare = (layout: Layout, say: (line: string) => void): Promise<void> =>
  alone(layout, async () => provide(layout, say))

const provide = (layout: Layout, say: (line: string) => void): void => {
  const { possible, why } = labPossible()
  if (!possible) throw new LabError(why)
  installTools(say)
  if (!existsSync(layout.base)) say('building the base root; once, a few minutes')
  say(`base root ${ensureBase(layout)}`)
}

/** Takes away all that `up` made but the base root, also after a crash of either; harmless when there is nothing. */
export const down = (layout: Layout): Promise<void> => alone(layout, () => tearDown(layout))

/** The same for the labs of all workers of such a run, also of one that was cut short; nothing of them stays. */
export const downWorkers = async (layout: Layout, users: Users = 'tests'): Promise<void> => {
  for (const each of layoutsOfWorkers(layout, users)) {
    await down(each)
    rmSync(each.root, { recursive: true })
  }
}

/** What of a lab there is right now, for `status` and for whoever checks that nothing is left. */
export const remains = (layout: Layout): { namespaces: string[]; mounts: string[]; processes: Process[] } => ({
  namespaces: namespaces().filter(name => Object.values(layoutNames(layout)).includes(name)),
  mounts: mountsOf(layout),
  processes: (readRecord(layout)?.processes ?? []).filter(isAlive),
})

const layoutNames = (layout: Layout) =>
  Object.fromEntries((['gpu', 'edge', 'visitor', 'lan'] as const).map(who => [who, layout.netns(who)]))

const alreadyUp = (layout: Layout): Lab | undefined => {
  const lab = runningLab(layout)
  if (lab === undefined || lab.checkout === layout.checkout) return lab
  throw new LabError(`The lab is up for ${lab.checkout}. Take it down first, or set PAPERGEN_LAB to another folder.`)
}

const tearDown = async (layout: Layout): Promise<void> => {
  for (const process_ of readRecord(layout)?.processes ?? []) await endProcess(process_)
  // What is in the lab's own namespaces is the lab's, whether or not it came to be recorded.
  for (const process_ of processesInside(layout).map(identify)) if (process_ !== undefined) await endProcess(process_)
  await waitFor('the last process of the lab to end', 20_000, () => processesInside(layout).length === 0 || undefined)
  for (const host of hostNames) removeNspawnTraces(layout, host)
  unmountAll(layout)
  removeNetwork(layout)
  for (const host of hostNames) removeCgroups(layout, host)
  for (const name of ['hosts', 'visitor', 'ca']) rmSync(join(layout.root, name), { recursive: true, force: true })
  for (const half of globSync(join(layout.root, 'base.tmp-*'))) rmSync(half, { recursive: true, force: true })
  forgetRecord(layout)
}

const bringUp = async (layout: Layout): Promise<Lab> => {
  const record: Record = { processes: [], booted: {}, checkout: layout.checkout, ready: false }
  try {
    writeRecord(layout, record)
    createNetwork(layout)
    for (const host of hostNames) mountRoot(layout, host)
    prepareHosts(layout)
    const lab = { layout, booted: await bootBoth(layout, record), checkout: layout.checkout }
    await waitUntilServing(lab)
    writeRecord(layout, { ...record, ready: true })
    return lab
  } catch (problem) {
    // Half a lab helps nobody; what its hosts said is in the message.
    await tearDown(layout)
    throw problem
  }
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
export const waitUntilServing = async ({ layout, booted }: Lab): Promise<void> => {
  const ssh = ['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=5', hosts.edge.address, 'true']
  await waitFor(
    'sshd on the edge',
    60_000,
    () => attempt(insideArgv(booted.gpu.leader.pid, ssh)).code === 0 || undefined,
  )
  const page = ['curl', '-sSf', '-m', '5', '-o', '/dev/null', '--cacert', `${layout.ca}/ca.pem`, `https://${site}/`]
  const visitor = inVisitorArgv(layout, page)
  await waitFor('nginx on the edge', 60_000, () => attempt(visitor).code === 0 || undefined)
}
