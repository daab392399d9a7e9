import { parse } from 'smol-toml'
import { codeOnly, literalAt, skipBlank } from './python-source.ts'
import { oneLine } from './text.ts'

/** Whether a Python file is a marimo notebook, from its text alone. */
export const looksLikeMarimo = (text: string): boolean => {
  const code = codeOnly(text)
  return /^[ \t]*(?:import|from)[ \t]+marimo\b/m.test(code) && /\bmarimo\.App\(/.test(code)
}

/**
 * What to call a notebook, without running it: `marimo.App(app_title=...)`, else the opengraph title of its PEP 723 header, else
 * the first heading of its first `mo.md`, else the file's name. One line, 200 characters at most.
 */
export const notebookTitle = (text: string, file: string): string => {
  const code = codeOnly(text)
  const title = appTitle(text, code) ?? opengraphTitle(text) ?? firstHeading(text, code) ?? stem(file)
  return [...title.replace(/ {2,}/g, ' ')].slice(0, 200).join('')
}

/** One finding of `marimo check --format json`. */
export type Finding = {
  /** `breaking` findings and `error`s keep a notebook from running; the rest is advice. */
  readonly severity: 'breaking' | 'runtime' | 'formatting' | 'error'
  readonly code: string | null
  readonly line: number | null
  readonly message: string
}

/** Null when the answer is not marimo's JSON: then its stderr says why. */
export const parseCheck = (stdout: string): readonly Finding[] | null => {
  const start = stdout.indexOf('{')
  try {
    const answer = JSON.parse(stdout.slice(Math.max(0, start))) as { issues?: unknown } | null
    return Array.isArray(answer?.issues) ? answer.issues.map(findingOf) : null
  } catch {
    return null
  }
}

export const isBlocking = ({ severity }: Finding): boolean => severity === 'breaking' || severity === 'error'

const findingOf = (issue: Record<string, unknown>): Finding => {
  const words = [issue.message, issue.error].find(value => typeof value === 'string') ?? 'no words'
  const severity = ['breaking', 'runtime', 'formatting'].find(known => known === issue.severity) ?? 'error'
  return {
    severity: severity as Finding['severity'],
    code: typeof issue.code === 'string' ? oneLine(issue.code) : null,
    line: typeof issue.line === 'number' && issue.line > 0 ? issue.line : null,
    message: oneLine(words as string),
  }
}

const appTitle = (text: string, code: string): string | null => {
  const call = /\bmarimo\.App\(/.exec(code)
  if (call === null) return null
  const from = call.index + call[0].length
  const key = /[(,\s]app_title\s*=\s*/g
  key.lastIndex = from - 1
  const match = key.exec(code)
  if (match === null || match.index >= endOfCall(code, from)) return null
  // The last `\s*` ran over the blanked string: the equals sign is where the value begins.
  const literal = literalAt(text, skipBlank(text, text.indexOf('=', match.index) + 1))
  if (literal === null || literal.formatted || !/[,)]/.test(text[skipBlank(text, literal.end)] ?? '')) return null
  return oneLine(literal.value) || null
}

const endOfCall = (code: string, from: number): number => {
  let depth = 1
  for (let at = from; at < code.length; at++) {
    if ('([{'.includes(code[at]!)) depth++
    if (')]}'.includes(code[at]!) && --depth === 0) return at
  }
  return code.length
}

const opengraphTitle = (text: string): string | null => {
  const block = /^# \/\/\/ script\r?\n((?:#(?: .*)?\r?\n)+?)# \/\/\/\s*$/m.exec(text)
  if (block === null) return null
  try {
    const header = parse(block[1]!.replace(/^# ?/gm, '')) as Tables
    const title = header.tool?.marimo?.opengraph?.title
    return typeof title === 'string' ? oneLine(title) || null : null
  } catch {
    return null
  }
}

type Tables = { tool?: { marimo?: { opengraph?: { title?: unknown } } } }

const firstHeading = (text: string, code: string): string | null => {
  for (const call of code.matchAll(/\bmo\.md\(/g)) {
    const literal = literalAt(text, skipBlank(text, call.index + call[0].length))
    const heading = literal === null ? null : headingOf(literal.value)
    if (heading !== null && !(literal!.formatted && /[{}]/.test(heading))) return heading
  }
  return null
}

const headingOf = (markdown: string): string | null => {
  const prose = markdown.replace(/^[ \t]*(```|~~~)[\s\S]*?^[ \t]*\1/gm, '')
  const match = /^[ \t]*#[ \t]+(.+?)[ \t]*#*[ \t]*$/m.exec(prose)
  return match === null ? null : oneLine(plain(match[1]!)) || null
}

/** Markdown's marks for links, emphasis and code taken off. */
const plain = (markdown: string): string =>
  markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/(\*\*|__|\*|`)(.+?)\1/g, '$2')
    .replace(/\\([#*_`[\]])/g, '$1')

const stem = (file: string): string => oneLine(file.replace(/^.*\//, '').replace(/\.py$/i, '')) || 'untitled'
