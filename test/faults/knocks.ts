/** From and until when, in milliseconds. */
export type Span = { readonly from: number; readonly until: number }

export type Knocks = { readonly requests: number; readonly failed: number; readonly says: readonly string[] }

export type Knock = { readonly at: number; readonly status: number; readonly text: string }

/** Counts the knocks within the spans and outside the outages; a connection that was open when an outage began is part of it. */
export const countKnocks = (knocks: readonly Knock[], spans: readonly Span[], outages: readonly Span[]): Knocks => {
  const isIn = (at: number, within: readonly Span[]): boolean =>
    within.some(({ from, until }) => at >= from && at <= until)
  const counted = knocks.filter(({ at }) => isIn(at, spans) && !isIn(at, outages))
  const failed = counted.filter(({ status }) => status !== 200)
  const says = [
    ...new Set(
      failed.map(
        ({ at, status, text }) =>
          `${new Date(at).toISOString().slice(11, 23)} ${status} ${text.replaceAll(/\s+/g, ' ').slice(0, 80)}`,
      ),
    ),
  ]
  return { requests: counted.length, failed: failed.length, says: says.slice(0, 5) }
}

export const noKnocks: Knocks = { requests: 0, failed: 0, says: [] }

/** Of the papers that were live. */
export const addKnocks = (all: readonly Knocks[]): Pick<Knocks, 'requests' | 'failed'> => ({
  requests: all.reduce((sum, { requests }) => sum + requests, 0),
  failed: all.reduce((sum, { failed }) => sum + failed, 0),
})
