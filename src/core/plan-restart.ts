import { unitDone } from './effects.ts'
import { unitNameOf } from './paper.ts'
import type { Plan, Step } from './step.ts'
import { healthStep, lanStep, publicStep } from './steps-prove.ts'
import { onGpu, take, type Undertaking } from './undertaking.ts'

/** Restarts a paper and waits until its visitors see it again. It has no undo: a failure leaves the unit as systemd has it. */
export const planRestart = (undertaking: Undertaking, port: number): Plan => {
  const { world, id, begin } = undertaking
  return {
    op: begin.op,
    operation: 'restart',
    id,
    title: `Restart ${id}`,
    steps: [
      lockStep(undertaking),
      restartStep(undertaking),
      healthStep(undertaking, id, port),
      lanStep(undertaking, port),
      publicStep(undertaking),
      freeStep(undertaking),
    ],
    words: {
      done: `${id} was restarted and is live at ${world.config.site.url}${id}/`,
      undone: `${id} was not restarted.`,
      failed: `${id} was not seen to be live after the restart: its row tells how it is now. No host is locked.`,
    },
    letGo: async () => {
      if (undertaking.held.gpu) await onGpu(undertaking, gpu => gpu.end())
    },
  }
}

/** The GPU host alone: nothing on the edge changes. */
const lockStep = (undertaking: Undertaking): Step => {
  const { name: host } = undertaking.world.config.gpu
  return {
    name: 'begin',
    title: `Lock ${host}`,
    effects: [{ kind: 'run', host, command: `papergen-gpu: begin ${undertaking.begin.op}` }],
    run: () => take(undertaking, 'gpu'),
  }
}

const restartStep = ({ world, id }: Undertaking): Step => {
  const effects = ['reset-failed', 'restart'].map(verb => unitDone(world.config, verb, id))
  return { name: 'restart', title: `Restart ${unitNameOf(id)}`, effects, run: () => world.gpuEntry.restartUnit(id) }
}

const freeStep = ({ world, held }: Undertaking): Step => ({
  name: 'finish',
  title: `Unlock ${world.config.gpu.name}`,
  effects: [],
  run: async () => {
    await world.gpuEntry.end()
    held.gpu = false
  },
})
