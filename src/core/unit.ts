import type { UnitFile } from './facts.ts'
import type { UnitId } from './paper.ts'
import type { GpuPolicy } from './policy.ts'
import { fill, signature, withHeader } from './template.ts'

export type UnitRelease = {
  /** 16 hex digits, or `live`. */
  readonly hash: string
  /** Relative to the project. */
  readonly notebook: string
}

/** The unit file of a paper, as papergen-gpu writes it. `template` is share/unit.template, or share/unit-user.template. */
export const renderUnit = (
  template: string,
  policy: GpuPolicy,
  unit: UnitId,
  port: number,
  release: UnitRelease,
): string => {
  const id = unit.replace(/--next$/, '')
  // A unit in which an update proves itself is gone after a reboot.
  const lasting = unit === id ? template : template.slice(0, template.indexOf('\n[Install]'))
  const { user, home, project, marimo, state, address, base } = policy
  const notebook = notebookPath(policy, id, release)
  return withHeader(
    unit,
    fill(lasting, { unit, id, user, home, project, marimo, state, address, base, port: String(port), notebook }),
  )
}

/** Where the notebook that a unit serves lies. */
export const notebookPath = ({ project, state }: GpuPolicy, id: string, { hash, notebook }: UnitRelease): string =>
  hash === 'live'
    ? `${project}/${notebook}`
    : `${state}/releases/${id}/${hash}/${notebook.slice(notebook.lastIndexOf('/') + 1)}`

/** A unit file as it lies on disk; `dropIn` tells of a `.service.d` folder beside it. */
export const parseUnitFile = (unit: string, path: string, text: string, dropIn: boolean): UnitFile => {
  const words = execStart(text)
  const run = words.findIndex((word, at) => word === 'run' && /(^|\/)marimo$/.test(words[at - 1] ?? ''))
  const port = run < 0 ? null : portOf(words)
  const notebook = run < 0 ? null : (words.find(word => word.endsWith('.py')) ?? null)
  const adopted = port !== null && notebook !== null
  return {
    unit,
    path,
    origin: originOf(signature(unit, text), dropIn, adopted),
    port,
    notebook,
    release: /\/releases\/[^/]+\/([0-9a-f]{16})\/[^/]+$/.exec(notebook ?? '')?.[1] ?? null,
    text,
  }
}

/** A header with another id is a copy somebody made: not ours to touch. */
const originOf = (signed: ReturnType<typeof signature>, dropIn: boolean, adopted: boolean): UnitFile['origin'] => {
  if (signed === 'other') return 'foreign'
  if (signed !== null) return dropIn ? 'edited' : signed
  return adopted ? 'adopted' : 'foreign'
}

/** The words of the command that a unit file starts; none when it starts nothing. */
export const execStart = (text: string): readonly string[] => wordsOf(lastExecStart(text))

const lastExecStart = (text: string): string =>
  [...text.replaceAll('\\\n', ' ').matchAll(/^ExecStart=[-@:+!]*(.*)$/gm)].at(-1)?.[1] ?? ''

/** systemd's words: quotes of both kinds keep spaces together. */
const wordsOf = (line: string): string[] =>
  (line.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []).map(word => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'))

const portOf = (words: readonly string[]): number | null => {
  const at = words.findIndex(word => /^(--port|-p)(=|$)/.test(word))
  const text = words[at]?.split('=')[1] ?? words[at + 1] ?? ''
  return at >= 0 && /^\d{1,5}$/.test(text) ? Number(text) : null
}
