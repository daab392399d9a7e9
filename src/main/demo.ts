import type { Globals, Handlers } from '../cli/program.ts'
import { PapergenError } from '../core/errors.ts'
import type { Demo } from '../demo/start.ts'
import { isInteractive } from './terminal.ts'

export type Shown = Pick<Handlers, 'publish' | 'status'> & {
  /** The console on the demo, with a note to who sits before it. */
  console(globals: Globals, note: string): Promise<number>
  /** Its world ended: nothing on it can go on. */
  gone(): void
}

/** Shows a demo that was started: in the console, or, where nobody sits, as what the commands say of it. */
export const showDemo = async (demo: Demo, globals: Globals, shown: Shown): Promise<number> => {
  let isGone = false
  void demo.ended.then(() => {
    isGone = true
    shown.gone()
  })
  const inside = { ...globals, config: demo.config }
  if (!isInteractive()) return tellDemo(demo, inside, shown)
  const code = await shown.console(inside, `elsewhere: papergen --config ${demo.config}`)
  if (isGone) throw new PapergenError({ kind: 'unexpected', what: 'the demo', why: 'its world ended by itself' })
  process.stderr.write('The demo is taken away with all it made.\n')
  return code
}

const tellDemo = async ({ firstUnpublished }: Demo, globals: Globals, { publish, status }: Shown): Promise<number> => {
  const options = { id: null, title: null, port: null, dryRun: false, yes: true, json: false }
  const published = firstUnpublished === null ? 0 : await publish(globals, firstUnpublished, options)
  await status(globals, [], { json: false, watch: false })
  return published
}
