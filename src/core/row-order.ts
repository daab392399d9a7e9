import type { Column } from './columns.ts'
import type { Level, PaperFacts } from './facts.ts'
import { lastOf } from './reading.ts'
import type { JudgedPaper } from './rows.ts'
import type { Ui } from './state.ts'
import { insteadOfPage } from './verdict-edge.ts'

/** By a column upwards or downwards. What has no value there comes last either way, and equals stand by their ids. */
export const rowOrder =
  ({ column, descending }: Ui['sort']) =>
  (a: JudgedPaper, b: JudgedPaper): number => {
    const [one, other] = [key(a, column), key(b, column)]
    if (one === null || other === null)
      return Number(one === null) - Number(other === null) || compare(a.paper.id, b.paper.id)
    return (descending ? -1 : 1) * compare(one, other) || compare(a.paper.id, b.paper.id)
  }

/** How one begins to sort by it: of what is used the most is wanted first. */
export const sortBy = (column: Column): Ui['sort'] => ({ column, descending: column === 'gpu' || column === 'up' })

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0)

/** Null where the column shows nothing. */
const key = (row: JudgedPaper, column: Column): string | number | null => {
  const { paper } = row
  switch (column) {
    case 'paper':
      return paper.id
    case 'title':
      return lastOf(paper.entry)?.title ?? null
    case 'port':
      return lastOf(paper.entry)?.port ?? null
    case 'unit':
      return lastOf(paper.unit)?.state ?? null
    case 'up':
      return startOf(paper)
    case 'gpu':
      return lastOf(paper.gpu)?.mib ?? null
    case 'edge':
      return edgeKey(paper)
    case 'verdict':
      return urgency[urgencyOf(row)]
  }
}

/** The later it started, the shorter it is up. */
const startOf = ({ unit }: PaperFacts): number | null => {
  const seen = lastOf(unit)
  return seen?.state === 'active' && seen.since !== null ? -seen.since : null
}

/** What answered nothing stands beyond all that answered badly. */
const edgeKey = ({ edge }: PaperFacts): number | null => (edge.kind === 'never' ? null : (edge.value.status ?? 999))

type Urgency = Level | 'drift without a page'

/** What readers do not get comes before what will hurt later. */
const urgency: Readonly<Record<Urgency, number>> = {
  ...{ failing: 0, 'drift without a page': 1, unknown: 2, stopped: 3 },
  ...{ degraded: 4, drift: 5, starting: 6, ok: 7 },
}

const urgencyOf = ({ paper, verdict: { level }, busy }: JudgedPaper): Urgency => {
  // It goes where it will most likely be, so that the cursor finds its neighbours there when it is gone.
  if (busy) return 'ok'
  return level === 'drift' && insteadOfPage(paper) !== null ? 'drift without a page' : level
}
