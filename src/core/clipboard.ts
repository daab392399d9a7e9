import { clean } from './text.ts'

/** What terminals take at most is 100,000 bytes of base64; many stop a little earlier. */
export const clipboardBytes = 54_000

/** OSC 52: the terminal puts the text on the clipboard, over ssh too. Base64 holds nothing that could end the sequence. */
export const toClipboard = (text: string): string => {
  const bytes = new TextEncoder().encode(clean(text)).subarray(0, clipboardBytes)
  return `\u001b]52;c;${btoa(Array.from(bytes, byte => String.fromCharCode(byte)).join(''))}\u0007`
}

/** Whether all of it fits. */
export const fitsClipboard = (text: string): boolean => new TextEncoder().encode(text).length <= clipboardBytes
