import { join } from 'node:path'
import { z } from 'zod'
import { PapergenError } from '../core/errors.ts'
import type { Intent } from '../core/facts.ts'
import type { Files, Intents } from '../core/ports.ts'
import { dropTemps } from '../core/temp-files.ts'

/** Intent records as `<folder>/<op>.json`, durable before the first change of an operation. */
export const createIntents = (files: Files, folder: string): Intents => ({
  put: async intent => {
    const path = pathOf(folder, intent.op)
    await files.makeFolder(folder)
    await files.write(path, `${JSON.stringify(intent, null, 2)}\n`)
  },
  list: async () => {
    const names = ((await files.list(folder)) ?? []).map(entry => entry.name).filter(name => opFile.test(name))
    const read = await Promise.all(names.sort().map(name => readIntent(files, join(folder, name))))
    return read.filter(intent => intent !== null)
  },
  remove: async op => {
    const path = pathOf(folder, op)
    await files.remove(path)
    await dropTemps(files, path)
  },
})

const op = /^[0-9]{17}-[a-z]+-[a-z0-9-]{1,80}$/
const opFile = /^[0-9]{17}-[a-z]+-[a-z0-9-]{1,80}\.json$/

const pathOf = (folder: string, name: string): string => {
  if (op.test(name)) return join(folder, `${name}.json`)
  const why = 'an operation is named by its time, its kind and the paper'
  throw new PapergenError({ kind: 'bad-argument', what: `operation ${JSON.stringify(name)}`, why, hint: null })
}

/** Null when it was removed since it was listed. @throws `bad-state`: a record we cannot read must not be overlooked. */
const readIntent = async (files: Files, path: string): Promise<Intent | null> => {
  const text = await files.read(path)
  if (text === null) return null
  try {
    return shape.parse(JSON.parse(text))
  } catch (thrown) {
    const reason = thrown instanceof z.ZodError ? z.prettifyError(thrown) : String(thrown)
    throw new PapergenError({ kind: 'bad-state', path, line: null, reason }, { cause: thrown })
  }
}

const text = z.string().nullable()

const shape = z.object({
  op: z.string().regex(op),
  operation: z.enum(['publish', 'update', 'rollback', 'restart', 'unpublish', 'repair']),
  id: z.string(),
  by: z.string(),
  since: z.string(),
  step: z.string(),
  port: z.number().int().nullable(),
  release: text,
  title: text,
  notebook: text,
  before: z
    .object({
      entry: text,
      sidecar: text,
      stateExisted: z.boolean(),
      sidecarExisted: z.boolean(),
      releaseExisted: z.boolean(),
    })
    .nullable(),
})
