import { problemOf } from '../core/errors.ts'
import { explain } from '../core/explain.ts'
import type { Exposure } from '../core/exposure.ts'
import { type Judgement, judgeFiles, judgeLogin, judgePorts, judgeWall } from '../core/hardening.ts'
import type { Check } from './doctor.ts'
import type { Session } from './terminal.ts'

/** Where a host is open wider than papergen needs it. A host that does not answer has failed another check already. */
export const exposureChecks = ({ world }: Session): readonly Check[] => {
  const { config, gpuEntry, edgeEntry, units } = world
  const gpu = config.gpu.name
  const edge = config.edge.name
  const gpuSays = told('gpu', () => gpuEntry.exposure())
  const edgeSays = told('edge', () => edgeEntry.exposure())
  const wall = async (): Promise<Judgement> =>
    judgeWall(config, (await gpuEntry.hello()).policy.operator ?? config.gpu.runAs, await units.unitFiles())
  return [
    { name: 'files of papergen', host: gpu, run: () => gpuSays(said => judgeFiles(gpu, config.gpu.systemd, said)) },
    { name: 'wall around papers', host: gpu, run: () => orUnknown('gpu', wall) },
    { name: 'ports on the LAN', host: gpu, run: () => gpuSays(said => judgePorts(config, said)) },
    { name: 'files of papergen', host: edge, run: () => edgeSays(said => judgeFiles(edge, 'system', said)) },
    { name: 'login', host: edge, run: () => edgeSays(said => judgeLogin(config, said)) },
  ]
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
