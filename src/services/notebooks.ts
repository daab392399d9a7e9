import { dirname, isAbsolute, join, relative } from 'node:path'
import { command } from '../core/command.ts'
import { PapergenError } from '../core/errors.ts'
import { type Finding, isBlocking, looksLikeMarimo, notebookTitle, parseCheck } from '../core/notebook.ts'
import type { Files, NotebookFile, Notebooks, Shell } from '../core/ports.ts'
import { oneLine } from '../core/text.ts'

export type NotebooksOptions = {
  readonly files: Files
  readonly shell: Shell
  /** Absolute. */
  readonly project: string
  /** Relative to the project: where notebooks are looked for. */
  readonly folder: string
  /** Relative to the project. */
  readonly marimo: string
}

/** Notebooks of the project. Nothing here runs one. */
export const createNotebooks = (options: NotebooksOptions): Notebooks => {
  const known = new Map<string, Known>()
  return {
    list: async () => (await search(options, known, join(options.project, options.folder), 0)).toSorted(byPath),
    open: path => open(options, path),
    check: path => check(options, path),
  }
}

const byPath = (a: NotebookFile, b: NotebookFile): number => (a.path < b.path ? -1 : 1)

type Known = Pick<NotebookFile, 'mtimeMs' | 'title'>

const deepest = 4

/** A file is read again only when its time changed: this list is made anew while somebody looks at it. */
const search = async (
  options: NotebooksOptions,
  known: Map<string, Known>,
  folder: string,
  depth: number,
): Promise<NotebookFile[]> => {
  const entries = ((await options.files.list(folder)) ?? []).filter(({ name }) => !/^[._]|^node_modules$/.test(name))
  const found = await Promise.all(
    entries.map(async ({ name, kind }) => {
      const path = join(folder, name)
      if (kind === 'folder') return depth < deepest ? search(options, known, path, depth + 1) : []
      return kind === 'file' && name.endsWith('.py') ? notebookAt(options, known, path) : []
    }),
  )
  return found.flat()
}

const notebookAt = async (
  { files, project }: NotebooksOptions,
  known: Map<string, Known>,
  path: string,
): Promise<NotebookFile[]> => {
  const stat = await files.stat(path)
  if (stat === null) return []
  const before = known.get(path)
  const title = before?.mtimeMs === stat.mtimeMs ? before.title : titleOf((await files.read(path)) ?? '', path)
  known.set(path, { mtimeMs: stat.mtimeMs, title })
  return [{ path: relative(project, path), mtimeMs: stat.mtimeMs, title }]
}

const titleOf = (text: string, path: string): string | null =>
  looksLikeMarimo(text) ? notebookTitle(text, path) : null

const open = async (options: NotebooksOptions, typed: string) => {
  const { files, project, folder } = options
  const candidates = isAbsolute(typed) ? [typed] : [join(project, typed), join(project, folder, typed)]
  for (const candidate of candidates) {
    if ((await files.stat(candidate)) === null) continue
    const path = await insideProject(options, candidate, typed)
    if ((await files.stat(join(project, path)))?.kind !== 'file') continue
    const text = await files.read(join(project, path))
    if (text === null) break
    if (!looksLikeMarimo(text))
      throw refused(
        typed,
        'it is not a marimo notebook: there is no marimo.App in it',
        'name a file that marimo edit made',
      )
    return { path, text }
  }
  throw refused(
    typed,
    `there is no such file in ${project} or its ${folder}`,
    `ls ${join(project, folder)} shows what is there`,
  )
}

/** Links are followed first: what counts is where the file really is. */
const insideProject = async ({ shell, project }: NotebooksOptions, path: string, typed: string): Promise<string> => {
  const ran = await shell.run(command('realpath', '-e', '-z', '--', project, path))
  const [root, real] = ran.stdout.split('\0')
  if (ran.code !== 0 || root === undefined || real === undefined)
    throw refused(typed, 'it cannot be read', `look at its permissions: ls -l ${path}`, ran.stderr)
  const inside = relative(root, real)
  if (inside === '' || inside.startsWith('../') || inside === '..' || isAbsolute(inside))
    throw refused(typed, `it is outside the project ${project}`, `copy it into the project and name the copy`)
  return inside
}

const check = async ({ shell, project, marimo }: NotebooksOptions, path: string): Promise<void> => {
  const program = join(project, marimo)
  const run = {
    ...command(program, 'check', '--format', 'json', join(project, path)),
    cwd: dirname(join(project, path)),
  }
  const ran = await shell.run(run, { timeout: 60_000 })
  const open = `open it and mend it: cd ${project} && ${marimo} edit ${path}`
  if (ran.code === 127 || ran.code === 126)
    throw refused(
      path,
      `marimo cannot be run: ${program}`,
      'set marimo under [gpu] in the config to where it is',
      ran.stderr,
    )
  const findings = parseCheck(ran.stdout)
  if (findings === null) throw refused(path, 'marimo could not check it', open, ran.stderr || ran.stdout)
  const blocking = findings.filter(isBlocking)
  if (ran.code === 0 && blocking.length === 0) return
  const words = (blocking.length > 0 ? blocking : findings).map(wordsOf).join('\n')
  throw refused(path, 'marimo check found what keeps it from running', open, words || ran.stderr)
}

const wordsOf = ({ line, code, message }: Finding): string =>
  [line === null ? null : `line ${line}:`, code, oneLine(message)].filter(word => word !== null).join(' ')

const refused = (path: string, why: string, hint: string, detail = ''): PapergenError =>
  new PapergenError({
    kind: 'bad-notebook',
    path,
    why,
    detail: detail.trim() || null,
    hint,
  })
