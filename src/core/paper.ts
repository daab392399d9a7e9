import { PapergenError } from './errors.ts'

/** A paper's name in URLs, units and files. Only `parsePaperId` makes one. */
export type PaperId = string & { readonly __brand: 'PaperId' }

/** The name of a unit without `papergen-` and `.service`: a paper, or the second unit an update proves itself in. */
export type UnitId = PaperId | `${PaperId}--next`

const shape = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/

/** No `--`, so that `<id>--next` can never be somebody's paper. */
export const isPaperId = (text: string): text is PaperId => shape.test(text) && !text.includes('--')

/** @throws PapergenError `bad-argument` */
export const parsePaperId = (text: string): PaperId => {
  if (isPaperId(text)) return text
  throw new PapergenError({
    kind: 'bad-argument',
    what: `paper id ${JSON.stringify(text)}`,
    why: 'an id is 1 to 63 of a-z, 0-9 and single dashes, and begins and ends with a letter or digit',
    hint: suggestion(text),
  })
}

/** `Attention_Is All.py` -> `attention-is-all`; null when the name holds no ASCII letter or digit. */
export const defaultPaperId = (notebook: string): PaperId | null => {
  const stem = notebook.replace(/^.*\//, '').replace(/\.py$/i, '')
  const id = stem
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replace(/^-+|-+$/g, '')
  return isPaperId(id) ? id : null
}

export const nextOf = (id: PaperId): UnitId => `${id}--next`

export const unitNameOf = (unit: UnitId): string => `papergen-${unit}.service`

/** The unit id inside `papergen-<id>.service`, also where it is none of ours; null for any other unit. */
export const unitIdOf = (unitName: string): string | null => /^papergen-(.+)\.service$/.exec(unitName)?.[1] ?? null

const suggestion = (text: string): string | null => {
  const id = defaultPaperId(text)
  return id === null ? 'name one with --id, for example --id my-paper' : `try --id ${id}`
}
