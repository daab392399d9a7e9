import { oneLine } from './text.ts'

/** A line of text after one more key; null for a key that types nothing. Backspace takes a whole character. */
export const withTyped = (text: string, key: string): string | null => {
  if (key === 'backspace') return [...text].slice(0, -1).join('')
  return [...key].length === 1 ? text + key : null
}

/** As it is shown while one types: a blank at its end counts. */
export const shownTyped = (text: string): string => `${oneLine(text)}${/ $/.test(text) ? ' ' : ''}`
