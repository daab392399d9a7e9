import { layoutAt } from '../../lab/layout.ts'
import { labPossible } from '../../lab/possible.ts'
import { downWorkers, prepare } from '../../lab/up.ts'

/** Builds the base that the labs of all workers share; fresh.ts brings each of them up. None is up afterwards. */
export default async (): Promise<(() => Promise<void>) | undefined> => {
  const { possible, why } = labPossible()
  if (!possible) return void console.error(`lab tests are skipped: ${why}`)
  const layout = layoutAt()
  await downWorkers(layout)
  await prepare(layout, line => console.error(`lab: ${line}`))
  return () => downWorkers(layout)
}
