import type { RegistryEntry, SnippetFile, UnitFile } from './facts.ts'
import { isoSeconds } from './intent.ts'
import { isPaperId } from './paper.ts'
import type { Release } from './ports.ts'
import type { SidecarEntry } from './sidecar.ts'

/** What is left of a paper that has no entry in the registry. */
export type Left = {
  readonly id: string
  readonly file: UnitFile | null
  readonly isRunning: boolean
  readonly snippet: SnippetFile | null
  readonly sidecar: SidecarEntry | null
  /** Its snapshots. */
  readonly releases: readonly Release[]
}

/**
 * The entry the registry lost: an older copy of state.json was put back, or somebody wrote over it who knows no lock. An unpublish
 * takes the sidecar's record with it, so a unit beside one is no leftover; nor is one that runs where its route leads: somebody reads it.
 * Null otherwise, and when its unit is somebody else's or on a port that is another paper's.
 */
export const lostEntry = (
  left: Left,
  { entries, ports, project }: { entries: readonly RegistryEntry[]; ports: readonly [number, number]; project: string },
): RegistryEntry | null => {
  const { id, file, sidecar, releases } = left
  const port = file?.port ?? null
  if (file === null || port === null || file.origin === 'foreign' || !isPaperId(id)) return null
  if (sidecar === null ? !(left.isRunning && isPair(left)) : sidecar.pending) return null
  if (port < ports[0] || port > ports[1] || entries.some(entry => entry.port === port)) return null
  const snapshot = releases.find(({ hash }) => hash === file.release)
  return {
    id,
    port,
    title: sidecar?.title ?? snapshot?.title ?? null,
    notebook: sidecar?.notebook ?? snapshot?.notebook ?? (file.release === null ? below(project, file.notebook) : null),
    publishedAt: sidecar?.publishedAt ?? (snapshot === undefined ? null : isoSeconds(snapshot.madeAt)),
    release: file.release,
    pending: false,
  }
}

/** A unit and a route to its port, neither of somebody else's. */
export const isPair = ({ file, snippet }: Pick<Left, 'file' | 'snippet'>): boolean =>
  file !== null &&
  snippet !== null &&
  file.origin !== 'foreign' &&
  snippet.origin !== 'foreign' &&
  file.port !== null &&
  snippet.upstream?.port === file.port

const below = (project: string, path: string | null): string | null =>
  path?.startsWith(`${project}/`) ? path.slice(project.length + 1) : null
