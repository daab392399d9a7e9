import { describe, expect, it } from 'vitest'
import { indexMarkers, parseIndexPage, renderFragment } from '../../src/core/index-page.ts'

const paper = (id: string, title: string | null = null, publishedAt: string | null = null) => ({
  id,
  title,
  publishedAt,
})
const item = (id: string, bdi: string, rest = '') => `<li><a href="/thesis/${id}/"><bdi${bdi}</bdi></a>${rest}</li>\n`

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
    const time = (day: string) => ` <time datetime="${day}">${day}</time>`
    expect(fragment).toBe(
      '<ul class="papers">\n' +
        item('new', '>&lt;b&gt;&amp;&quot;&#39; x', `${time('2026-03-04')} <small>new</small>`) +
        item('old', '>Old', `${time('2026-01-02')} <small>old</small>`) +
        item('bare', '>bare') +
        '</ul>\n',
    )
  })

  it.each([
    ['확산 모델 and Flow', ' lang="ko">확산 모델 and Flow'],
    ['拡散モデル', ' lang="ja">拡散モデル'],
    ['扩散模型', '>扩散模型'],
    ['a\u202eb\u2066c\u200f', '>abc'],
    ['👩‍👩‍👧', '>👩‍👩‍👧'],
  ])('says the language of a title where its script tells it: %j', (title, bdi) =>
    expect(renderFragment([paper('a', title)], '/thesis')).toContain(item('a', bdi, ' <small>a</small>')),
  )

  it.each([['a'], [''], [' \u200d\u3164\u0301\n '], ['\u202e']])(
    'calls a paper by its id once when its title, %j, says no more',
    title => expect(renderFragment([paper('a', title)], '/thesis')).toContain(item('a', '>a')),
  )

  it('reads back what it rendered, also inside a page of somebody else', () => {
    const fragment = renderFragment([paper('b', 'B'), paper('a', 'A')], '/thesis')
    const page = parseIndexPage(
      `<h1>Mine</h1><a href="/thesis/zzz/">z</a>\n${indexMarkers[0]}\n${fragment}${indexMarkers[1]}\n`,
    )
    expect(page).toMatchObject({ origin: 'ours', listed: ['a', 'b'] })
    expect(page.fragment).toBe(parseIndexPage(`${indexMarkers[0]}\n${fragment}${indexMarkers[1]}`).fragment)
  })

  it.each([
    [
      '<ul class="papers">\n<li><a href="/thesis/a/">A</a> <time datetime="2026-03-04">2026-03-04</time></li>\n</ul>',
      'a',
    ],
    ['<a href="/thesis/Old_2024/">x</a>', 'Old_2024'],
    ['<li><a class=paper href="a/">it\'s A</a>', 'a'],
  ])('finds the papers of a list in another shape, with their whole ids: %s', (list, id) =>
    expect(parseIndexPage(`${indexMarkers[0]}\n${list}\n${indexMarkers[1]}`).listed).toEqual([id]),
  )

  it.each([
    ['no page', null, 'absent'],
    ['no markers', '<a href="/thesis/a/">a</a>', 'foreign'],
    ['one marker', indexMarkers[0], 'foreign'],
    ['the wrong order', indexMarkers[1] + indexMarkers[0], 'foreign'],
    ['a marker twice', indexMarkers[0] + indexMarkers[0] + indexMarkers[1], 'foreign'],
    ['nothing between', indexMarkers.join('\n'), 'ours'],
  ])('%s', (_, text, origin) => expect(parseIndexPage(text)).toMatchObject({ origin, listed: [] }))
})
