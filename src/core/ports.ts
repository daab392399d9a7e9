import type { AccountFiles } from './account-files.ts'
import type { Past } from './audit-log.ts'
import type { Command } from './command.ts'
import type { Config } from './config.ts'
import type { EdgeEntry, GpuEntry } from './entry.ts'
import type { Problem } from './errors.ts'
import type {
  EdgeProbe,
  GpuSample,
  HostStats,
  IndexPage,
  Intent,
  LanProbe,
  Link,
  LocalProbe,
  RegistryEntry,
  SnippetFile,
  UnitFacts,
  UnitFile,
} from './facts.ts'
import type { GpuUses } from './gpu-use.ts'
import type { JournalEntry, JournalQuery } from './journal.ts'
import type { Observed } from './observed.ts'
import type { PaperId, UnitId } from './paper.ts'
import type { PapersUser } from './papers-user.ts'
import type { UnitWall } from './unit-wall.ts'

/** The interfaces between what papergen decides and what does it. Every method may throw a PapergenError. */

export interface Clock {
  /** Milliseconds since the epoch; somebody may set it back or forward at any time. */
  now(): number
  /** Milliseconds since some moment, which only go forward: for waits and deadlines. */
  elapsed(): number
  /** Resolves after `ms`, or rejects with the signal's reason. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
}

export type Ran = { readonly code: number | null; readonly stdout: string; readonly stderr: string }

export type RunOptions = {
  readonly stdin?: string
  /** Milliseconds; the child is killed and `no-answer` thrown after it. 15 s unless told. */
  readonly timeout?: number
  readonly signal?: AbortSignal
  /** Bytes of stdout kept; a longer answer is an error. 16 MiB unless told. */
  readonly limit?: number
}

/** Runs commands on one host. A non-zero exit is an answer, not an error; not being able to run is. */
export interface Shell {
  run(command: Command, options?: RunOptions): Promise<Ran>
  /** Lines of stdout as they come, until the command ends or the signal aborts; the remote process is ended too. */
  lines(command: Command, options: { readonly signal: AbortSignal }): AsyncIterable<string>
}

export type FileKind = 'file' | 'folder' | 'link' | 'other'

/** Files of one host as the operator's login sees them. Paths are absolute. */
export interface Files {
  /** Null when there is no such file. */
  read(path: string): Promise<string | null>
  readBytes(path: string): Promise<Uint8Array | null>
  /** Temp file in the same folder, fsync, rename, fsync of the folder. Keeps the mode of what it replaces. */
  write(path: string, content: string | Uint8Array, options?: { readonly mode?: number }): Promise<void>
  append(path: string, line: string): Promise<void>
  /** Null when there is no such folder. */
  list(path: string): Promise<readonly { readonly name: string; readonly kind: FileKind }[] | null>
  /** Follows no link; null when there is nothing. */
  stat(path: string): Promise<{ readonly kind: FileKind; readonly mtimeMs: number; readonly size: number } | null>
  /** With its parents; nothing happens when it is there. */
  makeFolder(path: string): Promise<void>
  link(target: string, path: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  /** File, link or whole folder; nothing happens when it is gone. Never follows a link. */
  remove(path: string): Promise<void>
  /** Removes an empty folder; a folder with content, or none, stays as it is. */
  removeEmptyFolder(path: string): Promise<void>
  /** The login's home folder, to expand `~/`. */
  home(): Promise<string>
}

/** systemd, read only: writing goes through the root entry point. */
export interface ServiceManager {
  /** Every loaded or installed `papergen-*.service`. */
  units(): Promise<readonly UnitFacts[]>
  /** One unit; state `not-found` when systemd knows none. */
  unit(unit: string): Promise<UnitFacts>
  /** The unit files on disk with their origin. */
  unitFiles(): Promise<readonly UnitFile[]>
  /** As whom each paper's unit runs and what keeps it from the operator's things, as systemd goes by it. */
  walls(): Promise<readonly UnitWall[]>
  /** Calls back within milliseconds of a change of any paper's unit; survives a lost bus. Returns the way to stop. */
  watch(changed: (unit: UnitFacts) => void, lost: (problem: Problem) => void): () => void
}

export interface Journal {
  /** Entries in order; follows until the signal aborts when the query says so. */
  read(query: JournalQuery, signal: AbortSignal): AsyncIterable<JournalEntry>
  /** Whose line it is, for each line that comes on the whole host until the signal aborts: a paper's id, null for any other's. */
  heard(signal: AbortSignal): AsyncIterable<string | null>
}

/** Probes, each with its own time limit; a failed probe is an answer, not an error. */
export interface Prober {
  /** `<base>/health` and the number of viewers, from the GPU host itself. */
  local(id: PaperId, port: number, signal?: AbortSignal): Promise<LocalProbe>
  /** The hop edge -> GPU host, by direct-tcpip from the edge; an HTTP health request through it. */
  lan(id: PaperId, port: number, signal?: AbortSignal): Promise<LanProbe>
  /** From the machine papergen runs on, whichever that is: around the edge. */
  here(id: PaperId, port: number, signal?: AbortSignal): Promise<LanProbe>
  /** The public page over HTTPS, and (when asked) the WebSocket upgrade without a session. */
  public(id: PaperId, options?: { readonly websocket?: boolean; readonly signal?: AbortSignal }): Promise<EdgeProbe>
}

export interface Gpu {
  /** @param options.timeout milliseconds each call may take; the service's own unless told */
  sample(options?: { readonly timeout?: number }): Promise<GpuSample>
}

/** A small text on the operator's own machine, for conveniences: that it cannot be read or written is no trouble. */
export interface Memory {
  read(): string | null
  write(text: string): void
}

/** What papers used of the GPUs, remembered on the operator's machine from one run of papergen to the next. */
export interface KnownUses {
  known(): GpuUses
  /** Written now and then, and at the end; what a stand-in told is known only as long as this papergen runs. */
  keep(uses: GpuUses, sample: Pick<GpuSample, 'simulated'>): void
}

export interface HostMeter {
  read(): Promise<HostStats>
}

/** `state.json` and its sidecar as texts; core/registry.ts reads and edits them. */
export interface RegistryFile {
  readonly path: string
  read(): Promise<string | null>
  /**
   * Read, apply, check that nobody wrote meanwhile, write durably; re-reads and re-applies when somebody did.
   * `change` returns the new text, null to remove the file, or its argument to leave it.
   */
  update(change: (text: string | null) => string | null): Promise<void>
}

/** A snapshot folder `state/releases/<id>/<hash>/`. */
export type Release = {
  readonly id: string
  /** First 16 hex digits of the notebook's SHA-256. */
  readonly hash: string
  /** File name of the notebook inside. */
  readonly file: string
  /** Where it came from, relative to the project. */
  readonly notebook: string
  readonly title: string | null
  readonly madeAt: number
}

export interface Releases {
  /** Makes the snapshot unless it is there; tells whether it was made. */
  make(
    id: PaperId,
    notebook: string,
    title: string | null,
  ): Promise<{ readonly release: Release; readonly made: boolean }>
  /** Newest first. */
  list(id: string): Promise<readonly Release[]>
  remove(id: PaperId, hash: string): Promise<void>
  /** Removes all but the newest `keep`, never the ones named. */
  prune(id: PaperId, keep: number, never: readonly string[]): Promise<void>
  /** Whether the working notebook differs from the release; null when one of them is gone. */
  changed(id: string, hash: string): Promise<boolean | null>
}

export interface Intents {
  /** Written durably; overwrites the record of the same operation. */
  put(intent: Intent): Promise<void>
  list(): Promise<readonly Intent[]>
  remove(op: string): Promise<void>
}

export type AuditLine = {
  readonly at: string
  readonly by: string
  readonly operation: string
  readonly id: string
  readonly outcome: string
  readonly detail: string | null
}

export interface Audit {
  append(line: AuditLine): Promise<void>
  /** The last 1,000 lines, newest first; broken ones are counted. */
  list(): Promise<Past>
}

export type NotebookFile = {
  readonly path: string
  readonly mtimeMs: number
  /** Null for a Python file that is no marimo notebook. */
  readonly title: string | null
}

/** Notebooks on the GPU host. Nothing here runs one. */
export interface Notebooks {
  /** Python files in the notebook folder, relative to the project. */
  list(): Promise<readonly NotebookFile[]>
  /**
   * Resolves what the operator typed (relative to the project, the notebook folder, or absolute inside the project).
   * @returns path relative to the project and the text. @throws `bad-notebook`
   */
  open(path: string): Promise<{ readonly path: string; readonly text: string }>
  /** `marimo check`. @throws `bad-notebook` with its findings. */
  check(path: string): Promise<void>
}

/** The texts papergen writes and reads back, made of the templates in share/: pure, but the templates are files. */
export interface Texts {
  /** The unit file of a release, as the entry point renders it. */
  unit(unit: UnitId, port: number, release: { readonly hash: string; readonly notebook: string }): string
  snippet(id: PaperId, port: number): string
  /** What stands between the markers of the index page. */
  fragment(papers: readonly RegistryEntry[]): string
  readSnippet(name: string, text: string): SnippetFile
  readIndex(page: string | null): IndexPage
}

/** What stands in front of the operator: a terminal, and perhaps a browser. */
export interface Desktop {
  /** Puts the text into the clipboard, free of control characters; line breaks stay. */
  copy(text: string): void
  /** Opens a page. @returns why it could not; null when it could */
  open(url: string): Promise<string | null>
}

/** One observation of everything, and the stream of further ones. */
export interface Eyes {
  once(): Promise<Observed>
  /** Calls back after each change until the signal aborts. */
  watch(changed: (observed: Observed) => void, signal: AbortSignal): Promise<void>
}

/** Keeps track of the two connections. */
export interface Links {
  gpu(): Link
  edge(): Link
  watch(changed: () => void): () => void
}

/** The whole world an operation works in: values and ports, no globals. One GPU host each. */
export type World = {
  readonly config: Config
  readonly clock: Clock
  /** `user@machine` of the operator. */
  readonly by: string
  readonly version: string
  readonly readOnly: boolean
  readonly links: Links
  readonly gpuEntry: GpuEntry
  readonly edgeEntry: EdgeEntry
  readonly units: ServiceManager
  readonly journal: Journal
  readonly prober: Prober
  readonly gpu: Gpu
  readonly gpuUses: KnownUses
  readonly meter: HostMeter
  readonly registry: RegistryFile
  readonly sidecar: RegistryFile
  readonly releases: Releases
  readonly intents: Intents
  readonly audit: Audit
  readonly notebooks: Notebooks
  readonly texts: Texts
  readonly logins: Logins
}

/** Who could do more than he should, as papergen's own logins on both hosts see it. */
export interface Logins {
  /** A user that papers run as, and which of these paths (and of what lies in them) it could read. Null: the host knows none. */
  papersUser(name: string, keys: readonly string[]): Promise<PapersUser | null>
  /** What is on the edge of the login that `setup edge --account` makes, read as an ordinary login of the edge. Null: there is none. */
  edgeAccount(): Promise<AccountFiles | null>
  /** What the login of the edge opens of all that its own account must not; each is tried. */
  edgeOpens(): Promise<readonly string[]>
  /** The operator's home on the GPU host. */
  home(): Promise<string>
}
