/** Terminals take 100,000 bytes of base64 at most, and many a little less. */
const most = 54_000

/** What of a text the clipboard of a terminal takes: whole lines where there are several. */
export const clipped = (text: string): string => {
  const bytes = new TextEncoder().encode(text)
  if (bytes.length <= most) return text
  const start = new TextDecoder().decode(bytes.subarray(0, most)).replace(/\ufffd$/, '')
  const lines = start.slice(0, start.lastIndexOf('\n'))
  return lines === '' ? start : lines
}
