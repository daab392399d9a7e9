import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { tellFailure } from '../../../src/cli/failure.ts'
import { openConsole } from '../../../src/console/open.ts'
import { PapergenError } from '../../../src/core/errors.ts'
import { themeFor } from '../../../src/core/themes.ts'
import { createActivity } from '../../../src/services/activity.ts'
import { createMemory } from '../../../src/services/memory.ts'
import { createObserver } from '../../../src/services/observer.ts'
import { Hosts, type Scenario } from './hosts.ts'

/** The real console over two hosts in memory: `node world.mjs <root> <scenario as JSON> [--ascii]`. Nothing here opens a socket. */
const [root = '', json = '{}', ...flags] = process.argv.slice(2)
const scenario = JSON.parse(json) as Scenario
const template = (name: string): string => readFileSync(join(root, 'share', name), 'utf8')
const hosts = new Hosts(scenario, { unit: template('unit.template'), snippet: template('snippet.template') })
const world = hosts.world()

const stopping = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => stopping.abort(new PapergenError({ kind: 'interrupted', during: name })))
const acts = [...(scenario.acts ?? [])]
process.on('SIGUSR2', () => {
  const act = acts.shift()
  if (act !== undefined) hosts.act(act)
})

const ended = openConsole(
  {
    world,
    observer: tell => createObserver({ ...world, clock: hosts.observerClock() }, tell),
    activity: tell => createActivity(world.journal, hosts.observerClock(), tell),
  },
  {
    ascii: flags.includes('--ascii'),
    color: !flags.includes('--no-color') && (process.env.NO_COLOR ?? '') === '',
    theme: themeFor(world.config.console.theme, process.env.COLORFGBG),
    zone: -new Date().getTimezoneOffset(),
    note: null,
    memory: process.env.PAPERGEN_TEST_MEMORY === undefined ? null : createMemory(process.env.PAPERGEN_TEST_MEMORY),
    signal: stopping.signal,
  },
)
const print = (text: string): void => void process.stderr.write(`${text}\n`)
process.exitCode = await ended.catch(thrown => {
  const code = tellFailure(thrown, print, false)
  // As the real program does: what a defect left running must not keep it.
  process.exit(code)
})
