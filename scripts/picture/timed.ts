/** Something that is there for a while, and then is not. */
export type Part = { readonly markup: string; readonly from: number; readonly to: number }

type Spell = { from: number; to: number }

/** Parts as groups that show themselves when their time comes, and the style that makes them: a loop of `end` milliseconds. */
export const timed = (parts: readonly Part[], end: number, name: string): { markup: string; style: string } => {
  const groups = [...together(parts).values()]
  const isAlways = ({ spells }: Group): boolean => spells[0]?.from === 0 && spells[0].to === end
  const moving = groups.filter(group => !isAlways(group))
  const classOf = (group: Group): string => (isAlways(group) ? '' : ` class="${name}${moving.indexOf(group)}"`)
  return {
    markup: groups.map(group => `<g${classOf(group)}>${group.markups.join('')}</g>\n`).join(''),
    style: moving.map(({ spells }, at) => animation(`${name}${at}`, spells, end)).join(''),
  }
}

/** All groups run in step; who asked for no motion sees how it ended. */
export const loop = (end: number): string =>
  `g{animation:${(end / 1000).toFixed(2)}s step-end infinite}@media (prefers-reduced-motion:reduce){g{animation:none!important}}\n`

type Group = { readonly spells: readonly Spell[]; readonly markups: string[] }

/** What comes and goes at the same times is one group. */
const together = (parts: readonly Part[]): Map<string, Group> => {
  const groups = new Map<string, Group>()
  for (const [markup, spells] of spellsOf(parts)) {
    const times = JSON.stringify(spells)
    const group = groups.get(times) ?? { spells, markups: [] }
    group.markups.push(markup)
    groups.set(times, group)
  }
  return groups
}

/** Each thing once, with all the times it is there. */
const spellsOf = (parts: readonly Part[]): Map<string, Spell[]> => {
  const all = new Map<string, Spell[]>()
  for (const { markup, from, to } of parts) {
    if (markup === '' || from === to) continue
    const spells = all.get(markup) ?? []
    const last = spells.at(-1)
    if (last?.to === from) last.to = to
    else spells.push({ from, to })
    all.set(markup, spells)
  }
  return all
}

const animation = (name: string, spells: readonly Spell[], end: number): string => {
  const percent = (time: number): string => `${Number(((100 * time) / end).toFixed(3))}%`
  const shown = spells.map(({ from }) => percent(from))
  const hidden = spells.filter(({ to }) => to < end).map(({ to }) => percent(to))
  if (spells[0]?.from !== 0) hidden.unshift('0%')
  const atTheEnd = spells.at(-1)?.to === end ? 'visible' : 'hidden'
  const frames = `${shown.join()}{visibility:visible}${hidden.join()}{visibility:hidden}`
  return `.${name}{animation-name:${name};visibility:${atTheEnd}}@keyframes ${name}{${frames}}\n`
}
