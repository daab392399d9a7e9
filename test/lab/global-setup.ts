import { layoutAt } from '../../lab/layout.ts'
import { labPossible } from '../../lab/possible.ts'
import { runningLab } from '../../lab/record.ts'
import { down, up } from '../../lab/up.ts'

/** Builds the base and brings the lab up for all lab tests; fresh.ts renews the hosts for each file. One that was up already is up afterwards. */
export default async (): Promise<(() => Promise<void>) | undefined> => {
  const { possible, why } = labPossible()
  if (!possible) return void console.error(`lab tests are skipped: ${why}`)
  const layout = layoutAt()
  const found = runningLab(layout) !== undefined
  await up(layout, { say: line => console.error(`lab: ${line}`) })
  return found ? undefined : () => down(layout)
}
