import { Command, CommanderError, InvalidArgumentError, Option } from 'commander'
import { PapergenError } from '../core/errors.ts'
import { nearest } from '../core/nearest.ts'
import type { LogsOptions } from './logs.ts'
import type { PublishOptions } from './publish.ts'
import type { SetupOptions } from './setup.ts'

/** What every command is told besides its own options. */
export type Globals = {
  readonly config: string | null
  readonly readOnly: boolean
  readonly color: boolean
  readonly ascii: boolean
}

/** What each command does; main.ts wires them to a session. All answer with an exit code. */
export type Handlers = {
  console(globals: Globals): Promise<number>
  status(globals: Globals, ids: string[], options: { json: boolean; watch: boolean }): Promise<number>
  publish(globals: Globals, notebook: string, options: PublishOptions): Promise<number>
  rollback(globals: Globals, id: string, options: { yes: boolean }): Promise<number>
  restart(globals: Globals, ids: string[], options: { failing: boolean; yes: boolean }): Promise<number>
  unpublish(globals: Globals, ids: string[], options: { yes: boolean }): Promise<number>
  repair(globals: Globals, ids: string[], options: { dryRun: boolean; yes: boolean }): Promise<number>
  logs(globals: Globals, id: string, options: LogsOptions): Promise<number>
  doctor(globals: Globals, options: { json: boolean }): Promise<number>
  migrate(globals: Globals, options: { yes: boolean }): Promise<number>
  setup(globals: Globals, role: 'gpu' | 'edge', options: SetupOptions): Promise<number>
  config(globals: Globals, verb: 'show' | 'check' | 'path'): Promise<number>
  demo(globals: Globals, options: { papers: number | null }): Promise<number>
  completion(shell: 'bash' | 'zsh' | 'fish', program: Command): Promise<number>
}

/**
 * Reads the command line and runs the command it names. @returns the exit code; 2 for words that make no command
 */
export const runProgram = async (argv: readonly string[], version: string, handlers: Handlers): Promise<number> => {
  let code = 0
  const program = describe(version, handlers, result => {
    code = result
  })
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return code
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown
    return thrown.exitCode === 0 ? 0 : 2
  }
}

const describe = (version: string, handlers: Handlers, done: (code: number) => void): Command => {
  const program = new Command('papergen')
    .description('Publishes marimo notebooks as live papers across a GPU host and an nginx edge host')
    .version(version, '-V, --version')
    .addOption(new Option('--config <file>', 'config file instead of ~/.config/papergen/config.toml'))
    .option('--read-only', 'refuse every action', false)
    .option('--no-color', 'no colours (NO_COLOR too)')
    .option('--ascii', 'only ASCII signs', false)
    .exitOverride()
    .showHelpAfterError('(papergen --help lists the commands)')
    .enablePositionalOptions()
  const run = (act: (globals: Globals) => Promise<number>): Promise<void> => act(globalsOf(program)).then(done)
  const verb = (name: string, description: string): Command =>
    // Only the program itself takes a word more: it looks for the one it may have meant.
    program.command(name).description(description).exitOverride().allowExcessArguments(false).showHelpAfterError()

  // Whatever names no command lands here.
  program
    .allowExcessArguments()
    .allowUnknownOption()
    .action(() => {
      const [word] = program.args
      if (word !== undefined) throw unknown(word, program)
      return run(globals => handlers.console(globals))
    })

  verb('demo', 'the console on a world of its own: no root, GPU, systemd, nginx or second machine needed')
    .option('--papers <n>', 'so many published papers', wholeNumber)
    .action(o => run(globals => handlers.demo(globals, { papers: o.papers ?? null })))

  verb('status [ids...]', 'one observation of everything; exit 3 when a paper is not ok')
    .option('--json', 'one JSON document', false)
    .option('--watch', 'again after every change', false)
    .action((ids: string[], options) => run(globals => handlers.status(globals, ids, options)))

  verb('publish <notebook>', 'publish a notebook, or update a live paper without a failing request')
    .option('--id <id>', 'the name in the URL; from the file name unless told')
    .option('--title <title>', 'the title on the index page; from the notebook unless told')
    .option('--port <port>', 'a port of the range; the lowest free one unless told', wholeNumber)
    .option('--dry-run', 'print the steps with their files and commands', false)
    .option('--yes', 'do not ask', false)
    .option('--json', 'one JSON document', false)
    .action((notebook: string, o) =>
      run(globals =>
        handlers.publish(globals, notebook, { ...o, id: o.id ?? null, title: o.title ?? null, port: o.port ?? null }),
      ),
    )

  verb('rollback <id>', 'publish the previous snapshot again')
    .option('--yes', 'do not ask', false)
    .action((id: string, options) => run(globals => handlers.rollback(globals, id, options)))

  verb('restart [ids...]', 'restart and wait until healthy through the edge')
    .option('--failing', 'every paper that is failing', false)
    .option('--yes', 'do not ask', false)
    .action((ids: string[], options) => run(globals => handlers.restart(globals, ids, options)))

  verb('unpublish <ids...>', 'off the index, off the edge, then off the GPU host')
    .option('--yes', 'do not ask', false)
    .action((ids: string[], options) => run(globals => handlers.unpublish(globals, ids, options)))

  verb('repair [ids...]', 'finish or undo interrupted operations, then mend drift')
    .option('--dry-run', 'print the steps with their files and commands', false)
    .option('--yes', 'do not ask', false)
    .action((ids: string[], options) => run(globals => handlers.repair(globals, ids, options)))

  verb('logs <id>', 'the journal of a paper and its lines in the edge logs')
    .option('-f, --follow', 'go on', false)
    .option('-n, --lines <n>', 'lines from the past (100, or all with --since)', wholeNumber)
    .option('--since <time>', 'as journalctl takes it')
    .option('--priority <0-7>', 'this and more urgent', syslogPriority)
    .option('--grep <regexp>', 'only lines that match')
    .addOption(new Option('--source <source>', 'where from').choices(['journal', 'edge', 'all']).default('journal'))
    .option('--json', 'one JSON document a line', false)
    .action((id: string, o) =>
      run(globals =>
        handlers.logs(globals, id, {
          ...o,
          lines: o.lines ?? (o.since === undefined ? 100 : null),
          since: o.since ?? null,
          priority: o.priority ?? null,
          grep: o.grep ?? null,
        }),
      ),
    )

  verb('doctor', 'check every precondition on both hosts; each failure names its cure')
    .option('--json', 'one JSON document', false)
    .action(options => run(globals => handlers.doctor(globals, options)))

  verb('migrate', 'rewrite state.json in the present shape, keeping a copy')
    .option('--yes', 'do not ask', false)
    .action(options => run(globals => handlers.migrate(globals, options)))

  verb('setup', 'print, or apply, what a host needs')
    .argument('<host>', 'gpu or edge', oneOf(['gpu', 'edge']))
    .option('--apply', 'run it on that host', false)
    .option('--account <name>', 'edge: make a login that can do nothing but what papergen asks of the edge')
    .option('--yes', 'do not ask', false)
    .action((role: 'gpu' | 'edge', o) =>
      run(globals => handlers.setup(globals, role, { ...o, account: o.account ?? null })),
    )

  verb('config', 'the config that holds')
    .argument('<verb>', 'show, check or path', oneOf(['show', 'check', 'path']))
    .action((what: 'show' | 'check' | 'path') => run(globals => handlers.config(globals, what)))

  verb('completion', 'a completion script for a shell')
    .argument('<shell>', 'bash, zsh or fish', oneOf(['bash', 'zsh', 'fish']))
    .action((shell: 'bash' | 'zsh' | 'fish') => run(() => handlers.completion(shell, program)))

  return program
}

const unknown = (word: string, program: Command): PapergenError => {
  const near = nearest(
    word,
    program.commands.map(known => known.name()),
  )
  return new PapergenError({
    kind: 'bad-argument',
    what: word,
    why: word.startsWith('-') ? 'there is no such option before a command' : 'there is no such command',
    hint: `${near === null ? '' : `did you mean papergen ${near}? `}papergen --help lists the commands`,
  })
}

const globalsOf = (program: Command): Globals => {
  const { config, readOnly, color, ascii } = program.opts()
  return { config: config ?? null, readOnly, color, ascii }
}

const wholeNumber = (text: string): number => {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number is wanted')
  return Number(text)
}

const syslogPriority = (text: string): number => {
  if (!/^[0-7]$/.test(text)) throw new InvalidArgumentError('0 (emergency) to 7 (debug)')
  return Number(text)
}

const oneOf =
  (words: readonly string[]) =>
  (text: string): string => {
    if (!words.includes(text)) throw new InvalidArgumentError(`one of ${words.join(', ')}`)
    return text
  }
