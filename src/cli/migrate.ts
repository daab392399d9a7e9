import { PapergenError } from '../core/errors.ts'
import { migrate as migrated } from '../core/migrate.ts'
import { readRegistry } from '../core/registry.ts'
import { joinEntries, readSidecar } from '../core/sidecar.ts'
import type { Session } from './terminal.ts'
import { confirm } from './terminal.ts'

/** `papergen migrate`: state.json in the present shape, with a copy of the former text beside it. */
export const migrate = async (
  session: Session,
  keepCopy: (path: string, text: string) => Promise<void>,
  options: { readonly yes: boolean },
): Promise<number> => {
  const { world, terminal } = session
  if (world.readOnly) throw new PapergenError({ kind: 'read-only', action: 'migrate' })
  const { registry, config, clock } = world
  const before = await registry.read()
  if (before === null) {
    terminal.print(`${registry.path} does not exist; the first publish makes it in the present shape.`)
    return 0
  }
  const { shape, entries } = readRegistry(before, registry.path, config.gpu.ports)
  if (shape === 'v2') {
    terminal.print(`${registry.path} already has the present shape; nothing was changed.`)
    return 0
  }
  const copy = `${registry.path}.${new Date(clock.now())
    .toISOString()
    .replace(/[^0-9]/g, '')
    .slice(0, 14)}.bak`
  await confirm(terminal, options.yes, `Rewrite ${registry.path} (${entries.length} papers), keeping ${copy}?`)
  await keepCopy(copy, before)
  const joined = joinEntries(entries, readSidecar(await world.sidecar.read(), world.sidecar.path))
  await registry.update(text => (text === null ? null : migrated(text, joined, registry.path)))
  terminal.print(`${registry.path} now has the present shape; the former text is in ${copy}.`)
  return 0
}
