import * as byHand from './by-hand.ts'
import type { Config } from './config.ts'
import { type PaperId, type UnitId, unitNameOf } from './paper.ts'
import type { World } from './ports.ts'
import type { Effect } from './step.ts'

/** What a step does to files and daemons, as a dry run shows it: the commands are those the entry points run. */

/** Which version of which notebook a unit runs. */
type Snapshot = { readonly hash: string; readonly notebook: string }

/** A unit's file is written, and what is done with the unit then. */
export const unitWritten = (
  { config, texts }: Pick<World, 'config' | 'texts'>,
  unit: UnitId,
  port: number,
  of: Snapshot,
  verbs: readonly string[],
): readonly Effect[] => [
  {
    kind: 'write',
    host: config.gpu.name,
    path: byHand.unitPath(config.gpu.systemd, unit),
    content: texts.unit(unit, port, of),
  },
  systemctl(config, 'daemon-reload'),
  ...verbs.map(verb => unitDone(config, verb, unit)),
]

export const unitRemoved = (config: Config, unit: UnitId, former?: string): readonly Effect[] => [
  unitDone(config, 'stop', unit),
  unitDone(config, 'disable', unit),
  removed(config.gpu.name, byHand.unitPath(config.gpu.systemd, unit), former),
  systemctl(config, 'daemon-reload'),
]

export const unitDone = (config: Config, verb: string, unit: UnitId): Effect =>
  systemctl(config, `${verb} ${unitNameOf(unit)}`)

const systemctl = ({ gpu }: Config, words: string): Effect => ({
  kind: 'run',
  host: gpu.name,
  command: `${gpu.systemd === 'user' ? 'systemctl --user' : 'systemctl'} ${words}`,
})

export const routeWritten = (
  { config, texts }: Pick<World, 'config' | 'texts'>,
  id: PaperId,
  port: number,
): readonly Effect[] => [
  {
    kind: 'write',
    host: config.edge.name,
    path: byHand.snippetPath(config.edge.snippets, id),
    content: texts.snippet(id, port),
  },
  ...nginxReloaded(config),
]

export const routeRemoved = (config: Config, id: PaperId, former?: string): readonly Effect[] => [
  removed(config.edge.name, byHand.snippetPath(config.edge.snippets, id), former),
  ...nginxReloaded(config),
]

const removed = (host: string, path: string, former: string | undefined): Effect => ({
  kind: 'remove',
  host,
  path,
  ...(former !== undefined && { former }),
})

/** The generation is the mark by which nginx shows that it took the new routes over. */
const nginxReloaded = ({ edge }: Config): readonly Effect[] => [
  { kind: 'write', host: edge.name, path: `${edge.snippets}/_generation.conf` },
  { kind: 'run', host: edge.name, command: 'nginx -t  (on a private copy, before the swap)' },
  { kind: 'run', host: edge.name, command: 'systemctl reload nginx' },
  { kind: 'prove', words: 'nginx itself serves the new generation' },
]
