import type { Problem } from './errors.ts'
import type {
  CellFacts,
  EdgeHostFacts,
  EdgeProbe,
  EdgeState,
  GpuHostFacts,
  GpuSample,
  HostStats,
  IndexPage,
  Intent,
  LanProbe,
  Link,
  Listener,
  LocalProbe,
  PaperFacts,
  RegistryEntry,
  SnippetFile,
  UnitFacts,
  UnitFile,
} from './facts.ts'
import type { Reading } from './reading.ts'

/** Everything observed of one GPU host, its edge and its papers. The console's store holds one; `status` makes one. */
export type Observed = {
  readonly gpuHost: GpuHostFacts
  readonly edgeHost: EdgeHostFacts
  readonly registry: Reading<readonly RegistryEntry[]>
  /** In the registry's order, then what has no entry (orphans) by id. */
  readonly papers: ReadonlyMap<string, PaperFacts>
  readonly unfinished: Reading<readonly Intent[]>
}

/** An answer, or the reason why there is none. */
export type Answer<T> = { readonly at: number } & ({ readonly value: T } | { readonly error: Problem })

/** One thing an observer learned. `observe(observed, observation)` is the only way the picture changes. */
export type Observation =
  | { type: 'link'; role: 'gpu' | 'edge'; link: Link }
  | { type: 'registry'; answer: Answer<readonly RegistryEntry[]> }
  | { type: 'intents'; answer: Answer<readonly Intent[]> }
  | { type: 'units'; answer: Answer<readonly UnitFacts[]> }
  /** A single change, from a D-Bus signal. */
  | { type: 'unit'; unit: UnitFacts; at: number }
  | { type: 'unit-files'; answer: Answer<readonly UnitFile[]> }
  | { type: 'snippets'; answer: Answer<readonly SnippetFile[]> }
  | { type: 'index'; answer: Answer<IndexPage> }
  | { type: 'edge-state'; answer: Answer<EdgeState> }
  | { type: 'gpu'; answer: Answer<GpuSample> }
  | { type: 'stats'; answer: Answer<HostStats> }
  | { type: 'local'; id: string; answer: Answer<LocalProbe> }
  | { type: 'lan'; id: string; answer: Answer<LanProbe> }
  | { type: 'edge'; id: string; answer: Answer<EdgeProbe> }
  | { type: 'listener'; id: string; answer: Answer<Listener> }
  | { type: 'cells'; id: string; answer: Answer<CellFacts> }
  | { type: 'changed'; id: string; answer: Answer<boolean | null> }
