import type { Config } from '../core/config.ts'
import { showConfig } from '../core/config.ts'
import type { Terminal } from './terminal.ts'

/** `papergen config show|check|path`; a broken config was refused before this is reached. */
export const config = (
  terminal: Terminal,
  loaded: Config,
  verb: 'show' | 'check' | 'path',
  wouldBe: string,
): number => {
  if (verb === 'path') terminal.print(loaded.path ?? wouldBe)
  else if (verb === 'show') terminal.print(showConfig(loaded))
  else
    terminal.print(
      loaded.path === null ? `No config file at ${wouldBe}; the defaults hold.` : `${loaded.path} is fine.`,
    )
  return 0
}
