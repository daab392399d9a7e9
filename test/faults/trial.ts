import { quietly } from '../../lab/run.ts'
import { asRoot } from '../lab/harness.ts'
import { papergen } from '../lab/operator.ts'
import { nothingRuns } from '../lab/started.ts'
import { contradiction } from './claims.ts'
import { strike } from './faults.ts'
import { type Halt, wordsOf } from './halt.ts'
import { type Halted, startHalted } from './halted.ts'
import type { FaultName } from './names.ts'
import type { Trial, Verdict } from './orders.ts'
import { tried } from './papers.ts'
import { comeBackTo } from './saved.ts'
import type { Scenario } from './scenarios.ts'
import { differencesOf, invocationOf, type Stand, takeStand } from './stand.ts'

/** One run with one fault at one point. Null when there was nothing to strike there. */
export const tryPoint = async (scenario: Scenario, fault: FaultName, point: Halt): Promise<Trial | null> => {
  await comeBackTo(scenario.begins)
  const invocation = await invocationOf(tried)
  const from = Date.now()
  const known = { scenario: scenario.name, fault, point }
  const program = startHalted({ ...scenario.script, halts: [point.number] })
  const limit = limitOf(program)
  const halt = await program.next()
  if (halt === null || wordsOf(halt) !== wordsOf(point)) return { ...known, ...(await strayed(program, halt, limit)) }
  const { seen, wrong, outage, outcome, words } = await struckBy(fault, program)
  limit.lift()
  if (seen === null) return null
  const story = [seen, words]
  const repaired = await mended(story)
  const judged = await judge(scenario, invocation)
  const lied = contradiction(scenario.operation, outcome, judged.verdict)
  const dumb = outcome === null && fault !== 'kill' ? 'nobody killed it, and it ended without a word' : null
  const problems = [wrong, limit.reached() ?? dumb, lied, ...repaired].filter(problem => problem !== null)
  return {
    ...known,
    verdict: problems.length > 0 ? 'VIOLATION' : judged.verdict,
    claim: outcome ?? 'no word',
    story: [...story, ...problems, ...judged.why],
    ran: { from, until: Date.now() },
    outage,
  }
}

/** From the same beginning it went another way: nothing that is found then would mean anything. */
const strayed = async (program: Halted, halt: Halt | null, limit: Limit) => {
  const at = Date.now()
  limit.lift()
  if (halt !== null) program.kill()
  await program.ended
  const why = limit.reached() ?? `it came to ${halt === null ? 'its end' : wordsOf(halt)} instead`
  return { verdict: 'VIOLATION', claim: 'no word', story: [why], ran: { from: at, until: at }, outage: null } as const
}

/** The fault, and the program to its end in whatever is left to it. */
const struckBy = async (fault: FaultName, program: Halted) => {
  const at = Date.now()
  const struck = await strike(fault, program)
  if (fault !== 'kill') program.go()
  await struck.passes
  const outage = struck.outage ? { from: at - 500, until: Date.now() + 1500 } : null
  const ended = await endOf(program)
  await struck.heal()
  return { ...ended, seen: struck.seen, wrong: struck.wrong, outage }
}

const longest = 240_000

type Limit = { readonly lift: () => void; readonly reached: () => string | null }

/** An operation that does not end is killed, and that it had to be is a violation. */
const limitOf = (program: Halted): Limit => {
  let isReached = false
  const timer = setTimeout(() => {
    isReached = true
    quietly(program.kill)
  }, longest)
  return {
    lift: () => clearTimeout(timer),
    reached: () => (isReached ? `it did not end within ${longest / 1000} s` : null),
  }
}

/** How the program ended: what it claimed, and that in words. */
const endOf = async (program: Halted): Promise<{ readonly outcome: string | null; readonly words: string }> => {
  while ((await program.next()) !== null) program.go()
  const { signal, said, stderr } = await program.ended
  const words = said === null ? `no last word (${signal ?? stderr.trim()})` : `${said.outcome}: ${said.words}`
  return { outcome: said?.outcome ?? null, words: oneLine(words) }
}

/** What a person does then: repair, and once more to see that nothing is left. Answers what was wrong with that. */
export const mended = async (story: string[]): Promise<readonly string[]> => {
  const wrong: string[] = []
  await nothingRuns(70).catch(problem => wrong.push(String(problem)))
  const first = await papergen(['repair', '--yes'])
  story.push(`repair: ${oneLine(first.stdout)}`)
  if (first.code !== 0) wrong.push(`repair ended with ${first.code}: ${oneLine(first.stdout + first.stderr)}`)
  const second = await papergen(['repair', '--yes'])
  if (second.code !== 0 || !second.stdout.includes('Nothing to repair'))
    wrong.push(`a second repair ended with ${second.code}: ${oneLine(second.stdout + second.stderr)}`)
  return wrong
}

const oneLine = (text: string): string => text.trim().replaceAll(/\s+/g, ' ')

/** A paper that was just restarted answers a moment later. */
const patience = 20_000

export const judge = async (
  scenario: Scenario,
  invocation: string,
): Promise<{ verdict: Verdict; why: readonly string[] }> => {
  const until = Date.now() + patience
  for (;;) {
    const stand = await takeStand()
    const verdict = await verdictOn(scenario, stand, invocation)
    if (verdict !== 'VIOLATION') return { verdict, why: [] }
    if (Date.now() > until) return { verdict, why: endsOf(scenario).flatMap(end => whyNot(end, scenario[end], stand)) }
    await asRoot('gpu', ['sleep', '0.3'])
  }
}

const verdictOn = async (scenario: Scenario, stand: Stand, invocation: string): Promise<Verdict> => {
  const [isOld, isNew] = (['old', 'new'] as const).map(
    end => endsOf(scenario).includes(end) && differencesOf(scenario[end], stand).length === 0,
  )
  if (isNew && isOld) return (await invocationOf(tried)) === invocation ? 'old' : 'new'
  return isNew ? 'new' : isOld ? 'old' : 'VIOLATION'
}

const endsOf = ({ only }: Scenario): readonly ('old' | 'new')[] => (only === undefined ? ['old', 'new'] : [only])

const whyNot = (name: string, wanted: Stand, stand: Stand): readonly string[] =>
  differencesOf(wanted, stand)
    .slice(0, 12)
    .map(({ name: what, before, after }) => `not ${name}: ${what}: ${before ?? 'absent'} -> ${after ?? 'absent'}`)
