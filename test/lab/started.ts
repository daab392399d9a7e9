import { inHost, type Started } from './harness.ts'
import { eventually, project } from './operator.ts'

/** What a started command says on stdout, and the wait for words in it. */
export const listenTo = ({ child, ended }: Started) => {
  let text = ''
  const listeners = new Set<() => void>()
  child.stdout?.on('data', chunk => {
    text += String(chunk)
    for (const look of [...listeners]) look()
  })
  const says = (what: RegExp, seconds = 20): Promise<string> =>
    new Promise((resolve, reject) => {
      const settle = (act: () => void): void => {
        clearTimeout(timer)
        listeners.delete(look)
        act()
      }
      const look = (): void => {
        if (what.test(text)) settle(() => resolve(text))
      }
      const timer = setTimeout(
        () => settle(() => reject(new Error(`says ${what}: not within ${seconds} s\n${text}`))),
        seconds * 1000,
      )
      listeners.add(look)
      void ended.then(({ code, stderr }) =>
        settle(() => (what.test(text) ? resolve(text) : reject(new Error(`ended with ${code}\n${text}${stderr}`)))),
      )
      look()
    })
  return { says, text: () => text }
}

/** Resolves when the intent of an operation on this paper names the step. */
export const reached = async (id: string, step: string): Promise<void> => {
  const intent = `${project}/state/intents/*-${id}.json`
  const script = `until grep -qs '"step": "${step}"' ${intent}; do sleep 0.02; done`
  const { code } = await inHost('gpu', ['sh', '-c', script], { timeout: 30_000 })
  if (code !== 0) throw new Error(`the operation on ${id} did not come to ${step}`)
}

/** What papergen and its helpers run on both hosts; itself unseen. */
export const papergenProcesses = async (): Promise<readonly string[]> => {
  const hosts = await Promise.all((['gpu', 'edge'] as const).map(host => inHost(host, ['ps', '-eo', 'args'])))
  return hosts.flatMap(({ stdout }) => stdout.split('\n').filter(args => ours.test(args)))
}

const ours = /papergen\.mjs|papergen-(gpu|edge) serve|^journalctl|^tail |^grep |^sleep |^cat$|^setsid/

export const nothingRuns = async (seconds = 10): Promise<void> => {
  let left: readonly string[] = []
  await eventually('no process of papergen is left on either host', seconds, async () => {
    left = await papergenProcesses()
    return left.length === 0
  }).catch(problem => {
    throw new Error(`${problem.message}\n${left.join('\n')}`)
  })
}
