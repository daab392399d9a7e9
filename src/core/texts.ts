import { parseIndexPage, renderFragment } from './index-page.ts'
import type { GpuPolicy } from './policy.ts'
import type { Texts } from './ports.ts'
import { parseSnippet, renderSnippet } from './snippet.ts'
import { renderUnit } from './unit.ts'

/** The templates of share/, as the files have them. */
export type Templates = {
  /** share/unit.template, or share/unit-user.template in user scope. */
  readonly unit: string
  readonly snippet: string
}

export const createTexts = (templates: Templates, policy: GpuPolicy): Texts => ({
  unit: (unit, port, release) => renderUnit(templates.unit, policy, unit, port, release),
  snippet: (id, port) => renderSnippet(templates.snippet, policy, id, port),
  fragment: papers => renderFragment(papers, policy.base),
  readSnippet: parseSnippet,
  readIndex: parseIndexPage,
})
