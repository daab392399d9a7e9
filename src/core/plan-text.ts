import { structuredPatch } from 'diff'
import type { Effect, Plan } from './step.ts'
import { clean } from './text.ts'

/** A plan for the dry run: every step with its exact files, their contents, and its commands. */
export const planText = (plan: Plan): string =>
  clean(
    [
      plan.title,
      ...(plan.warnings ?? []).map(words => `Warning: ${words}`),
      ...plan.steps.flatMap((step, index, steps) => [
        `${String(index + 1).padStart(3)}. ${step.title}`,
        ...step.effects.flatMap(effectLines).map(line => `     ${line}`),
        ...(step.undo === undefined ? [] : [`     undo   ${step.undo.title}`]),
        // Behind the first of them another one changes nothing.
        ...(index === steps.findIndex(({ commit }) => commit)
          ? ['     after this step the operation only goes forward: nothing is undone']
          : []),
      ]),
    ].join('\n'),
  )

/** One effect in the words of the dry run; not cleaned yet. */
export const effectLines = (effect: Effect): readonly string[] => {
  switch (effect.kind) {
    case 'read':
      return [`read   ${effect.words}`]
    case 'prove':
      return [`prove  ${effect.words}`]
    case 'remove':
      return [`remove ${effect.host}:${effect.path}`, ...(effect.former === undefined ? [] : goneLines(effect.former))]
    case 'run':
      return [`run    ${effect.host}: ${effect.command}`]
    case 'write':
      return [
        `write  ${effect.host}:${effect.path}`,
        ...(effect.former === undefined || effect.content === undefined
          ? contentLines(effect.content)
          : changeLines(effect.former, effect.content)),
      ]
  }
}

/** Lines that go and come. */
const longestChange = 500

/** What of a file that is there goes (`-`) and what comes (`+`), with three lines around it. */
const changeLines = (former: string, content: string): readonly string[] => {
  const patch = structuredPatch('', '', former, content, '', '', { context: 3, maxEditLength: longestChange })
  // Nothing of it would be recognised, and looking for more takes long.
  if (patch === undefined) return contentLines(content)
  if (patch.hunks.length === 0) return ['       | the same text as lies there']
  return patch.hunks.flatMap(({ lines }, at) => [
    ...(at === 0 ? [] : ['       | …']),
    ...lines.map(line => `       | ${line}`),
  ])
}

const goneLines = (former: string): readonly string[] =>
  former
    .trimEnd()
    .split('\n')
    .map(line => `       | -${line}`)

const contentLines = (content: string | undefined): readonly string[] =>
  content === undefined
    ? []
    : content
        .trimEnd()
        .split('\n')
        .map(line => `       | ${line}`)
