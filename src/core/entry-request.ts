import { PapergenError } from './errors.ts'

/**
 * One request as it is sent. A word may be somebody's name for a paper, and what it holds must not become another request.
 * @throws PapergenError `bad-argument`
 */
export const requestLine = (number: number, words: string): string => {
  const line = `${number} ${words}`
  if (requestShape.test(line) && line.length <= longest) return `${line}\n`
  const why = 'an entry point takes letters, digits and . _ @ - alone, on one line that is not too long'
  const hint = 'a name like that was not given by papergen: look at it in the registry'
  throw new PapergenError({ kind: 'bad-argument', what: `request ${JSON.stringify(words.slice(0, 200))}`, why, hint })
}

/** As libexec/papergen-common.bash reads it. */
const requestShape = /^[0-9]{1,9} [a-z-]{1,20}(?: [A-Za-z0-9._@ -]*)?$/
const longest = 400
