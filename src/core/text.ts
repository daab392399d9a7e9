import sliceAnsi from 'slice-ansi'
import stringWidth from 'string-width'

/**
 * Text from a log, a title, a header or a remote command, safe for a terminal: escape sequences (CSI, OSC, DCS and the C1
 * forms), control characters, bidi overrides and zero-width marks are gone; tabs are spaces. Line breaks stay.
 */
export const clean = (text: string): string =>
  text
    .toWellFormed()
    .replaceAll('\r\n', '\n')
    .replace(
      /(?:\u001b[P\]X^_]|[\u0090\u009d\u0098\u009e\u009f])[^\u0007\u001b\u009c\n]*(?:\u0007|\u001b\\|\u009c)?/g,
      '',
    )
    .replace(/(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?/g, '')
    .replace(/\u001b[ -/]*[0-~]?/g, '')
    .replaceAll('\t', '    ')
    .replace(
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g,
      '',
    )

/** `clean`, on one line. */
export const oneLine = (text: string): string =>
  clean(text)
    .replace(/\s*\n\s*/g, ' ')
    .trim()

/** Cells of a terminal the text takes: Korean and emoji take two. */
export const cells = (text: string): number => stringWidth(text)

/** Exactly `width` cells: cut with an ellipsis, or padded on the right (or the left). Colours survive. */
export const fit = (text: string, width: number, align: 'left' | 'right' = 'left'): string => {
  const cut = cells(text) <= width ? text : cutTo(text, width)
  const padding = ' '.repeat(Math.max(0, width - cells(cut)))
  return align === 'left' ? cut + padding : padding + cut
}

// The slicer and the measure disagree about some odd clusters: what counts is the measure.
const cutTo = (text: string, width: number): string => {
  const ellipsis = width > 1 ? '…' : ''
  for (let end = width - ellipsis.length; end > 0; end--) {
    const cut = sliceAnsi(text, 0, end) + ellipsis
    if (cells(cut) <= width) return cut
  }
  return ellipsis
}

/** Lines of at most `width` cells where words allow it, broken at spaces. */
export const wrapped = (text: string, width: number): readonly string[] => {
  const lines: string[] = []
  let current = ''
  for (const word of text.split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`
    if (cells(longer) > width && current !== '') {
      lines.push(current)
      current = word
    } else current = longer
  }
  return [...lines, current]
}

/** The whole text in pieces of at most `width` cells, broken where it must be. An empty text is one empty piece. */
export const cut = (text: string, width: number): readonly string[] => {
  if (isNarrow(text))
    return Array.from({ length: Math.max(1, Math.ceil(text.length / width)) }, (_, at) =>
      text.slice(at * width, (at + 1) * width),
    )
  const found: string[] = []
  let piece = ''
  let used = 0
  for (const [cluster, size] of clustersOf(text)) {
    if (used + size > width && piece !== '') {
      found.push(piece)
      piece = ''
      used = 0
    }
    piece += cluster
    used += size
  }
  return [...found, piece]
}

/** The end of it, where not all has room. */
export const fitEnd = (text: string, width: number): string =>
  cells(text) <= width ? text : `…${withoutCells(text, cells(text) - width + 1)}`

/** Without its first cells. Half of a wide character goes as a whole. */
export const withoutCells = (text: string, width: number): string => {
  if (width <= 0) return text
  if (isNarrow(text)) return text.slice(width)
  let at = 0
  let used = 0
  for (const [cluster, size] of clustersOf(text)) {
    if (used >= width) break
    at += cluster.length
    used += size
  }
  return text.slice(at)
}

/** Every character takes one cell. */
const isNarrow = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)

const segmenter = new Intl.Segmenter()

function* clustersOf(text: string): Generator<readonly [string, number]> {
  for (const { segment } of segmenter.segment(text)) yield [segment, cells(segment)]
}

/** The whole text in lines of at most `width` cells, broken between words where it can be, else anywhere; each keeps the indentation. */
export const chopped = (text: string, width: number): readonly string[] => {
  const indentation = /^ */.exec(text)![0]
  const room = Math.max(8, width - indentation.length)
  return wrapped(text.slice(indentation.length), room).flatMap(part =>
    pieces(part, room).map(piece => indentation + piece),
  )
}

const pieces = (text: string, width: number): readonly string[] => {
  const found: string[] = []
  let current = ''
  for (const character of text) {
    if (current !== '' && cells(current + character) > width) {
      found.push(current)
      current = ''
    }
    current += character
  }
  return [...found, current]
}
