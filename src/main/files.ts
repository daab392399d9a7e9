import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Globals } from '../cli/program.ts'
import { type Config, readConfig } from '../core/config.ts'
import { PapergenError } from '../core/errors.ts'

/** A config file that was asked for must be there; the default one may be absent. */
export const loadConfig = (globals: Globals): Config => {
  const path = configPath(globals)
  const named = globals.config !== null || (process.env.PAPERGEN_CONFIG ?? '') !== ''
  const text = textOf(path)
  if (text === null && named)
    throw new PapergenError({ kind: 'bad-config', path, problems: [{ at: '', message: 'there is no such file' }] })
  return readConfig(text, text === null ? null : path, homedir())
}

export const configPath = ({ config }: Globals): string => {
  const fromEnvironment = process.env.PAPERGEN_CONFIG ?? ''
  if (config !== null) return config
  if (fromEnvironment !== '') return fromEnvironment
  return join(process.env.XDG_CONFIG_HOME || join(homedir(), '.config'), 'papergen', 'config.toml')
}

export const memoryPath = (name: string): string =>
  join(process.env.XDG_STATE_HOME || join(homedir(), '.local/state'), 'papergen', name)

/** Null: there is no such file. */
export const textOf = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8')
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && thrown.code === 'ENOENT') return null
    const why = thrown instanceof Error ? thrown.message : String(thrown)
    throw new PapergenError({ kind: 'bad-config', path, problems: [{ at: '', message: why }] })
  }
}
