import type { Event } from '../core/event.ts'
import type { Effect } from '../core/keys.ts'
import type { World } from '../core/ports.ts'
import { createDesktop } from '../services/desktop.ts'
import type { Operator } from '../services/operator.ts'
import { createAddresses } from './addresses.ts'
import { listNotebooks, listPast } from './lists.ts'
import type { Logs } from './logs.ts'
import type { Saves } from './saves.ts'

/** Those who do what keys ask for. */
export type Performers = {
  readonly operator: Operator
  readonly logs: Logs
  readonly saves: Saves
  readonly quit: () => void
  readonly suspend: () => void
}

/** Performs the effects of keys: each begins at once, and what comes of it is told. */
export const createEffects = (
  world: World,
  { operator, logs, saves, quit, suspend }: Performers,
  tell: (event: Event) => void,
): ((effect: Effect) => void) => {
  const desktop = createDesktop({
    environment: process.env,
    platform: process.platform,
    write: text => void process.stdout.write(text),
  })
  const addresses = createAddresses(world.config.site.url, desktop, tell)
  const effects: Effects = {
    run: ({ requests }) => void operator.run(requests),
    prepare: ({ requests }) => void operator.prepare(requests),
    cancel: () => operator.cancel(),
    quit,
    suspend,
    'open-log': request => logs.open(request, request.beside),
    'close-log': ({ source }) => logs.close(source),
    copy: ({ text }) => desktop.copy(text),
    save: log => void saves.save(log),
    'list-notebooks': () => void listNotebooks(world, tell),
    'list-past': () => void listPast(world, tell),
    'open-url': ({ id }) => void addresses.open(id),
    'copy-url': ({ id }) => addresses.copy(id),
  }
  // That each kind meets its own is what the type of the table says.
  return effect => (effects[effect.kind] as (effect: Effect) => void)(effect)
}

type Effects = { readonly [Kind in Effect['kind']]: (effect: Extract<Effect, { kind: Kind }>) => void }
