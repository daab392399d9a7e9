import { checkEntry, checkNginx } from '../core/check.ts'
import type { Hello } from '../core/entry.ts'
import { PapergenError, problemOf } from '../core/errors.ts'
import { explain } from '../core/explain.ts'
import type { GpuSample } from '../core/facts.ts'
import type { Judgement } from '../core/hardening.ts'
import { onlyOwnLines } from '../core/journal.ts'
import { failureNext, saysNothing } from '../core/nvidia-failure.ts'
import { parsePaperId } from '../core/paper.ts'
import { readRegistry } from '../core/registry.ts'
import { oneLine } from '../core/text.ts'
import { exposureChecks } from './doctor-exposure.ts'
import type { Session } from './terminal.ts'

/** One precondition: `run` answers what it found, judged when it is more than found or not, or throws the problem whose hint is the cure. */
export type Check = {
  readonly name: string
  readonly host: string
  readonly run: () => Promise<string | Judgement>
  /** What to do when a program it runs fails, which the program's own words seldom say. */
  readonly cure?: string
}

type Finding = {
  readonly name: string
  readonly host: string
  /** False only for a failure: an advice changes no exit code. */
  readonly ok: boolean
  readonly level: Judgement['level']
  readonly detail: string
  readonly cure: string | null
  readonly exit: number
}

/** `papergen doctor`: every precondition on both hosts, and where they are open wider than needed; each finding names its cure. @returns 0, or the gravest finding's code */
export const doctor = async (
  session: Session,
  extra: readonly Check[],
  options: { readonly json: boolean },
): Promise<number> => {
  const findings: Finding[] = []
  for (const check of [...checksOf(session), ...exposureChecks(session), ...extra]) {
    const finding = await examine(check)
    findings.push(finding)
    if (!options.json) print(session, finding)
  }
  if (options.json)
    session.terminal.print(
      JSON.stringify(
        findings.map(({ exit: _, ...rest }) => rest),
        null,
        2,
      ),
    )
  return [4, 1, 2].find(code => findings.some(finding => !finding.ok && finding.exit === code)) ?? 0
}

const examine = async ({ name, host, run, cure }: Check): Promise<Finding> => {
  try {
    const found = await run()
    const judged = typeof found === 'string' ? ({ level: 'ok', detail: found, cure: null } as const) : found
    const ok = judged.level !== 'fail'
    return { name, host, ok, ...judged, exit: ok ? 0 : 4 }
  } catch (thrown) {
    const problem = problemOf(thrown, name)
    const { cause, hint, exitCode } = explain(problem)
    const isOwn = problem.kind === 'command-failed' || (problem.kind === 'gpu-unseen' && isMissing(problem.code))
    const known = isOwn ? cure : null
    return { name, host, ok: false, level: 'fail', detail: cause, cure: known ?? hint, exit: exitCode }
  }
}

/** The shell's words for a program that is not there or cannot be run. */
const isMissing = (code: number | null): boolean => code === 126 || code === 127

const signs = { ok: ['✓', 'ok  '], advice: ['!', 'note'], fail: ['✗', 'FAIL'] } as const

const print = ({ terminal }: Session, { name, host, level, detail, cure }: Finding): void => {
  const sign = signs[level][terminal.ascii ? 1 : 0]
  terminal.print(`${sign} ${host.padEnd(14)} ${name.padEnd(22)} ${detail}`)
  if (cure !== null) terminal.print(`${' '.repeat(17)} Next: ${cure}`)
}

const checksOf = ({ world }: Session): readonly Check[] => {
  const gpu = world.config.gpu.name
  const edge = world.config.edge.name
  const journalCure = `let the operator read the journal: sudo usermod -aG systemd-journal USER, then log in again on ${gpu}`
  return [
    {
      name: 'registry',
      host: gpu,
      run: async () => {
        const { shape, entries } = readRegistry(
          await world.registry.read(),
          world.registry.path,
          world.config.gpu.ports,
        )
        return `${entries.length} papers in ${world.registry.path} (shape ${shape})`
      },
    },
    {
      name: 'notebooks',
      host: gpu,
      run: async () =>
        `${(await world.notebooks.list()).filter(({ title }) => title !== null).length} marimo notebooks`,
    },
    { name: 'entry point', host: gpu, run: async () => spoken(await checkEntry(world, 'gpu')) },
    { name: 'systemd over D-Bus', host: gpu, run: async () => `${(await world.units.units()).length} papergen units` },
    {
      name: 'journal',
      host: gpu,
      run: () => readable(world, journalCure),
      cure: journalCure,
    },
    {
      name: 'GPU',
      host: gpu,
      run: async () => gpuFound(await world.gpu.sample()),
      cure: `install the NVIDIA driver on ${gpu}, or name its program with nvidia_smi under [gpu] in the config`,
    },
    { name: 'entry point', host: edge, run: async () => spoken(await checkEntry(world, 'edge')) },
    {
      name: 'nginx',
      host: edge,
      run: async () => {
        await checkNginx(world)
        const state = await world.edgeEntry.state()
        if (state.configError !== null) return unasked(edge, state.configError)
        return state.markerOnDisk === state.markerServed
          ? 'active, serves what is on disk'
          : 'active, but an edit on disk waits for a reload'
      },
    },
    {
      name: 'certificate',
      host: edge,
      run: async () => {
        const { certificate, configError } = await world.edgeEntry.state()
        if (certificate === null && configError !== null) return unasked(edge, configError)
        if (certificate === null) throw unfit(edge, 'none was found on disk for the site')
        const days = Math.floor((certificate.notAfter - world.clock.now()) / 86_400_000)
        if (days < 0) throw unfit(edge, `${certificate.path} expired ${-days} days ago`)
        return `${days} days left (${certificate.path})`
      },
    },
  ]
}

/** nginx is active and yet there is an error: the entry point did not ask it, because its folder of routes is not root's. */
const unasked = (host: string, why: string): Judgement => ({
  level: 'advice',
  detail: `the entry point does not ask nginx: ${why.replace(/: .*/s, '')}`,
  cure: `on ${host}: ${why.replace(/^.*?: /s, '')}`,
})

/** A GPU that lacks a number by its nature is well; one that says why it cannot tell is not. */
const gpuFound = ({ devices, simulated }: GpuSample): string | Judgement => {
  const detail = devices.map(device => device.name).join(', ') + (simulated ? '  (a stand-in, not a GPU)' : '')
  const ill = devices.flatMap(({ index, note }) =>
    note === null || saysNothing.test(note) ? [] : [`GPU ${index}: ${oneLine(note)}`],
  )
  if (devices.length === 0)
    return { level: 'advice', detail: 'nvidia-smi lists none', cure: `on its host: ${failureNext(6)}` }
  return ill.length === 0 ? detail : { level: 'advice', detail, cure: ill.join('; ') }
}

const unfit = (host: string, why: string): PapergenError => new PapergenError({ kind: 'certificate-unfit', host, why })

const spoken = ({ protocol, version }: Hello): string => `protocol ${protocol}, version ${version}`

const readable = async (world: Session['world'], cure: string): Promise<string | Judgement> => {
  const query = {
    unit: parsePaperId('papergen-doctor'),
    source: 'journal' as const,
    lines: 1,
    follow: false,
    since: null,
    priority: null,
    afterCursor: null,
    invocation: null,
  }
  for await (const entry of world.journal.read(query, AbortSignal.timeout(10_000))) {
    if (entry === onlyOwnLines) return { level: 'fail', detail: "only the login's own lines: none of systemd's", cure }
    break
  }
  return 'readable'
}
