import type { UnitFacts } from '../../../src/core/facts.ts'

/** The present of the console's world: 2026-11-23T14:02:00Z. */
export const present = Date.UTC(2026, 10, 23, 14, 2)
const ago = (seconds: number): number => present - seconds * 1000
const minute = 60
const hour = 60 * minute
const day = 24 * hour

/** A paper as the world begins with it. */
export type Paper = {
  readonly id: string
  readonly title: string
  readonly port: number
  /** Where its route leads; the port unless told. */
  readonly route?: number
  readonly unit?: Partial<UnitFacts>
  readonly viewers?: number
  readonly mib?: number
  /** The notebook was saved after its publish. */
  readonly changed?: boolean
  readonly cellErrors?: number
  readonly adopted?: boolean
}

/** One of each state an operator meets. */
export const papers: readonly Paper[] = [
  { id: 'attention', title: 'Attention Is All You Need', port: 27000, viewers: 3, mib: 12_698 },
  { id: 'graph-nets', title: 'Graph Networks', port: 27001, viewers: 1, mib: 2_048, cellErrors: 3, changed: true },
  {
    id: 'mamba',
    title: 'Mamba: Linear-Time Sequence Modeling',
    port: 27002,
    unit: { state: 'failed', sub: 'failed', result: 'exit-code', exitStatus: 1, since: ago(4.5 * minute) },
  },
  {
    id: 'diffusion-101',
    title: '확산 모델 기초',
    port: 27003,
    unit: {
      state: 'failed',
      sub: 'failed',
      result: 'start-limit-hit',
      exitStatus: 1,
      restarts: 5,
      since: ago(2.5 * hour),
    },
  },
  { id: 'flow-matching', title: 'Flow Matching for Generative Modeling', port: 27004, route: 27005, mib: 8_294 },
  {
    id: 'kalman',
    title: 'Kalman Filters',
    port: 27006,
    unit: { state: 'inactive', sub: 'dead', exitStatus: 15, since: ago(2.5 * day) },
  },
  { id: 'sampling', title: 'Sampling from GPUs', port: 27007, viewers: 0, mib: 512, changed: true },
  { id: 'Thesis_2024', title: 'The old thesis page', port: 27008, adopted: true },
]

/** Healthy papers on the ports behind those above, at most 991 of them: then the whole range is taken but for one port. */
export const crowd = (count: number): readonly Paper[] =>
  Array.from({ length: count }, (_, at) => {
    const number = String(at + 1).padStart(3, '0')
    return { id: `lecture-${number}`, title: `강의 ${number}`, port: 27_009 + at }
  })

/** Notebooks nobody published yet: the second one's cells raise, so its unit never answers. */
export const fine = 'papers/transformers.py'
export const broken = 'papers/einsum.py'

export const startedAt = ago(3.5 * day)
export const savedAt = ago(5.5 * minute)
