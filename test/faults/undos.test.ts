import { expect, test } from 'vitest'
import type { Intent } from '../../src/core/facts.ts'
import { prepare, type Request } from '../../src/core/operations.ts'
import type { FakeWorld } from '../core/fake-world.ts'
import { emptyWorld, liveWorld, mustRun, publishRequest, updatedWorld } from '../core/scenario.ts'
import type { Operation } from './names.ts'
import { crashUndos, planUndos } from './undos.ts'

/** In each another paper is live, as in the lab: both files of records are there before the operation. */
const worlds: Readonly<Record<string, readonly [() => Promise<FakeWorld>, Request]>> = {
  publish: [async () => otherWorld(), publishRequest],
  update: [liveWorld, publishRequest],
  rollback: [updatedWorld, { kind: 'rollback', id: 'attention' }],
  unpublish: [liveWorld, { kind: 'unpublish', id: 'attention' }],
  restart: [liveWorld, { kind: 'restart', id: 'attention' }],
}

const otherWorld = async (): Promise<FakeWorld> => {
  const fake = emptyWorld()
  fake.notebooks.set('papers/other.py', 'other text')
  await mustRun(fake, { kind: 'publish', notebook: 'papers/other.py', id: null, title: 'Other', port: null })
  return fake
}

test.each(Object.entries(worlds))('%s: every undo of its plan is left out once', async (operation, [make, request]) => {
  const plan = await prepare((await make()).world(), request)
  const undone = plan.steps.filter(({ undo }) => undo !== undefined).map(({ name }) => name)
  expect(stepsOf(operation)).toEqual(undone)
})

test.each(Object.entries(worlds))(
  '%s: every field it recorded is left out once',
  async (operation, [make, request]) => {
    const intent = await recordedBy(await make(), request)
    const crash = crashUndos.find(each => each.operation === operation)
    expect(crash?.before.toSorted()).toEqual(intent === null ? undefined : filled(intent).toSorted())
  },
)

test('what is left out is said of operations that there are', () => {
  const told = [...planUndos, ...crashUndos].map(({ operation }) => operation)
  expect(Object.keys(worlds)).toEqual(expect.arrayContaining([...new Set(told)]))
})

const stepsOf = (operation: string): readonly string[] =>
  planUndos.filter(each => each.operation === (operation as Operation)).map(({ step }) => step)

/** The intent as it was written under the locks; null when the operation has none. */
const recordedBy = async (fake: FakeWorld, request: Request): Promise<Intent | null> => {
  let recorded: Intent | null = null
  fake.afterCall = call => {
    if (call.startsWith('intents.put')) recorded ??= [...fake.intents.values()][0] ?? null
  }
  await mustRun(fake, request)
  return recorded
}

/** What its `before` holds for `repair`. Texts that were not there cannot be taken out of it: then the whole is, which is called ''. */
const filled = ({ before, release }: Intent): readonly string[] => {
  if (before === null) return []
  const texts = (['entry', 'sidecar'] as const).filter(field => before[field] !== null)
  const files = (['stateExisted', 'sidecarExisted'] as const).filter(field => !before[field])
  const made = release !== null && !before.releaseExisted ? ['releaseExisted'] : []
  return [...(texts.length === 0 ? [''] : texts), ...files, ...made]
}
