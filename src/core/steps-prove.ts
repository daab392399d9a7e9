import { type UnitId, unitNameOf } from './paper.ts'
import { proveHealthy, proveLan, provePublic } from './prove.ts'
import type { Step } from './step.ts'
import type { Undertaking } from './undertaking.ts'

/** The steps that change nothing: each proves one hop. */

export const healthStep = (undertaking: Undertaking, unit: UnitId, port: number, name = 'health'): Step => {
  const { gpu, site } = undertaking.world.config
  const url = `http://${gpu.address}:${port}${site.base}/${undertaking.id}/health`
  return {
    name,
    title: `Wait until ${unitNameOf(unit)} is healthy`,
    effects: [{ kind: 'prove', words: `${url} answers 200, from a socket of ${unitNameOf(unit)}` }],
    run: context => proveHealthy(undertaking, unit, port, context),
  }
}

export const lanStep = (undertaking: Undertaking, port: number, name = 'lan'): Step => {
  const { gpu, edge } = undertaking.world.config
  return {
    name,
    title: `Reach port ${port} from ${edge.name}`,
    effects: [{ kind: 'prove', words: `${edge.name} reaches ${gpu.address}:${port}` }],
    run: context => proveLan(undertaking, port, context),
  }
}

export const publicStep = (undertaking: Undertaking, name = 'public'): Step => {
  const url = `${undertaking.world.config.site.url}${undertaking.id}/health`
  return {
    name,
    title: 'Prove the public page',
    effects: [{ kind: 'prove', words: `${url} answers 200 and the WebSocket hop answers` }],
    run: context => provePublic(undertaking, context),
  }
}
