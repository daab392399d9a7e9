import { layoutAt } from '../../lab/layout.ts'
import { labPossible } from '../../lab/possible.ts'
import { runningLab } from '../../lab/record.ts'
import { down, up } from '../../lab/up.ts'

/** Brings the lab up for all lab tests. One that was up already is used and left up: that is how a developer saves time. */
export default async (): Promise<(() => Promise<void>) | undefined> => {
  const { possible, why } = labPossible()
  if (!possible) return void console.error(`lab tests are skipped: ${why}`)
  const layout = layoutAt()
  const found = runningLab(layout) !== undefined
  await up(layout, { say: line => console.error(`lab: ${line}`) })
  return found ? undefined : () => down(layout)
}
