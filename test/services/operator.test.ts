import { expect, it } from 'vitest'
import type { Draft } from '../../src/core/dry-run.ts'
import type { Event } from '../../src/core/event.ts'
import type { Request } from '../../src/core/operations.ts'
import { createOperator } from '../../src/services/operator.ts'
import type { FakeWorld } from '../core/fake-world.ts'
import { emptyWorld, liveWorld, publishRequest } from '../core/scenario.ts'

const operatorOf = (fake: FakeWorld) => {
  const events: Event[] = []
  const operator = createOperator(
    fake.world(),
    event => events.push(event),
    () => {},
  )
  const drafts = (): readonly Draft[] => events.flatMap(event => (event.type === 'prepared' ? event.drafts : []))
  return { operator, events, drafts }
}

/** Calls that change something. */
const changes =
  /^(?:gpu|edge)\.(?!hello|state|listener|holder|pending|snippets|index|sample)|^(?:releases\.make|intents\.put|\w+\.update|audit)/

it('prepares without changing anything', async () => {
  const fake = await liveWorld()
  const { operator, drafts } = operatorOf(fake)
  fake.calls = []
  await operator.prepare([publishRequest, { kind: 'unpublish', id: 'other' }, { kind: 'repair', id: 'other' }])
  expect(drafts().map(({ kind }) => kind)).toEqual(['plan', 'plan', 'plan'])
  expect(fake.calls.filter(call => changes.test(call))).toEqual([])
})

it('runs the very plan that was shown, once', async () => {
  const fake = emptyWorld()
  const { operator, drafts, events } = operatorOf(fake)
  await operator.prepare([publishRequest])
  const [draft] = drafts()
  const [op] = /\d{17}-publish-attention/.exec(draft?.kind === 'plan' ? draft.text : '') ?? []
  fake.now += 60_000
  await operator.run([publishRequest])
  const ran = events.flatMap(event => (event.type === 'operation' ? [event.report] : []))
  expect(ran.at(-1)).toMatchObject({ op, outcome: { kind: 'done' } })
  expect(ran.at(-1)?.steps.map(({ title }) => title)).toEqual(draft?.kind === 'plan' && draft.steps)
  await operator.run([publishRequest])
  expect(events.flatMap(event => (event.type === 'operation' ? [event.report.op] : [])).at(-1)).not.toBe(op)
})

it('a world that changed since is refused, not acted on', async () => {
  const fake = emptyWorld()
  const { operator, events } = operatorOf(fake)
  await operator.prepare([publishRequest])
  fake.notebooks.set('papers/attention.py', 'another text')
  await operator.run([publishRequest])
  const ran = events.flatMap(event => (event.type === 'operation' ? [event.report] : []))
  expect(ran.at(-1)?.outcome).toMatchObject({ problem: { kind: 'changed-underneath' } })
  expect(fake.routes.size).toBe(0)
})

it('tells a refusal as the draft of its request', async () => {
  const { operator, drafts } = operatorOf(emptyWorld())
  const unknown: Request = { kind: 'unpublish', id: 'nobody' }
  await operator.prepare([unknown, publishRequest])
  expect(drafts()).toMatchObject([{ kind: 'refused', problem: { kind: 'bad-argument' } }, { kind: 'plan' }])
})
