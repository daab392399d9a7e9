/** The words a POSIX shell makes of a line that is one simple command. @throws Error where it would do anything but pass words */
export const shellWords = (line: string): string[] => {
  const words: string[] = []
  let word: string | null = null
  for (let at = 0; at < line.length; at++) {
    const unit = line[at]!
    if (unit === "'") {
      const end = line.indexOf("'", at + 1)
      if (end < 0) throw new Error('a quotation that does not end')
      word = (word ?? '') + line.slice(at + 1, end)
      at = end
    } else if (unit === '\\') {
      word = (word ?? '') + line[++at]!
    } else if (unit === ' ') {
      if (word !== null) words.push(word)
      word = null
    } else if (/[\w@%+=:,./-]/.test(unit)) word = (word ?? '') + unit
    else throw new Error(`${JSON.stringify(unit)} means something to a shell`)
  }
  return word === null ? words : [...words, word]
}
