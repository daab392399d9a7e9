import { type Line, line, rule, span } from './line.ts'
import { cells, chopped, fitEnd, oneLine } from './text.ts'
import { shownTyped } from './typed.ts'

/** What is asked, and what else must be known for the answer. */
export type Question = {
  readonly heading: string
  readonly words: string
  /** The papers it is about, as its words list them. */
  readonly ids: readonly string[]
  readonly warnings: readonly string[]
  readonly answer: readonly string[]
}

/**
 * A question that leaves its answer a place on the screen: of a long list of papers it names those that `height` has room for. What
 * else is said may take more, at the cost of what is above it, as far as the body of the screen goes.
 */
export const questionLines = (
  question: Question,
  { columns, height, body }: { readonly columns: number; readonly height: number; readonly body: number },
): readonly Line[] => {
  const { heading, answer } = question
  const width = columns - 4
  const rest = 1 + answer.length
  const warnings = question.warnings.flatMap(text => chopped(text, width))
  const words = wordsWithin(question, width, height - rest - warnings.length)
  return [
    rule(heading, 'Esc goes back', columns, true),
    ...words.map(text => line(span(`  ${text}`))),
    ...warnings.slice(0, Math.max(0, body - rest - words.length)).map(text => line(span(`  ${text}`, 'warn'))),
    ...answer.map(text => line(span(`  ${text}`, 'key'))),
  ]
}

/** All of it, or with the papers that have room and how many more there are: what follows them is told to its end. */
const wordsWithin = ({ words, ids }: Question, width: number, most: number): readonly string[] => {
  const whole = chopped(oneLine(words), width)
  const [before, after] = words.split(ids.join(', '))
  if (whole.length <= most || ids.length < 2 || after === undefined) return whole
  const end = chopped(`and ${ids.length} more${after}`, width)
  const beginning = whole.slice(0, Math.max(0, most - end.length)).join(' ')
  const named = Math.max(1, beginning.split(',').length - 1)
  if (named >= ids.length) return whole
  const list = `${ids.slice(0, named).join(', ')} and ${ids.length - named} more`
  return chopped(oneLine(`${before}${list}${after}`), width)
}

/** What must be typed and what is: the id, which the question names, is not said again where both have no room on one line. */
export const typedAnswer = (expected: string, typed: string, columns: number): readonly string[] => {
  const width = columns - 4
  const asked = `Type ${expected} and Enter: `
  const room = width - cells(asked)
  return room > cells(expected) ? [asked + typing(typed, room)] : ['Type its id and Enter:', typing(typed, width)]
}

const typing = (typed: string, room: number): string => fitEnd(`${shownTyped(typed)}▏`, room)
