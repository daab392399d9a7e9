import { type AccountFiles, accountIn } from '../core/account-files.ts'
import { command } from '../core/command.ts'
import { PapergenError } from '../core/errors.ts'
import { foldersAbove, type PapersUser, parseId, parseOwned, parseSudo } from '../core/papers-user.ts'
import type { Files, Logins, Shell } from '../core/ports.ts'
import { accountKeysFile, accountRulesFile } from '../core/setup-account-steps.ts'
import type { Host } from './host.ts'

/** What papergen's own logins see of who could do more than he should. Nothing is written, and nothing is run with more rights. */
export const createLogins = ({ gpu, edge }: { readonly gpu: Host; readonly edge: Host }): Logins => ({
  papersUser: (name, keys) => papersUser(gpu.shell, name, keys),
  edgeAccount: () => withinSeconds(10, edgeAccount(edge.files)),
  edgeOpens: () => edgeOpens(edge),
  home: () => gpu.files.home(),
})

const papersUser = async (shell: Shell, name: string, keys: readonly string[]): Promise<PapersUser | null> => {
  const known = await shell.run(command('id', '--', name))
  const id = known.code === 0 ? parseId(known.stdout) : null
  if (id === null) return null
  // Whoever is no administrator himself is asked for a password, or told that he may not ask: it is not known then.
  const sudo = await shell.run(command('sudo', '-n', '-l', '-U', name))
  const above = [...new Set(keys.flatMap(foldersAbove))]
  const format = '%U %G %m %Y %p\\n'
  const owned = await Promise.all([
    shell.run(command('find', '-L', ...above, '-maxdepth', '0', '-printf', format)),
    shell.run(command('find', '-L', ...keys, '-maxdepth', '1', '-printf', format)),
  ])
  return {
    ...{ name, ...id, sudo: parseSudo(sudo.code, sudo.stdout) },
    paths: owned.flatMap(({ stdout }) => parseOwned(stdout)),
  }
}

const edgeAccount = async (files: Files): Promise<AccountFiles | null> => {
  const account = accountIn((await files.read('/etc/passwd')) ?? '', (await files.read('/etc/group')) ?? '')
  if (account === null) return null
  const folder = accountRulesFile.replace(/\/[^/]+$/, '')
  const names = ((await files.list(folder)) ?? []).map(({ name }) => `${folder}/${name}`)
  const earlier = names.filter(path => path.endsWith('.conf') && path < accountRulesFile).sort()
  const [keys, rules, sshdConfig, ...texts] = await Promise.all(
    [accountKeysFile, accountRulesFile, '/etc/ssh/sshd_config', ...earlier].map(path => files.read(path)),
  )
  const before = earlier.map((path, at) => ({ path, text: texts[at] ?? '' }))
  return { ...account, keys: keys ?? null, rules: rules ?? null, sshdConfig: sshdConfig ?? null, before }
}

const bus = '/run/dbus/system_bus_socket'
const itself = { address: '127.0.0.1', port: 22 }

const edgeOpens = async ({ shell, files, dial, dialSocket, mayListen }: Host): Promise<readonly string[]> => {
  const tries = [
    { what: 'any command', opens: shell.run(command('id', '-u')).then(({ code }) => code === 0) },
    { what: 'files by SFTP', opens: withinSeconds(5, files.read('/etc/hostname')).then(text => text !== null) },
    {
      what: `${itself.address}:${itself.port} of the edge`,
      opens: dial(itself.address, itself.port, 4_000).then(closed, thrown => wasTried(thrown, itself)),
    },
    { what: 'a listening port of the edge', opens: withinSeconds(5, mayListen()) },
    // sshd says alike of a socket that it may not open and of one that is not there.
    { what: `the socket ${bus}`, opens: dialSocket(bus).then(closed, () => false) },
  ]
  const found = await Promise.all(
    tries.map(async ({ what, opens }) => ((await opens.catch(() => false)) ? [what] : [])),
  )
  return found.flat()
}

const closed = (stream: { destroy(): unknown }): boolean => {
  stream.destroy()
  return true
}

/** A port that sshd went to in vain was not forbidden. */
const wasTried = (thrown: unknown, { address, port }: typeof itself): boolean => {
  const problem = thrown instanceof PapergenError ? thrown.problem : null
  return (
    problem?.kind === 'host-unreachable' &&
    problem.address === `${address}:${port}` &&
    !/does not allow/.test(problem.why)
  )
}

/** A session that is refused may never begin, nor end. */
const withinSeconds = <T>(seconds: number, answer: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<T>()
  const timer = setTimeout(() => reject(new Error('no answer')), seconds * 1000)
  return Promise.race([answer, promise]).finally(() => clearTimeout(timer))
}
