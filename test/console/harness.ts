import { initialState } from '../../src/core/state.ts'
import { createConsoleStore } from '../../src/store.ts'
import { openScreen } from '../../src/views/console.tsx'
import { consoleOf, entryOf, reportOf } from '../core/console-world.ts'
import type { Spec } from '../core/world.ts'

/**
 * The real screen in front of a world in memory, to be looked at in a terminal: eight papers in varied states, `l` brings 20,000 lines
 * at once, an action's report stays under way until Ctrl-C. `EMPTY=1`: nothing published. Bundle it with esbuild and run it.
 */
const main = async (): Promise<void> => {
  const options = {
    ascii: process.env.ASCII === '1',
    color: process.env.NO_COLOR === undefined,
    readOnly: false,
    zone: 0,
  }
  const state = consoleOf(process.env.EMPTY === '1' ? {} : papers, options)
  const store = createConsoleStore({ ...initialState(state.observed, state.at, options), ui: state.ui }, later)
  const onKey = (key: string): void => {
    for (const effect of store.press(key)) {
      if (effect.kind === 'quit') screen.close()
      if (effect.kind === 'open-log')
        store.dispatch({ type: 'log-lines', unit: effect.unit, source: effect.source, entries: burst })
      if (effect.kind === 'run') store.dispatch({ type: 'operation', report: reportOf() })
      if (effect.kind === 'cancel') store.dispatch({ type: 'operation', report: reportOf({ kind: 'done' }) })
      if (effect.kind === 'list-notebooks') store.dispatch({ type: 'notebooks', notebooks })
    }
  }
  const screen = openScreen(store, { stdin: process.stdin, stdout: process.stdout, onKey, tellIdle: false })
  await screen.ended
  store.close()
}

const later = (run: () => void, ms: number) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}

const failed = { state: 'failed', sub: 'failed', result: 'exit-code', exitStatus: 1, mainPid: null } as const
const gateway = { ok: false, kind: 'bad-gateway', status: 502, websocket: null } as const

/** Unit and snippet that agree with the entry. */
const records = (port: number) => ({ unitFile: { port }, snippet: { upstream: { address: '192.168.1.116', port } } })

const papers: Record<string, Spec> = {
  attention: { entry: { port: 27000, title: 'Attention Is All You Need' }, ...records(27000), local: { viewers: 3 } },
  'diffusion-101': {
    entry: { port: 27001, title: '확산 모델 기초' },
    ...records(27001),
    unit: failed,
    local: undefined,
    edge: gateway,
  },
  'flow-matching': {
    entry: { port: 27002, title: 'Flow Matching' },
    snippet: { upstream: { address: '192.168.1.116', port: 27009 } },
  },
  gans: { entry: { port: 27003, title: 'Generative Adversarial Networks' }, ...records(27003) },
  mamba: { entry: { port: 27004, title: 'Mamba: linear-time sequences' }, ...records(27004), edge: gateway },
  resnet: {
    entry: { port: 27005, title: '잔차 신경망' },
    ...records(27005),
    unit: failed,
    local: undefined,
    edge: gateway,
  },
  vae: { entry: { port: 27006 }, ...records(27006) },
  'word2vec-and-everything-after-it': {
    entry: { port: 27007, title: 'A title far too long for any column of a terminal' },
  },
}

const burst = Array.from({ length: 20_000 }, (_, n) => entryOf(`GET /thesis/attention/ 200 (${n})`))

const notebooks = ['papers/flow.py', 'papers/Attention_Is All.py', 'papers/잔차.py'].map(path => ({ path, mtimeMs: 0 }))

// After the values above, which it uses.
await main()
