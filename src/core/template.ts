import { createHash } from 'node:crypto'

/**
 * A template of share/ with its `{{name}}` places filled; libexec/papergen-common.bash fills them alike, byte for byte.
 * @throws Error when the template names a value that is not given
 */
export const fill = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{\{([a-z]+)\}\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`the template asks for {{${name}}}, which nobody gave`)
    return value
  })

/** The first line of every file papergen owns: whose it is, and a hash that tells whether the rest was edited by hand. */
export const withHeader = (id: string, body: string): string => `# papergen 1 ${id} sha256:${sha256(body)}\n${body}`

/** Who wrote the file: `ours` and `edited` carry our header with this id; null when there is no header of ours. */
export const signature = (id: string, text: string): 'ours' | 'edited' | 'other' | null => {
  const header = /^# papergen 1 ([a-z0-9_-]+) sha256:([0-9a-f]{64})\n/.exec(text)
  if (header === null) return null
  if (header[1] !== id) return 'other'
  return header[2] === sha256(text.slice(header[0].length)) ? 'ours' : 'edited'
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
