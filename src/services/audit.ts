import { dirname } from 'node:path'
import { parseAudit } from '../core/audit-log.ts'
import { PapergenError } from '../core/errors.ts'
import type { Audit, AuditLine, Files } from '../core/ports.ts'

/** `state/audit.jsonl`: one line a change, only ever appended. @throws `bad-argument` for a control character in a field */
export const createAudit = (files: Files, path: string): Audit => ({
  append: async line => {
    refuseControlCharacters(line)
    await files.makeFolder(dirname(path))
    await files.append(path, JSON.stringify(line))
  },
  list: async () => parseAudit((await files.read(path)) ?? ''),
})

const refuseControlCharacters = (line: AuditLine): void => {
  for (const [field, value] of Object.entries(line))
    if (value !== null && /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value))
      throw new PapergenError({
        kind: 'bad-argument',
        what: `the audit field "${field}"`,
        why: 'it holds a control character',
        hint: null,
      })
}
