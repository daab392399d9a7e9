import { chmodSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import type { Event } from '../../src/core/event.ts'
import { type LogRequest, onePaper } from '../../src/core/log-request.ts'
import type { Shell } from '../../src/core/ports.ts'
import { createActivity } from '../../src/services/activity.ts'
import { createEdgeLines } from '../../src/services/edge-log.ts'
import { createEdgeEntry, createGpuEntry } from '../../src/services/entry-point.ts'
import { createGpu } from '../../src/services/gpu.ts'
import { createJournal } from '../../src/services/journal.ts'
import { createLocalHost } from '../../src/services/local-host.ts'
import { createLogReader } from '../../src/services/log-reader.ts'
import { createRemoteMeter } from '../../src/services/meter.ts'
import { ownFolder } from '../services/folder.ts'
import { hurried } from './clock.ts'
import { live, patience } from './life.ts'

const record = '{"MESSAGE":"line & of many","__CURSOR":"s=&","PRIORITY":"6","SYSLOG_IDENTIFIER":"marimo","_PID":"7"}'

/** What a host runs for papergen: each speaks as the real one does, and stays or ends as that does. */
const programs = {
  journalctl: `case "$*" in
    *--output=cat*) seq 1 6000 | sed 's/.*/papergen-attention.service/';;
    *) seq 1 1000 | sed 's/.*/${record}/';;
  esac
  case "$*" in *doomed*) exit 1;; *--follow*) exec sleep 600;; esac`,
  'nvidia-smi': `case "$1" in
    *compute-apps*) echo "GPU-1, $$, python, 300";;
    *) IFS=,; for f in \${1#--query-gpu=}; do case $f in index) v=0;; uuid) v=GPU-1;; *) v=1;; esac; printf '%s%s' "$s" "$v"; s=', '; done; echo;;
  esac`,
  'papergen-gpu': `while read -r number words; do
    case "$words" in
      hello) printf '%s ok 32\\nprogram papergen-gpu\\nprotocol 1\\n' "$number";;
      holder) exit 3;;
      *) printf '%s ok 0\\n' "$number";;
    esac
  done`,
  'papergen-edge': `read -r number words; echo "$number ok stream"
  seq 1 1000 | sed 's/.*/2026\\/11\\/23 07:00:00 [error] 7#7: *& connect() failed/'; cat > /dev/null`,
}

const hostWithPrograms = () => {
  const folder = ownFolder()
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`)
    chmodSync(join(folder, name), 0o755)
  }
  return { folder, host: createLocalHost('here', { PATH: `${folder}:${process.env.PATH}` }) }
}

const journalOf = ({ folder, host }: ReturnType<typeof hostWithPrograms>, shell: Shell = host.shell) => {
  const open = () => host.channel([join(folder, 'papergen-edge')])
  const edgeLines = createEdgeLines('here', createEdgeEntry({ host: 'here', open }), open)
  return createJournal({ shell, scope: 'system', edgeLines })
}

test(
  'logs that are opened, flooded, lost and closed leave nothing behind',
  async () => {
    let lines = 0
    let failed = 0
    const told = (event: Event): void => {
      if (event.type === 'log-lines') lines += event.entries.length
      if (event.type === 'log-failed') failed++
    }
    const reader = createLogReader(journalOf(hostWithPrograms()), told)
    const read = async (request: LogRequest, until: () => boolean): Promise<void> => {
      const over = reader.open(request, false)
      await vi.waitFor(() => expect(until()).toBe(true), { timeout: 20_000, interval: 2 })
      reader.close()
      await over
    }
    await live({
      name: 'lines of logs that come and go',
      warmUp: 4,
      rounds: 16,
      round: async () => {
        const [from, lost] = [lines, failed]
        // The past and what follows of a journal, an edge's log, and a journal whose reader dies.
        await read(onePaper('attention', 'journal'), () => lines >= from + 1_500)
        await read(onePaper('attention', 'error'), () => lines >= from + 2_500)
        await read(onePaper('doomed', 'journal'), () => failed > lost)
        return lines - from
      },
    })
  },
  patience,
)

test(
  'listening to a host that speaks more than anybody looks at leaves nothing behind',
  async () => {
    const world = hostWithPrograms()
    let readings = 0
    let ended = 0
    const shell: Shell = {
      run: world.host.shell.run,
      lines: async function* (...asked) {
        readings++
        try {
          yield* world.host.shell.lines(...asked)
        } finally {
          ended++
        }
      },
    }
    // What is looked at in a second is counted in a second of the day; waiting is what takes no time.
    const clock = { ...hurried(100), now: Date.now, elapsed: () => performance.now() }
    const activity = createActivity(journalOf(world, shell), clock, () => {})
    let stop: (() => void) | null = null
    await live({
      name: 'readings of who speaks',
      warmUp: 20,
      rounds: 40,
      round: async () => {
        stop ??= activity.start()
        const before = ended
        await vi.waitFor(() => expect(ended).toBeGreaterThan(before), { timeout: 20_000, interval: 1 })
        // A log of many papers takes its place for a moment.
        activity.rest(true)
        activity.rest(false)
        return ended - before
      },
      rest: async () => {
        stop?.()
        stop = null
        await vi.waitFor(() => expect(ended).toBe(readings), { timeout: 20_000, interval: 5 })
      },
    })
  },
  patience,
)

test(
  'an entry point that ends and is started again, and readings of the machine, leave nothing behind',
  async () => {
    const { folder, host } = hostWithPrograms()
    const entry = createGpuEntry({ host: 'here', open: () => host.channel([join(folder, 'papergen-gpu')]) })
    const gpu = createGpu({ host: 'here', shell: host.shell, program: 'nvidia-smi' })
    const meter = createRemoteMeter(host.shell, folder)
    let ends = 0
    await live({
      name: 'answers of the entry point, the GPU and the meter',
      warmUp: 15,
      rounds: 40,
      round: async () => {
        for (let asked = 0; asked < 20; asked++) await entry.pending()
        await entry.holder().catch(() => ends++)
        await Promise.all([gpu.sample(), meter.read()])
        return 23
      },
    })
    expect(ends).toBeGreaterThan(50)
    await entry.close()
  },
  patience,
)
