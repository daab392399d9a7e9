import { describe, expect, it } from 'vitest'
import { notebookTitle } from '../../src/core/notebook.ts'
import { defaultPaperId, isPaperId } from '../../src/core/paper.ts'
import { castOf, usualPapers } from '../../src/demo/cast.ts'

const publishedOf = (papers: number) => castOf(papers).filter(({ at }) => at !== 'unpublished')

describe('castOf', () => {
  it('has as many published papers as asked, and never fewer than the usual ones', () => {
    expect([1, usualPapers, 40, 1000].map(papers => publishedOf(papers).length)).toEqual([7, 7, 40, 1000])
    expect(castOf(usualPapers).some(({ at }) => at === 'unpublished')).toBe(true)
  })

  it('gives every paper an id of its own, the one its notebook would get', () => {
    const cast = castOf(1000)
    expect(new Set(cast.map(({ id }) => id)).size).toBe(cast.length)
    for (const { id, notebook } of cast) {
      expect(isPaperId(id)).toBe(true)
      expect(defaultPaperId(notebook)).toBe(id)
    }
  })

  it('writes titles that are read back', () => {
    const titles = castOf(1000).map(({ text, notebook }) => notebookTitle(text, notebook))
    expect(titles.slice(0, 3)).toEqual([
      'Attention Is All You Need',
      '확산 모델 기초',
      'Flow Matching for Generative Modeling',
    ])
    expect(titles.every(title => title.length > 3 && !title.endsWith('.py'))).toBe(true)
  })
})
