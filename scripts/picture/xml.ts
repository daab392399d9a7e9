const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text from a screen is from anywhere: marks are escaped, and what XML cannot hold at all becomes a sign. */
export const escaped = (text: string): string =>
  text.replaceAll(forbidden, '\ufffd').replaceAll(/[&<>"]/g, mark => entities[mark] ?? mark)

/** Control characters, halves of a pair and the two that are no characters: one of them makes the whole file unreadable. */
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]|\p{Surrogate}/gu
