import type { Clock } from '../../src/core/ports.ts'
import { createClock } from '../../src/services/clock.ts'

/** A clock by which everything waits a `speed`th of its time, and the day passes as fast. */
export const hurried = (speed: number): Clock => {
  const { sleep } = createClock()
  const from = Date.now()
  const begun = performance.now()
  return {
    now: () => from + (Date.now() - from) * speed,
    elapsed: () => (performance.now() - begun) * speed,
    sleep: (ms, signal) => sleep(Math.ceil(ms / speed), signal),
  }
}
