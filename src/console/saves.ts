import type { Event } from '../core/event.ts'
import type { Effect } from '../core/keys.ts'
import { saveLog } from '../services/log-saver.ts'

/** What was saved from the console. */
export type Saves = {
  save(log: Extract<Effect, { kind: 'save' }>): Promise<void>
  /** Once more at the end: what was said in the console is gone with its screen. */
  tell(): void
}

export const createSaves = (tell: (event: Event) => void): Saves => {
  const saved: string[] = []
  return {
    save: async ({ path, text, lines }) => {
      const notice = await saveLog(path, text, lines)
      if (notice.tone === 'info') saved.push(path)
      tell({ type: 'notice', notice })
    },
    tell: () => {
      for (const path of saved) process.stderr.write(`Saved on this machine: ${path}\n`)
    },
  }
}
