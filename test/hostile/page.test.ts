import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { type DefaultTreeAdapterTypes, parse } from 'parse5'
import { expect, test } from 'vitest'
import { indexMarkers, type Listed, parseIndexPage, renderFragment } from '../../src/core/index-page.ts'
import { clean } from '../../src/core/text.ts'
import { hostileText, some } from './arbitrary.ts'
import { property } from './cases.ts'

const id = fc.oneof(
  hostileText,
  fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,20}$/),
  fc.constantFrom('Thesis_2024', '..', '.', 'a.b'),
)
const publishedAt = fc.option(
  fc.oneof(hostileText, fc.constantFrom('2026-03-04T00:00:00Z', '2026-03-04"><script>', '9999-99-99')),
)
const paper: fc.Arbitrary<Listed> = fc.record({ id, title: fc.option(hostileText), publishedAt })

const template = readFileSync(new URL('../../share/index.html.template', import.meta.url), 'utf8')
const pageOf = (fragment: string): string => template.replace(indexMarkers[0], marker => `${marker}\n${fragment}`).replace(`${indexMarkers[0]}\n${fragment}\n`, `${indexMarkers[0]}\n${fragment}`) // biome-ignore format: one chain

/** One item as papergen-edge takes it: an address, text without a sign of HTML, a day. */
const item = /^<li><a href="\/thesis\/([A-Za-z0-9_][\w.-]{0,62})\/"><bdi(?: lang="(?:ko|ja)")?>(?:[^<>"'&\u0000-\u001f\u007f-\u009f]|&(?:amp|lt|gt|quot|#39);)+<\/bdi><\/a>(?: <time datetime="(\d{4}-\d\d-\d\d)">\2<\/time>)?(?: <small>\1<\/small>)?<\/li>$/u // biome-ignore format: one expression

property('lines of the index page', fc.uniqueArray(paper, { maxLength: 4, selector: ({ id }) => id }), papers => {
  const fragment = renderFragment(papers, '/thesis')
  const { origin, listed } = parseIndexPage(pageOf(fragment))
  expect(origin).toBe('ours')
  const lines = fragment.split('\n').filter(line => line.startsWith('<li>'))
  for (const line of lines) expect(line).toMatch(item)
  expect(listed).toEqual(lines.map(line => item.exec(line)![1]))
  expect(new Set(listed)).toEqual(
    new Set(papers.map(({ id }) => id).filter(id => /^[A-Za-z0-9_][\w.-]{0,62}$/.test(id))),
  )
  parseIndexPage(papers.map(({ title }) => `${indexMarkers[0]}${title}${indexMarkers[1]}`).join(''))
})

type Node = DefaultTreeAdapterTypes.Node
type Element = DefaultTreeAdapterTypes.Element

const childrenOf = (node: Node): readonly Node[] => ('childNodes' in node ? node.childNodes : [])
const isElement = (node: Node): node is Element => 'tagName' in node
const elementsOf = (node: Node): readonly Element[] => [...(isElement(node) ? [node] : []), ...childrenOf(node).flatMap(elementsOf)] // biome-ignore format: one list
const textOf = (node: Node): string => ('value' in node ? node.value : childrenOf(node).map(textOf).join(''))
const shapeOf = ({ tagName, attrs }: Element): string => [tagName, ...attrs.map(({ name }) => name)].join(' ')

test('a browser reads a page of 2,000 hostile titles as 2,000 links with these titles, and nothing else', () => {
  const titles = some(hostileText, 2000)
  const papers = titles.map((title, at) => ({
    id: `p${String(at).padStart(4, '0')}`,
    title,
    publishedAt: '2026-03-04T00:00:00Z',
  }))
  const errors: string[] = []
  const [page, plain] = [pageOf(renderFragment(papers, '/thesis')), template].map(text =>
    parse(text, { onParseError: ({ code }) => errors.push(code) }),
  )
  // A reader that had to mend something was not told what was meant. A code point that is no character is shown as none.
  expect(errors.filter(code => code !== 'noncharacter-in-input-stream')).toEqual([])
  const list = elementsOf(page!).find(({ tagName }) => tagName === 'ul')!
  const within = new Set(elementsOf(list))
  const around = elementsOf(page!).filter(element => !within.has(element))
  expect(around.map(shapeOf)).toEqual(elementsOf(plain!).map(shapeOf))
  const items = childrenOf(list).filter(isElement)
  expect(items).toHaveLength(2000)
  const shapes = ['li', 'a href', 'bdi', 'bdi lang', 'time datetime', 'small']
  expect(new Set(elementsOf(list).map(shapeOf))).toEqual(new Set(['ul class', ...shapes]))
  const byId = new Map(papers.map(({ id, title }) => [id, title]))
  for (const found of items) {
    const [, link, name, ...more] = elementsOf(found)
    const paperId = /^\/thesis\/(p\d{4})\/$/.exec(link!.attrs[0]!.value)![1]!
    const meant = clean(byId.get(paperId)!).replace(/\s+/g, ' ').trim()
    const shown = textOf(name!)
    // A title of which nothing can be seen gives way to the id.
    expect(shown === meant || (shown === paperId && !/[\p{L}\p{N}\p{P}\p{S}]/u.test(meant.replace(/[\p{M}\p{Default_Ignorable_Code_Point}]/gu, '')))).toBe(true) // biome-ignore format: one assertion
    expect(more.map(({ tagName }) => tagName)).toEqual(shown === paperId ? ['time'] : ['time', 'small'])
    byId.delete(paperId)
  }
  expect(byId.size).toBe(0)
})
