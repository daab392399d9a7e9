import type { Config } from './config.ts'
import { type PaperId, type UnitId, unitNameOf } from './paper.ts'

/** The commands a person runs when an undo failed, each with the host it is for. */

export const stopUnit = ({ gpu }: Config, unit: UnitId): readonly string[] => {
  const name = unitNameOf(unit)
  const systemctl = gpu.systemd === 'user' ? 'systemctl --user' : 'sudo systemctl'
  const remove = gpu.systemd === 'user' ? 'rm' : 'sudo rm'
  return [
    `${systemctl} disable --now ${name}`,
    `${remove} ${unitPath(gpu.systemd, unit)}`,
    `${systemctl} daemon-reload`,
  ].map(on(gpu.name))
}

export const restartUnit = ({ gpu }: Config, unit: UnitId): readonly string[] => {
  const systemctl = gpu.systemd === 'user' ? 'systemctl --user' : 'sudo systemctl'
  return [`${systemctl} restart ${unitNameOf(unit)}`].map(on(gpu.name))
}

export const dropRoute = ({ edge }: Config, id: PaperId): readonly string[] =>
  [`sudo rm ${snippetPath(edge.snippets, id)}`, 'sudo nginx -t', 'sudo systemctl reload nginx'].map(on(edge.name))

export const dropSnapshot = ({ gpu }: Config, id: PaperId, hash: string): readonly string[] =>
  [`rm -r ${releaseFolder(gpu.project, id, hash)}`].map(on(gpu.name))

/** What no command of a shell does as well. */
export const repair = (id: PaperId): readonly string[] => [`papergen repair ${id}`]

export const unitPath = (scope: 'system' | 'user', unit: UnitId): string =>
  `${scope === 'system' ? '/etc/systemd/system' : '~/.config/systemd/user'}/${unitNameOf(unit)}`

export const snippetPath = (folder: string, id: PaperId): string => `${folder}/${id}.conf`

export const releaseFolder = (project: string, id: PaperId, hash: string): string =>
  `${project}/state/releases/${id}/${hash}`

const on =
  (host: string) =>
  (line: string): string =>
    `${line}  # on ${host}`
