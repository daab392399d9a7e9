import { describe, expect, it } from 'vitest'
import { indexMarkers, parseIndexPage, renderFragment } from '../../src/core/index-page.ts'

const paper = (id: string, title: string | null = null, publishedAt: string | null = null) => ({
  id,
  title,
  publishedAt,
})

describe('the index page', () => {
  it('lists the newest first and escapes titles', () => {
    const fragment = renderFragment(
      [
        paper('old', 'Old', '2026-01-02T00:00:00Z'),
        paper('new', `<b>&"'\u001b[31m\nx`, '2026-03-04T00:00:00Z'),
        paper('bare'),
      ],
      '/thesis',
    )
    expect(fragment).toBe(
      '<ul class="papers">\n' +
        '<li><a href="/thesis/new/">&lt;b&gt;&amp;&quot;&#39; x</a> <time datetime="2026-03-04">2026-03-04</time></li>\n' +
        '<li><a href="/thesis/old/">Old</a> <time datetime="2026-01-02">2026-01-02</time></li>\n' +
        '<li><a href="/thesis/bare/">bare</a></li>\n</ul>\n',
    )
  })

  it('reads back what it rendered, also inside a page of somebody else', () => {
    const fragment = renderFragment([paper('b', 'B'), paper('a', 'A')], '/thesis')
    const page = parseIndexPage(
      `<h1>Mine</h1><a href="/thesis/zzz/">z</a>\n${indexMarkers[0]}\n${fragment}${indexMarkers[1]}\n`,
    )
    expect(page).toMatchObject({ origin: 'ours', listed: ['a', 'b'] })
    expect(page.fragment).toBe(parseIndexPage(`${indexMarkers[0]}\n${fragment}${indexMarkers[1]}`).fragment)
  })

  it('takes an id it would not give whole, not for the end of it', () => {
    const page = `${indexMarkers[0]}\n<a href="/thesis/Old_2024/">x</a>\n${indexMarkers[1]}`
    expect(parseIndexPage(page).listed).toEqual(['Old_2024'])
  })

  it.each([
    ['no page', null, 'absent'],
    ['no markers', '<a href="/thesis/a/">a</a>', 'foreign'],
    ['one marker', indexMarkers[0], 'foreign'],
    ['the wrong order', indexMarkers[1] + indexMarkers[0], 'foreign'],
    ['a marker twice', indexMarkers[0] + indexMarkers[0] + indexMarkers[1], 'foreign'],
    ['nothing between', indexMarkers.join('\n'), 'ours'],
  ])('%s', (_, text, origin) => expect(parseIndexPage(text)).toMatchObject({ origin, listed: [] }))
})
