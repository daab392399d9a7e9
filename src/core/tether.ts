import type { Command } from './command.ts'

/**
 * The command tied to its stdin: when stdin ends (the channel closes, the console is killed) the command and its children get
 * TERM, two seconds later KILL. Closing a quiet ssh channel alone leaves the remote process running. With `input`, that many
 * bytes of stdin are the command's own first.
 */
export const tethered = ({ argv, cwd }: Command, input: number | null = null): Command => ({
  argv: [
    'sh',
    '-c',
    input === null ? script('setsid "$@" </dev/null') : script(feed),
    'sh',
    String(input ?? 0),
    ...argv,
  ],
  ...(cwd === undefined ? {} : { cwd }),
})

const feed = 'head -c "$n" <&3 | setsid "$@"'

// The watcher is stopped before we leave, so it can never signal a pid that has found a new owner.
const script = (run: string): string => `n=$1; shift
exec 3<&0
${run} 3<&- &
p=$!
{ cat <&3; kill -s TERM -- "-$p"; sleep 2; kill -s KILL -- "-$p"; } >/dev/null 2>&1 &
w=$!
exec 3<&-
wait "$p"; r=$?
kill "$w" 2>/dev/null
exit "$r"`
