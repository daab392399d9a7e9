import type { LogPane } from './log-pane.ts'
import type { Tracing } from './log-traceback.ts'
import { from, itemAt } from './sequence.ts'

const maxLines = 100_000
const maxBytes = 32 * 1024 * 1024

/** Without the oldest lines of a pane that holds too much; the newest one stays, however long it is. */
export const withinBounds = (pane: LogPane): LogPane => {
  let { bytes, raised } = pane
  let { first } = pane.lines
  const overfull = (): boolean => pane.lines.end - first > maxLines || bytes > maxBytes
  for (; first < pane.lines.end - 1 && overfull(); first++) {
    const line = itemAt(pane.lines, first)
    bytes -= line?.bytes ?? 0
    if (line?.raised) raised--
  }
  if (first === pane.lines.first) return pane
  return { ...pane, lines: from(pane.lines, first), bytes, raised, tracing: forgotten(pane.tracing, first) }
}

/** Without the tracebacks of which no line is left. */
const forgotten = (tracing: Tracing, first: number): Tracing => {
  let oldest = tracing.tracebacks.first
  for (; oldest < tracing.tracebacks.end; oldest++) {
    const { lines, headline } = itemAt(tracing.tracebacks, oldest) ?? { lines: [], headline: null }
    if ((headline ?? lines.at(-1) ?? 0) >= first) break
  }
  return { ...tracing, tracebacks: from(tracing.tracebacks, oldest) }
}
