import { rmSync } from 'node:fs'
import { layoutAt, layoutsOfWorkers } from '../../lab/layout.ts'
import { labPossible } from '../../lab/possible.ts'
import { down, prepare } from '../../lab/up.ts'

/** Builds the base that the labs of all workers share; fresh.ts brings each of them up. None is up afterwards. */
export default async (): Promise<(() => Promise<void>) | undefined> => {
  const { possible, why } = labPossible()
  if (!possible) return void console.error(`lab tests are skipped: ${why}`)
  const layout = layoutAt()
  await prepare(layout, line => console.error(`lab: ${line}`))
  return async () => {
    for (const each of layoutsOfWorkers(layout)) {
      await down(each)
      rmSync(each.root, { recursive: true })
    }
  }
}
