/**
 * Whether an expression could take longer than a life on a line it just misses: nothing can end such a match. `(a+)+` and `((a+))+`
 * try every way to share the letters out, so does `(a|a)+`; each further `.*` multiplies the time by the length of the line.
 */
export const isEndless = (words: string): boolean => {
  // Whether what is inside each open group can match in several ways.
  const groups: boolean[] = []
  let closed: boolean | null = null
  let repeated = 0
  for (const [part] of words.replace(harmless, 'x').matchAll(pieces)) {
    const isRepetition = /^(?:[*+?]|\{\d)/.test(part)
    if (part.startsWith('(')) groups.push(false)
    else if (isRepetition && closed === true && isMany(part)) return true
    if (isRepetition && isOpen(part)) repeated++
    // In the group it stands in, what repeats or is one of several can match in several ways.
    if ((isRepetition || part === '|') && groups.length > 0) groups[groups.length - 1] = true
    closed = part === ')' ? leave(groups) : null
  }
  return repeated > mostOpen
}

/** A class and what is escaped are one letter, whatever stands in them. */
const harmless = /\\.|\[(?:\\.|[^\]\\])*\]/gs

/** How a group begins, how it ends, how often something may come; any other letter. */
const pieces = /\((?:\?(?:[:=!]|<[=!]|<\w+>))?|[*+?]\??|\{\d+(?:,\d*)?\}\??|./gs

/** More of them in one expression are too many for a line of 8,192 characters. */
const mostOpen = 4

const isOpen = (repetition: string): boolean => /^(?:[*+]|\{\d+,\}?)/.test(repetition)

const isMany = (repetition: string): boolean => !/^(?:\?|\{[01](?:,1)?\})/.test(repetition)

/** What the group was; a group around it is no simpler. */
const leave = (groups: boolean[]): boolean => {
  const inner = groups.pop() === true
  if (inner && groups.length > 0) groups[groups.length - 1] = true
  return inner
}
