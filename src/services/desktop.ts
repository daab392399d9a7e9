import { spawn } from 'node:child_process'
import type { Desktop } from '../core/ports.ts'
import { clean } from '../core/text.ts'

export type DesktopOptions = {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly platform: string
  /** Writes to the operator's terminal. */
  readonly write: (text: string) => void
}

/** The desktop in front of the operator, who may sit at the far end of an ssh session and then has only the terminal. */
export const createDesktop = ({ environment, platform, write }: DesktopOptions): Desktop => ({
  // In base64 nothing of the text can end this sequence or begin another one.
  copy: text => write(`\u001b]52;c;${Buffer.from(clean(text), 'utf8').toString('base64')}\u0007`),
  open: async url => {
    if (platform === 'darwin') return start('open', url, environment)
    const display = environment.DISPLAY || environment.WAYLAND_DISPLAY
    return display ? start('xdg-open', url, environment) : 'there is no display here'
  },
})

/** An opener may stay as long as the browser it began; it is not ours to end. */
const start = (program: string, url: string, environment: DesktopOptions['environment']): Promise<string | null> =>
  new Promise(resolve => {
    const child = spawn(program, [url], { detached: true, stdio: 'ignore', env: environment as NodeJS.ProcessEnv })
    child.once('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'ENOENT' ? `${program} is not installed` : `${program}: ${error.message}`),
    )
    child.once('exit', code => resolve(code === 0 ? null : `${program} ended with ${code ?? 'a signal'}`))
    child.unref()
  })
