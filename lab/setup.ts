import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { insideArgv } from './inside.ts'
import { type HostName, hostNames } from './layout.ts'
import type { Lab } from './record.ts'
import { attempt, LabError, run } from './run.ts'

/** Does what an operator does once: `papergen setup HOST` prints a script, root on that host runs it. */
export const applySetup = (lab: Lab, say: (line: string) => void): void => {
  const built = existsSync(join(lab.checkout, 'dist/papergen.mjs'))
  if (built) for (const host of hostNames) applyOn(lab, host, say)
  else say("setup skipped: dist/papergen.mjs is missing; run 'npm run build', then 'npm run lab -- setup'")
}

const applyOn = (lab: Lab, host: HostName, say: (line: string) => void): void => {
  // Printed on the GPU host for both: that is where the operator and the config are.
  const printed = attempt(insideArgv(lab.booted.gpu.leader.pid, ['papergen', 'setup', host]), { timeout: 60_000 })
  if (printed.code !== 0) throw new LabError(`papergen setup ${host} ended with ${printed.code}\n${printed.stderr}`)
  run(insideArgv(lab.booted[host].leader.pid, ['bash', '-eu'], { user: 'root' }), { input: printed.stdout })
  say(`papergen setup ${host}: applied`)
}
