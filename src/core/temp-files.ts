import type { Files } from './ports.ts'

/** A write goes to a file of this name first, in the same folder; SIGKILL in its midst leaves it there. */
export const tempPrefix = (path: string): string => `.papergen-${path.slice(path.lastIndexOf('/') + 1)}-`

export const isTempOf = (path: string, name: string): boolean =>
  name.startsWith(tempPrefix(path)) && name.endsWith('.tmp')

/** What killed writers of this file left. @param path absolute */
export const tempsOf = async (files: Files, path: string): Promise<readonly string[]> => {
  const folder = path.slice(0, path.lastIndexOf('/'))
  const names = ((await files.list(folder)) ?? []).map(({ name }) => name)
  return names.filter(name => isTempOf(path, name)).map(name => `${folder}/${name}`)
}

/** Removes them; only for whoever keeps all other writers of the file away. */
export const dropTemps = async (files: Files, path: string): Promise<void> => {
  for (const temp of await tempsOf(files, path)) await files.remove(temp)
}
