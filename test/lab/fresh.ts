import { beforeAll } from 'vitest'
import { layoutAt } from '../../lab/layout.ts'
import { labPossible } from '../../lab/possible.ts'
import { down, up } from '../../lab/up.ts'

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
