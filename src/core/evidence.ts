import type { Frame } from './facts.ts'
import { exceptionIn } from './journal.ts'
import { cells, fitEnd } from './text.ts'

/** The number of the line that tells why: what was raised last, else the first that speaks of an error, else the paper's last words; -1 for no line. */
export const tellingAt = (lines: readonly string[]): number => {
  const raised = lines.findLastIndex(text => exceptionIn(text) !== null)
  if (raised >= 0) return raised
  const complaint = lines.findIndex(text => !isSystemds(text) && complains.test(text))
  if (complaint >= 0) return complaint
  const last = lines.findLastIndex(text => !isSystemds(text))
  return last >= 0 ? last : lines.length - 1
}

/** That it ended systemd says of every end. */
const isSystemds = (text: string): boolean =>
  /^(?:\S+\.service: |(?:Starting|Started|Stopping|Stopped|Failed to start) )/.test(text.trim())

const complains = /\b(?:error|fatal|cannot|can't|failed|denied|no such)\b/i

/** Of the last lines of a unit those of its last run that said something: what an earlier run died of would read as if it came first. */
export const ofLastRun = (lines: readonly string[]): readonly string[] => {
  for (let at = lines.length - 1; at >= 0; at--) {
    const run = lines.slice(at)
    if (begins.test(lines[at]!) && !run.every(isSystemds)) return run
  }
  return lines
}

const begins = /^Start(?:ing|ed) \S+\.service\b/

/** As many lines as there is room for: the last ones, but never without the one that tells why, and then with what led to it. */
export const evidenceFor = (lines: readonly string[], most: number): readonly string[] => {
  const from = Math.max(0, Math.min(lines.length - most, tellingAt(lines) - most + 1))
  return lines.length <= most ? lines : lines.slice(from, from + most)
}

/** Where in the project it was raised: the innermost frame of the last traceback that is no library's, by its path in the project. */
export const frameIn = (lines: readonly string[], project: string, notebook: string): Frame | null => {
  const begins = lines.findLastIndex(text => text.trim().startsWith(tracebackHead))
  const frames = lines.slice(Math.max(0, begins)).flatMap(text => {
    const [, path = '', line = ''] = frame.exec(text) ?? []
    const file = fileOf(path, project, notebook)
    return file === null ? [] : [{ file, line: Number(line) }]
  })
  return frames.at(-1) ?? null
}

/** How Python begins a traceback. */
export const tracebackHead = 'Traceback (most recent call last):'

export const isFrame = (text: string): boolean => frame.test(text)

const frame = /^\s*File "([^"]+)", line (\d+)/

/** What runs of the notebook is its copy in a release. */
const fileOf = (path: string, project: string, notebook: string): string | null => {
  const name = notebook.slice(notebook.lastIndexOf('/') + 1)
  if (/\/releases\/[^/]+\/[0-9a-f]{16}\/[^/]+$/.test(path)) return path.endsWith(`/${name}`) ? notebook : null
  if (path === '' || /^<|(?:^|\/)(?:site-packages|dist-packages|\.venv)\//.test(path)) return null
  if (!path.startsWith('/')) return path
  // Whose home it is the config may leave open.
  const root = `${project.replace(/^~/, '')}/`
  const at = path.indexOf(root)
  return at === 0 || (at > 0 && project.startsWith('~')) ? path.slice(at + root.length) : null
}

/** A traceback's line about a file, in so many cells: the end of the path and the number of the line are what one looks for. */
export const fitFrame = (text: string, width: number): string => {
  const [, head = '', path = '', number = '', rest = ''] = frameLine.exec(text.slice(0, longest)) ?? []
  if (path === '' || text.length > longest || cells(text) <= width) return text
  const tails = [...path.matchAll(/\//g)].map(({ index }) => `…${path.slice(index)}`)
  const fitting = [
    [head, number + rest],
    [head, number],
    ['', number],
  ].flatMap(([before, after]) => tails.map(tail => `${before}${tail}${after}`))
  return fitting.find(each => cells(each) <= width) ?? fitEnd(`${path}${number}`, width)
}

const frameLine = /^(\s*File ")([^"]+)(", line \d+)(.*)$/
const longest = 4_096
