import { spawn } from 'node:child_process'
import type { Writable } from 'node:stream'

/**
 * A small shell that outlives the demo's world by a moment: when the world is gone, however it went, it ends the papers that are left
 * and removes the folder. It ends only processes that carry the folder in their environment: a pid may have found a new owner.
 */
export const hireJanitor = (folder: string): Janitor => {
  const shell = spawn('sh', ['-c', script, 'janitor', folder], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] })
  shell.unref()
  const pipe = shell.stdin as Writable & { unref?: () => void }
  pipe.on('error', () => {})
  return {
    watch: (pid, ended) => {
      pipe.write(`+ ${pid}\n`)
      void ended.then(() => pipe.write(`- ${pid}\n`))
    },
    dismiss: () =>
      new Promise(resolve => {
        shell.once('exit', () => resolve())
        shell.ref()
        pipe.end()
      }),
  }
}

export type Janitor = {
  /** A process group that must go when the world does. */
  watch(pid: number, ended: Promise<unknown>): void
  /** Lets it clean up now. */
  dismiss(): Promise<void>
}

/** What a process of the demo carries in its environment. */
export const markVariable = 'PAPERGEN_DEMO'

const script = `trap '' INT HUP TERM
pids=
while read -r sign pid; do
  if [ "$sign" = + ]; then pids="$pids $pid"; continue; fi
  left=
  for each in $pids; do [ "$each" = "$pid" ] || left="$left $each"; done
  pids=$left
done
for each in $pids; do
  if tr '\\0' '\\n' <"/proc/$each/environ" 2>/dev/null | grep -qxF "${markVariable}=$1"; then kill -s KILL -- "-$each"; fi
done
rm -rf -- "$1"`
