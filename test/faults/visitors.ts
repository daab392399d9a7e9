import { knockThroughEdge } from '../lab/harness.ts'
import type { Knock } from './knocks.ts'
import { steady, tried } from './papers.ts'

/** Visitors of both papers, five a second each, all the time; what counts is decided afterwards. */
export const watchVisitors = () => {
  const knocking = [steady, tried].map(id => knockThroughEdge(`/thesis/${id}/health`, 200))
  return async (): Promise<{ readonly [paper in 'steady' | 'tried']: readonly Knock[] }> => {
    const [ofSteady = [], ofTried = []] = await Promise.all(knocking.map(({ stop }) => stop()))
    return { steady: ofSteady, tried: ofTried }
  }
}
