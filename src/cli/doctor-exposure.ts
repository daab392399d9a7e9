import { judgeAccount, judgeOpens } from '../core/account-files.ts'
import { problemOf } from '../core/errors.ts'
import { explain } from '../core/explain.ts'
import type { Exposure } from '../core/exposure.ts'
import { type Judgement, judgeFiles, judgeLogin, judgePorts, type Reached } from '../core/hardening.ts'
import { judgeWall, otherUsers } from '../core/judge-wall.ts'
import { isPaperId } from '../core/paper.ts'
import type { World } from '../core/ports.ts'
import { readRegistry } from '../core/registry.ts'
import { loginProgram } from '../core/setup-account.ts'
import { oneLine } from '../core/text.ts'
import type { Check } from './doctor.ts'
import type { Session } from './terminal.ts'

/** Where a host is open wider than papergen needs it. A host that does not answer has failed another check already. */
export const exposureChecks = ({ world }: Session): readonly Check[] => {
  const { config, gpuEntry, edgeEntry } = world
  const gpu = config.gpu.name
  const edge = config.edge.name
  const gpuSays = told('gpu', () => gpuEntry.exposure())
  const edgeSays = told('edge', () => edgeEntry.exposure())
  return [
    { name: 'files of papergen', host: gpu, run: () => gpuSays(said => judgeFiles(gpu, config.gpu.systemd, said)) },
    { name: 'wall around papers', host: gpu, run: () => orUnknown('gpu', () => wallOf(world)) },
    {
      name: 'ports on the LAN',
      host: gpu,
      run: async () => {
        const here = await reachedFromHere(world).catch(() => null)
        return gpuSays(said => judgePorts(config, said, here))
      },
    },
    { name: 'files of papergen', host: edge, run: () => edgeSays(said => judgeFiles(edge, 'system', said)) },
    { name: 'login', host: edge, run: () => edgeSays(said => judgeLogin(config, said)) },
    { name: "login of papergen's own", host: edge, run: () => orUnknown('edge', () => accountOf(world)) },
  ]
}

const wallOf = async ({ config, gpuEntry, units, logins }: World): Promise<Judgement> => {
  const { gpu, edge } = config
  if (gpu.systemd === 'user') return judgeWall(config, { operator: '', home: '', walls: [], users: [] })
  const operator = oneLine((await gpuEntry.hello()).policy.operator ?? gpu.runAs)
  const [home, walls] = await Promise.all([logins.home(), units.walls()])
  const isHere = gpu.reach.via === 'local' && edge.reach.via === 'ssh'
  const keys = [`${home}/.ssh`, `${home}/.config/papergen`, ...(isHere ? [edge.reach.identity] : [])]
  const users = otherUsers(gpu.runAs, operator, walls).map(async name => ({
    name,
    found: await logins.papersUser(name, keys),
  }))
  return judgeWall(config, { operator, home, walls, users: await Promise.all(users) })
}

/** The account itself can read nothing there: what it must not open is tried then. */
const accountOf = async ({ config, edgeEntry, logins }: World): Promise<Judgement> => {
  const { reach } = config.edge
  // An entry point that is another login's tells nothing; files can be read all the same.
  const login = await edgeEntry.exposure().then(
    said => said.login,
    () => null,
  )
  const isAccount = reach.via === 'ssh' && login?.name === reach.user && login.shell === loginProgram
  return isAccount ? judgeOpens(login.name, await logins.edgeOpens()) : judgeAccount(config, await logins.edgeAccount())
}

/** Tried with a paper that serves; null on the two hosts themselves, which may, and when no paper does. */
const reachedFromHere = async ({ config, registry, prober }: World): Promise<Reached | null> => {
  if (config.gpu.reach.via === 'local' || config.edge.reach.via === 'local') return null
  const { entries } = readRegistry(await registry.read(), registry.path, config.gpu.ports)
  for (const { id, port } of entries.slice(0, 5))
    if (isPaperId(id) && (await prober.local(id, port)).ok) return { port, ok: (await prober.here(id, port)).ok }
  return null
}

/** Each question is asked anew: the answers are of the moment. */
const told = (role: 'gpu' | 'edge', ask: () => Promise<Exposure>) => (judge: (said: Exposure) => Judgement) =>
  orUnknown(role, async () => judge(await ask()))

const orUnknown = async (role: 'gpu' | 'edge', judge: () => Promise<Judgement>): Promise<Judgement> => {
  try {
    return await judge()
  } catch (thrown) {
    const problem = problemOf(thrown, 'exposure')
    const isOld = problem.kind === 'request-failed' && problem.request === 'exposure'
    const detail = isOld ? 'its entry point is an older one, which cannot tell' : `not known: ${explain(problem).cause}`
    return { level: 'advice', detail, cure: isOld ? `papergen setup ${role} --apply brings the present one` : null }
  }
}
