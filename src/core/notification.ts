import { cells, fit, oneLine } from './text.ts'

/** What an operator who looks elsewhere is told: what happened, and a little more of it. */
export type Note = { readonly headline: string; readonly detail: string }

/** How a terminal is asked to tell the desktop. Each terminal knows one of these, or none, and then shows nothing. */
export const notifyWays = ['off', 'osc9', 'osc777'] as const

export type NotifyWay = (typeof notifyWays)[number]

/**
 * The control sequence that notifies; empty when that is off. In tmux it is wrapped, so that tmux hands it on where its
 * `allow-passthrough` is on.
 */
export const notification = (way: NotifyWay, { headline, detail }: Note, isInTmux: boolean): string => {
  const [title, text] = [field(headline, 100), field(detail, 200)]
  switch (way) {
    case 'off':
      return ''
    case 'osc9':
      // A digit at its beginning would be another command to some terminals.
      return handedOn(`\u001b]9;papergen: ${[title, text].filter(part => part !== '').join(': ')}\u0007`, isInTmux)
    case 'osc777':
      return handedOn(`\u001b]777;notify;papergen: ${title};${text}\u0007`, isInTmux)
  }
}

/** Whether what is written goes through tmux, on this machine or on the one an ssh session comes from. */
export const isInTmux = ({ TMUX, TERM }: Readonly<Record<string, string | undefined>>): boolean =>
  (TMUX ?? '') !== '' || (TERM ?? '').startsWith('tmux')

/** Free of every control and of what ends a field. */
const field = (text: string, most: number): string => {
  // What is cut away later need not be measured: a title may be as long as somebody likes.
  const line = oneLine(text.slice(0, 10 * most)).replaceAll(';', ',')
  return cells(line) > most ? fit(line, most).trimEnd() : line
}

const handedOn = (sequence: string, isInTmux: boolean): string =>
  isInTmux ? `\u001bPtmux;${sequence.replaceAll('\u001b', '\u001b\u001b')}\u001b\\` : sequence
