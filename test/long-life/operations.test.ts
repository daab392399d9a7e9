import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Event } from '../../src/core/event.ts'
import type { Intent } from '../../src/core/facts.ts'
import type { Request } from '../../src/core/operations.ts'
import type { AuditLine } from '../../src/core/ports.ts'
import { createAudit } from '../../src/services/audit.ts'
import { createIntents } from '../../src/services/intents.ts'
import { createLocalHost } from '../../src/services/local-host.ts'
import { createOperator } from '../../src/services/operator.ts'
import { createConsoleStore } from '../../src/store.ts'
import { consoleOf } from '../core/console-world.ts'
import type { FakeWorld } from '../core/fake-world.ts'
import { liveWorld, notebook, publishRequest } from '../core/scenario.ts'
import { ownFolder } from '../services/folder.ts'
import { live, patience } from './life.ts'

/** The console's operator and store over two hosts in memory; intents and the audit log are real files. */
const atWork = async () => {
  const fake = await liveWorld()
  const { files } = createLocalHost('here')
  const folder = ownFolder()
  const [intents, audit] = [
    createIntents(files, join(folder, 'intents')),
    createAudit(files, join(folder, 'audit.jsonl')),
  ]
  /** Who is dead writes nothing. */
  const alive = <T>(act: () => Promise<T>): Promise<T> => (fake.dead ? Promise.reject(new Error('dead')) : act())
  const world = {
    ...fake.world(),
    intents: {
      ...intents,
      put: (intent: Intent) => alive(() => intents.put(intent)),
      remove: (op: string) => alive(() => intents.remove(op)),
    },
    audit: { ...audit, append: (line: AuditLine) => alive(() => audit.append(line)) },
  }
  const store = createConsoleStore(consoleOf({ attention: {} }), () => () => {})
  let ended = ''
  const tell = (event: Event): void => {
    if (event.type === 'operation') ended = event.report.outcome.kind
    if (event.type === 'refused') ended = event.text
    store.dispatch(event)
    store.press('f1')
  }
  const operator = createOperator(world, tell, () => {})
  const run = async (request: Request): Promise<string> => {
    ended = 'nothing was begun'
    fake.now += 60_000
    fake.calls = []
    // As the console does: what a yes would run is shown first.
    await operator.prepare([request])
    fake.calls = []
    await operator.run([request])
    return ended
  }
  return { fake, folder, operator, run, close: store.close }
}

const paper = 'attention'
let texts = 0
const edited = (fake: FakeWorld): Request => {
  fake.notebooks.set(notebook, `text ${texts++}`)
  return publishRequest
}

test(
  'hundreds of operations that succeed, fail, are stopped, die and are repaired leave nothing behind',
  async () => {
    const at = await atWork()
    const { fake, run, operator, folder } = at
    const count = new Map<string, number>()
    const ends = async (how: string, request: Request): Promise<void> => {
      expect(await run(request)).toBe(how)
      count.set(how, (count.get(how) ?? 0) + 1)
    }
    await live({
      name: 'operations that succeed, fail, are stopped and repaired',
      warmUp: 8,
      rounds: 30,
      round: async () => {
        await ends('done', { kind: 'restart', id: paper })
        await ends('done', edited(fake))
        await ends('done', { kind: 'rollback', id: paper })
        fake.broken.set('gpu.restartUnit', { kind: 'connection-lost', host: 'son-pro6000', during: 'a request' })
        await ends('rolled-back', edited(fake))
        fake.broken.clear()
        fake.afterCall = call => {
          if (call.startsWith('prober.lan')) operator.cancel()
        }
        await ends('rolled-back', edited(fake))
        fake.afterCall = () => {}
        await ends('done', { kind: 'unpublish', id: paper })
        // The console dies when it has started the unit; a new one repairs.
        fake.afterCall = call => {
          fake.dead ||= call.startsWith('gpu.startUnit')
        }
        await run(edited(fake))
        fake.afterCall = () => {}
        expect(readdirSync(join(folder, 'intents'))).toHaveLength(1)
        fake.restartConsole()
        await ends('done', { kind: 'repair', id: null })
        await ends('done', publishRequest)
        return 9
      },
    })
    expect(count.get('rolled-back')).toBeGreaterThanOrEqual(76)
    expect(readdirSync(join(folder, 'intents'))).toEqual([])
    expect(readFileSync(join(folder, 'audit.jsonl'), 'utf8').split('\n').length).toBeGreaterThan(300)
    at.close()
  },
  patience,
)
