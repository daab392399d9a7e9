import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createJournal } from '../../src/demo/journal.ts'
import { launch } from '../../src/demo/launch.ts'
import type { Launch, Running } from '../../src/demo/running.ts'
import { createSystemd } from '../../src/demo/systemd.ts'
import { ownFolder } from '../services/folder.ts'

/** A unit file that runs a line of shell. */
export const unitOf = (folder: string, line: string): string =>
  `[Service]\nWorkingDirectory=${folder}\nExecStart=/bin/sh -c "${line}"\n`

export const nameOf = (id: string): string => `papergen-${id}.service`

/** The demo's systemd over real processes, which are gone after the test. */
export const demoSystemd = (start: (launch: Launch) => Promise<Running> = launch) => {
  const folder = join(ownFolder(), 'units')
  mkdirSync(folder)
  const journal = createJournal()
  const started: Running[] = []
  const systemd = createSystemd({
    folder,
    journal,
    launch: async of => {
      const running = await start(of)
      started.push(running)
      return running
    },
  })
  onTestFinished(async () => {
    for (const each of started) each.stop(true)
    await Promise.all(started.map(({ ended }) => ended))
  })
  const put = (id: string, line: string): void => writeFileSync(join(folder, nameOf(id)), unitOf(folder, line))
  const said = (id: string): string[] => journal.of(nameOf(id)).map(({ text }) => text)
  return { systemd, journal, folder, put, said, started }
}

/** Whether a process runs; one that nobody has taken leave of yet does not. */
export const alive = (pid: number): boolean => {
  try {
    return !/^State:\sZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
