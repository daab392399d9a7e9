import { describe, expect, it } from 'vitest'
import { filterKind, matcher } from '../../src/core/filter.ts'
import { judgedOf } from '../../src/core/rows.ts'
import { consoleOf, three } from './console-world.ts'

const rows = judgedOf(consoleOf({ ...three(), 'graph-rag': { entry: { port: 27003, title: 'Retrieval (a+' } } }))
const found = (typed: string): string =>
  rows
    .filter(matcher(typed))
    .map(({ paper }) => paper.id)
    .join(' ')
const all = 'attention diffusion flow graph-rag'

describe('what a filter lists, and how its kind is called', () => {
  it.each([
    // Nothing to look for yet: nothing is hidden while one types.
    ['', null, all],
    ['  ', null, all],
    ['!', null, all],
    ['~', null, all],
    ['!~', null, all],
    ['title:', null, all],
    ['!title:', null, all],
    ['!title:~ ', null, all],
    // A regular expression, or what is none.
    ['fl|att', 'regex', 'attention flow'],
    ['FLOW', 'regex', 'flow'],
    ['(a+', 'literal', 'graph-rag'],
    ['!(a+', 'not literal', 'attention diffusion flow'],
    ['title:(a+', 'literal in title', 'graph-rag'],
    // One that could take for ever is taken as it stands.
    ['(t+)+', 'literal', ''],
    ['!^a', 'not regex', 'diffusion flow graph-rag'],
    ['port:2700[12]', 'regex in port', 'diffusion flow'],
    ['!verdict:failing', 'not regex in verdict', 'attention graph-rag'],
    ['unit:failed', 'regex in unit', 'diffusion flow'],
    ['UNIT:FAILED', 'regex in unit', 'diffusion flow'],
    ['colour:red', 'regex', ''],
    // Letters in their order, of each word, in the id or the title.
    ['~fl', 'fuzzy', 'flow'],
    ['~atn', 'fuzzy', 'attention flow'],
    ['~grg', 'fuzzy', 'graph-rag'],
    ['~확기', 'fuzzy', 'diffusion'],
    ['~fmt lo', 'fuzzy', 'flow'],
    ['~fmt att', 'fuzzy', ''],
    ['~failing', 'fuzzy', ''],
    ['~RETR', 'fuzzy', 'graph-rag'],
    ['~(a+', 'fuzzy', 'graph-rag'],
    ['~tim', 'fuzzy', ''],
    ['!~fl', 'not fuzzy', 'attention diffusion graph-rag'],
    ['! ~ fl', 'not fuzzy', 'attention diffusion graph-rag'],
    ['title:~fmt', 'fuzzy in title', 'flow'],
    ['title: ~ fmt', 'fuzzy in title', 'flow'],
    ['!title:~fmt', 'not fuzzy in title', 'attention diffusion graph-rag'],
    ['Paper:~dfn', 'fuzzy in paper', 'diffusion'],
    ['paper:~fmt', 'fuzzy in paper', ''],
    ['port:~703', 'fuzzy in port', 'graph-rag'],
    ['verdict:~flng', 'fuzzy in verdict', 'diffusion flow'],
    ['!verdict:~flng', 'not fuzzy in verdict', 'attention graph-rag'],
    // A tilde that is meant.
    ['[~]', 'regex', ''],
  ])('%j', (typed, kind, listed) => {
    expect(filterKind(typed)).toBe(kind)
    expect(found(typed)).toBe(listed)
  })
})
