import type { Words } from './explanation.ts'

/** Refused before anything was begun: wrong arguments, files or config (exit 2). */
export const refusalWords: Words<
  | 'bad-argument'
  | 'bad-config'
  | 'bad-state'
  | 'bad-notebook'
  | 'port-unavailable'
  | 'foreign'
  | 'read-only'
  | 'needs-repair'
> = {
  'bad-argument': ({ what, why, hint }) => ({
    title: `Refused: ${what}`,
    cause: why,
    evidence: [],
    hint: hint ?? 'see papergen --help',
    exitCode: 2,
  }),
  'bad-config': ({ path, problems }) => ({
    title: `The config ${path} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`,
    cause: 'nothing was begun',
    evidence: problems.map(({ at, message }) => (at === '' ? message : `${at}: ${message}`)),
    hint: `edit ${path}, then run papergen config check`,
    exitCode: 2,
  }),
  'bad-state': ({ path, line, reason }) => ({
    title: `The registry ${path}${line === null ? '' : `:${line}`} cannot be read`,
    cause: `${reason}; the file is left untouched`,
    evidence: [],
    hint: `mend ${path} by hand${line === null ? '' : ` at line ${line}`} and run papergen status`,
    exitCode: 2,
  }),
  'bad-notebook': ({ path, why, detail, hint }) => ({
    title: `The notebook ${path} cannot be published`,
    cause: why,
    evidence: detail === null ? [] : [detail],
    hint,
    exitCode: 2,
  }),
  'port-unavailable': ({ port, why }) => ({
    title: port === null ? 'No port is free' : `Port ${port} cannot be used`,
    cause: why,
    evidence: [],
    hint:
      port === null
        ? 'unpublish a paper, or widen ports under [gpu] in the config and run papergen setup gpu --apply and papergen setup edge --apply'
        : 'leave --port out to take the lowest free port',
    exitCode: 2,
  }),
  foreign: ({ what, path, why }) => ({
    title: `${what} is in the way: ${path}`,
    cause: `${why}; papergen neither writes nor deletes what somebody else made`,
    evidence: [],
    hint: `look at ${path}; move it away or publish under another id with --id`,
    exitCode: 2,
  }),
  'read-only': ({ action }) => ({
    title: `Refused: ${action}`,
    cause: 'papergen runs with --read-only, which refuses every action',
    evidence: [],
    hint: 'run it again without --read-only',
    exitCode: 2,
  }),
  'needs-repair': ({ operation, id, since }) => ({
    title: `An interrupted ${operation} of ${id} must be settled first`,
    cause: `it began ${since} and was never finished or undone`,
    evidence: [],
    hint: 'run papergen repair (papergen repair --dry-run shows what it would do)',
    exitCode: 2,
  }),
}
