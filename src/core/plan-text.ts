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
      return [`remove ${effect.host}:${effect.path}`]
    case 'run':
      return [`run    ${effect.host}: ${effect.command}`]
    case 'write':
      return [`write  ${effect.host}:${effect.path}`, ...contentLines(effect.content)]
  }
}

const contentLines = (content: string | undefined): readonly string[] =>
  content === undefined
    ? []
    : content
        .trimEnd()
        .split('\n')
        .map(line => `       | ${line}`)
