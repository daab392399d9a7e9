import { beforeAll } from 'vitest'
import { layoutAt, layoutOfWorker } from '../../lab/layout.ts'
import { labPossible } from '../../lab/possible.ts'
import { down, up } from '../../lab/up.ts'

// Each worker has hosts of its own, and whatever it starts finds them by the same two names.
const own = layoutOfWorker(process.env.VITEST_POOL_ID ?? '1')
process.env.PAPERGEN_LAB = own.root
process.env.PAPERGEN_LAB_BASE = own.base

/**
 * Every file of tests begins with hosts nobody touched: what one leaves behind must not decide about the next. The base root is
 * kept, so this takes some seconds.
 */
beforeAll(async () => {
  if (!labPossible().possible) return
  const layout = layoutAt()
  await down(layout)
  await up(layout, { setup: true, say: () => {} })
})
