import { createHash, randomBytes } from 'node:crypto'
import { basename, dirname, join } from 'node:path'
import { PapergenError, problemOf } from '../core/errors.ts'
import { refuseNames } from '../core/notebook-name.ts'
import type { PaperId } from '../core/paper.ts'
import type { Clock, Files, Release, Releases } from '../core/ports.ts'

export type ReleasesOptions = {
  readonly files: Files
  readonly clock: Clock
  /** Absolute. */
  readonly project: string
  /** Absolute: `<project>/state/releases`. */
  readonly folder: string
  readonly mode: 'snapshot' | 'live'
}

/** Snapshots of notebooks, each in `<folder>/<id>/<hash>/`. Links beside the copy lead to the siblings of the original. */
export const createReleases = (options: ReleasesOptions): Releases => {
  const { files, folder } = options
  const hashes = hashCache(files)
  return {
    make: (id, notebook, title) => make(options, id, notebook, title),
    list: id => list(files, join(folder, id), id),
    remove: async (id, hash) => {
      await files.remove(join(folder, id, hash))
      await files.removeEmptyFolder(join(folder, id))
    },
    prune: async (id, keep, never) => {
      const old = (await list(files, join(folder, id), id)).slice(keep).filter(({ hash }) => !never.includes(hash))
      for (const { hash } of old) await files.remove(join(folder, id, hash))
    },
    changed: async (id, hash) => {
      const release = await readRelease(files, join(folder, id, hash), id, hash)
      const working = release === null ? null : await hashes(join(options.project, release.notebook))
      return working === null ? null : hash !== 'live' && working !== hash
    },
  }
}

const make: (
  options: ReleasesOptions,
  id: PaperId,
  notebook: string,
  title: string | null,
) => ReturnType<Releases['make']> = async (options, id, notebook, title) => {
  const { files, clock, project, mode } = options
  const source = join(project, notebook)
  const bytes = await files.readBytes(source)
  if (bytes === null)
    throw refused(notebook, 'there is no such file', 'look whether somebody moved it, and name it as it is now')
  refuseNames(notebook, title)
  const hash = mode === 'live' ? 'live' : hashOf(bytes)
  const folder = join(options.folder, id, hash)
  const there = await readRelease(files, folder, id, hash)
  if (there !== null && there.notebook === notebook && there.title === title) return { release: there, made: false }
  const release = { id, hash, file: basename(notebook), notebook, title, madeAt: there?.madeAt ?? clock.now() }
  await fill(files, folder, release, source, mode === 'live' ? null : bytes)
  return { release, made: there === null }
}

/** Whole or not at all: built under another name, then renamed. */
const fill = async (files: Files, folder: string, release: Release, source: string, bytes: Uint8Array | null) => {
  const parent = dirname(folder)
  await files.makeFolder(parent)
  for (const { name } of (await files.list(parent)) ?? [])
    if (name.startsWith(unfinished)) await files.remove(join(parent, name))
  const temp = join(parent, `${unfinished}${randomBytes(6).toString('hex')}`)
  await files.makeFolder(temp)
  await linkSiblings(files, dirname(source), temp, release.file)
  if (bytes === null) await files.link(source, join(temp, release.file))
  else await files.write(join(temp, release.file), bytes)
  await files.write(join(temp, noteName), noteOf(release))
  await swap(files, temp, folder)
}

const unfinished = '.unfinished-'
const noteName = '.papergen'

const swap = async (files: Files, temp: string, folder: string): Promise<void> => {
  const old = `${temp}-old`
  if ((await files.stat(folder)) !== null) await files.rename(folder, old)
  await files.rename(temp, folder)
  await files.remove(old)
}

/** Data and modules keep working from inside the snapshot; what marimo and Python cache does not belong to it. */
const linkSiblings = async (files: Files, original: string, folder: string, notebook: string): Promise<void> => {
  const left = [notebook, noteName, '__pycache__', '__marimo__']
  for (const { name } of (await files.list(original)) ?? [])
    if (!left.includes(name) && !name.startsWith('.papergen-'))
      await files.link(join(original, name), join(folder, name))
}

const noteOf = ({ file, notebook, title, madeAt }: Release): string =>
  [`file ${file}`, `notebook ${notebook}`, ...(title === null ? [] : [`title ${title}`]), `made ${madeAt}`, ''].join(
    '\n',
  )

const list = async (files: Files, folder: string, id: string): Promise<readonly Release[]> => {
  const names = ((await files.list(folder)) ?? [])
    .map(({ name }) => name)
    .filter(name => /^([0-9a-f]{16}|live)$/.test(name))
  const releases = await Promise.all(names.map(hash => readRelease(files, join(folder, hash), id, hash)))
  return releases.filter(release => release !== null).sort((a, b) => b.madeAt - a.madeAt)
}

const readRelease = async (files: Files, folder: string, id: string, hash: string): Promise<Release | null> => {
  const note = await readNote(files, join(folder, noteName))
  if (note === null) return null
  const field = (name: string) => new RegExp(`^${name} (.*)$`, 'm').exec(note)?.[1] ?? null
  const [file, notebook, madeAt] = [field('file'), field('notebook'), Number(field('made') ?? Number.NaN)]
  if (file === null || notebook === null || Number.isNaN(madeAt)) return null
  return { id, hash, file, notebook, title: field('title'), madeAt }
}

const longestNote = 65_536

/** Papers can write here: of a note that is a pipe nobody would see the end, and one that may not be read is none of papergen's. */
const readNote = async (files: Files, path: string): Promise<string | null> => {
  const stat = await files.stat(path)
  if (stat?.kind !== 'file' || stat.size > longestNote) return null
  try {
    return await files.read(path)
  } catch (thrown) {
    if (problemOf(thrown, path).kind === 'no-permission') return null
    throw thrown
  }
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)

/** The hash of a file, read again only when its time or size changed: a look every few seconds must stay cheap. */
const hashCache = (files: Files) => {
  const known = new Map<string, { mtimeMs: number; size: number; hash: string }>()
  return async (path: string): Promise<string | null> => {
    const stat = await files.stat(path)
    if (stat === null) return null
    const before = known.get(path)
    if (before !== undefined && before.mtimeMs === stat.mtimeMs && before.size === stat.size) return before.hash
    const bytes = await files.readBytes(path)
    if (bytes === null) return null
    const hash = hashOf(bytes)
    // A link's own time says nothing of its target.
    if (stat.kind === 'file') known.set(path, { mtimeMs: stat.mtimeMs, size: stat.size, hash })
    return hash
  }
}

const refused = (path: string, why: string, hint: string): PapergenError =>
  new PapergenError({ kind: 'bad-notebook', path, why, detail: null, hint })
