import type { Problem } from './errors.ts'
import type { GpuSample, PaperGpu } from './gpu-facts.ts'
import type { Rise } from './gpu-growth.ts'
import type { PaperId } from './paper.ts'
import type { EdgeProbe, LanProbe, LocalProbe } from './probe-facts.ts'
import type { Reading } from './reading.ts'

export type * from './gpu-facts.ts'
export type * from './probe-facts.ts'

/** What was observed, before anybody judges it. Times are milliseconds since the epoch, null is "not known". */

export type Origin = 'ours' | 'edited' | 'adopted' | 'foreign'

/** One paper in the registry, whatever the file's shape. `raw` keys we do not know stay in the file, not here. */
export type RegistryEntry = {
  /** As written; may be an id that papergen refuses for actions (`isPaperId` tells). */
  readonly id: string
  readonly port: number
  readonly title: string | null
  /** Relative to the project. */
  readonly notebook: string | null
  readonly publishedAt: string | null
  /** The release folder's hash; null for adopted papers and `release = "live"`. */
  readonly release: string | null
  /** True between the first and the last step of a publish. */
  readonly pending: boolean
}

export type UnitState =
  | 'active'
  | 'reloading'
  | 'inactive'
  | 'failed'
  | 'activating'
  | 'deactivating'
  | 'maintenance'
  | 'not-found'

/** A unit as systemd runs it. */
export type UnitFacts = {
  /** `attention`, or `attention--next` during an update. */
  readonly unit: string
  readonly state: UnitState
  readonly sub: string | null
  readonly result: string | null
  readonly restarts: number | null
  /** Exit status of the last main process. */
  readonly exitStatus: number | null
  /** Entered its present state. */
  readonly since: number | null
  readonly mainPid: number | null
  readonly memoryBytes: number | null
  readonly enabled: boolean | null
  readonly controlGroup: string | null
  readonly invocation: string | null
  readonly needsReload: boolean
}

/** A unit file as it lies on disk. */
export type UnitFile = {
  readonly unit: string
  readonly path: string
  readonly origin: Origin
  readonly port: number | null
  /** Absolute path of what marimo serves. */
  readonly notebook: string | null
  readonly release: string | null
  readonly text: string
}

/** An nginx snippet as it lies on the edge. `name` is the file name without `.conf`. */
export type SnippetFile = {
  readonly name: string
  readonly origin: Origin
  /** `192.168.1.116:27000`. */
  readonly upstream: { readonly address: string; readonly port: number } | null
  readonly text: string
}

/** What the journal of the unit's present run tells of its cells, and of its end. */
export type CellFacts = {
  readonly errors: number
  readonly last: string | null
  readonly lastAt: number | null
  /** The last exception it named, `RuntimeError: CUDA error`: why a run that has ended did. */
  readonly exception: string | null
  /** Where in the project it was raised; null where its traceback names no file of it, or none is known. */
  readonly raisedAt: Frame | null
}

/** A line of a file, by its path in the project. */
export type Frame = { readonly file: string; readonly line: number }

/** A part of the world that is named for what it is: not the real thing. */
export type StandIn = 'gpu' | 'systemd' | 'nginx' | 'marimo'

export type HostStats = {
  /** 0..1 of all cores. */
  readonly cpu: number | null
  readonly memory: { readonly used: number | null; readonly total: number | null }
  /** The file system that holds the project. */
  readonly disk: { readonly used: number | null; readonly total: number | null }
}

export type EdgeState = {
  readonly nginx: 'active' | 'inactive' | 'failed' | 'broken-config' | 'unknown'
  /** nginx -t's words when the configuration is broken. */
  readonly configError: string | null
  /** The generation marker on disk and the one nginx serves; they differ when somebody's edit waits for a reload. */
  readonly markerOnDisk: string | null
  readonly markerServed: string | null
  readonly certificate: {
    readonly path: string
    readonly fingerprint: string
    readonly notAfter: number
    readonly names: readonly string[]
  } | null
  readonly certbot: {
    readonly next: string | null
    readonly last: string | null
    readonly lastResult: string | null
  } | null
  readonly simulated: boolean
}

/** The index page as the edge serves it. */
export type IndexPage = {
  readonly origin: Origin | 'absent'
  /** Ids linked between our markers. */
  readonly listed: readonly string[]
  /** What stands between the markers. */
  readonly fragment: string | null
}

export type OperationName = 'publish' | 'update' | 'rollback' | 'restart' | 'unpublish' | 'repair'

/** An intent record: what is being done, fsynced before the first change. */
export type Intent = {
  /** `20261123070000123-publish-attention`: file name without `.json`, and the operation's id on both hosts. */
  readonly op: string
  readonly operation: OperationName
  readonly id: string
  readonly by: string
  readonly since: string
  /** The step being run. */
  readonly step: string
  readonly port: number | null
  readonly release: string | null
  readonly title: string | null
  readonly notebook: string | null
  /** The registry text of this entry before, for the undo; null when there was none. */
  readonly before: {
    readonly entry: string | null
    readonly sidecar: string | null
    readonly stateExisted: boolean
    readonly sidecarExisted: boolean
    readonly releaseExisted: boolean
  } | null
}

/** An operation whose intent lies there; `running`: its process holds the host's lock, null when nobody could be asked. */
export type Unfinished = Intent & { readonly running: boolean | null }

/** Everything observed of one paper. The key of the world's `papers` is its id. */
export type PaperFacts = {
  readonly id: string
  /** Name of the GPU host. */
  readonly host: string
  readonly entry: Reading<RegistryEntry | null>
  readonly unit: Reading<UnitFacts | null>
  readonly unitFile: Reading<UnitFile | null>
  readonly snippet: Reading<SnippetFile | null>
  readonly listed: Reading<boolean>
  readonly gpu: Reading<PaperGpu | null>
  readonly local: Reading<LocalProbe>
  /** Since when local HTTP has been fine in the unit's present run; null while it is not. */
  readonly answersSince: number | null
  readonly lan: Reading<LanProbe>
  readonly edge: Reading<EdgeProbe>
  readonly cells: Reading<CellFacts>
  readonly changedSincePublish: Reading<boolean | null>
  /** Who listens on the registered port: `unit`, nobody, or somebody else (named). */
  readonly listener: Reading<Listener>
  /** GPU memory of the last samples, oldest first, for the sparkline. */
  readonly gpuHistory: readonly number[]
  /** How its GPU memory has risen until the last sample; null while it does not. */
  readonly gpuRise: Rise | null
  /** The growth with which its last run ended, as far as this console has seen it. */
  readonly gpuGrewTo: Rise | null
}

export type Listener =
  | { readonly kind: 'unit' }
  | { readonly kind: 'nobody' }
  | { readonly kind: 'foreign'; readonly pid: number | null; readonly name: string | null }

export type GpuHostFacts = {
  readonly name: string
  /** Where its papers listen and the edge's routes are to lead; the config's. */
  readonly address: string
  readonly via: 'local' | 'ssh'
  readonly link: Link
  readonly reconnects: Reconnects
  readonly stats: Reading<HostStats>
  /** Which parts of this host say themselves that they are stand-ins; none on a real one. */
  readonly standIns: Reading<readonly StandIn[]>
  readonly gpu: Reading<GpuSample>
}

export type EdgeHostFacts = {
  readonly name: string
  readonly via: 'local' | 'ssh'
  readonly link: Link
  readonly reconnects: Reconnects
  readonly state: Reading<EdgeState>
  readonly index: Reading<IndexPage>
}

/** How often a link came back after it was lost, since papergen began to watch it. */
export type Reconnects = {
  readonly count: number
  /** When it last came back. */
  readonly at: number | null
  /** The last that was heard while it was away. */
  readonly cause: Problem | null
  /** It was up at some time: the first connection is none that came back. */
  readonly wasUp: boolean
}

/** The connection to a host. */
export type Link =
  | { readonly kind: 'local' }
  | { readonly kind: 'connecting'; readonly since: number }
  | { readonly kind: 'up'; readonly since: number; readonly rttMs: number | null }
  | { readonly kind: 'down'; readonly since: number; readonly retryAt: number | null; readonly error: Problem }

export type Level = 'ok' | 'starting' | 'degraded' | 'failing' | 'drift' | 'stopped' | 'unknown'

export type Hop = 'registry' | 'unit' | 'process' | 'local' | 'lan' | 'nginx' | 'tls' | 'public' | 'index' | 'cells'

export type Verdict = {
  readonly level: Level
  readonly hop: Hop | null
  /** In words, with its evidence. One line, already free of control characters. */
  readonly cause: string
  readonly fix: 'restart' | 'repair' | 'publish' | null
}

/** A disagreement between the four records of one paper. */
export type Drift = {
  readonly kind:
    | 'orphan-unit'
    | 'orphan-snippet'
    | 'wrong-port'
    | 'port-held'
    | 'entry-without-unit'
    | 'entry-without-snippet'
    | 'listed-not-live'
    | 'live-not-listed'
    | 'unit-edited'
    | 'snippet-edited'
    | 'foreign-unit'
    | 'foreign-snippet'
    | 'unit-not-enabled'
    | 'reload-pending'
  readonly id: PaperId | string
  readonly words: string
}
