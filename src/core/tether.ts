import type { Command } from './command.ts'

/**
 * The command tied to its stdin, which it never reads itself: when stdin ends (the channel closes, the console is killed) the
 * command and its children get TERM, two seconds later KILL. Closing a quiet ssh channel alone leaves the remote process running.
 */
export const tethered = ({ argv, cwd }: Command): Command => ({
  argv: ['sh', '-c', script, 'sh', ...argv],
  ...(cwd === undefined ? {} : { cwd }),
})

// The watcher is stopped before we leave, so it can never signal a pid that has found a new owner. It waits with what the shell
// itself can do: a `cat` would outlive it for as long as stdin is open.
const script = `exec 3<&0
setsid "$@" </dev/null 3<&- &
p=$!
{ while read -r _; do :; done <&3; kill -s TERM -- "-$p"; sleep 2; kill -s KILL -- "-$p"; } >/dev/null 2>&1 &
w=$!
exec 3<&-
wait "$p"; r=$?
kill "$w" 2>/dev/null
exit "$r"`

/** The words of the command that a tethered one runs; any other command as it is. */
export const insideTether = (argv: readonly string[]): readonly string[] =>
  argv[0] === 'sh' && argv[1] === '-c' && argv[2] === script ? argv.slice(4) : argv
