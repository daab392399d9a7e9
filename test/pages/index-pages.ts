import { readFileSync } from 'node:fs'
import { indexMarkers, type Listed, renderFragment } from '../../src/core/index-page.ts'

const template = readFileSync(new URL('../../share/index.html.template', import.meta.url), 'utf8')

/** The index page as papergen-edge puts it together: the template with the list between its markers. */
export const indexPage = (papers: readonly Listed[]): string => {
  const [before, after] = template.split(`${indexMarkers[0]}\n${indexMarkers[1]}`) as [string, string]
  return `${before}${indexMarkers[0]}\n${renderFragment(papers, '/thesis')}${indexMarkers[1]}${after}`
}

/** Titles that somebody might write, kindly or not, and what a visitor is to read. */
export const nasty: readonly (readonly [title: string | null, shown: string])[] = [
  ['Attention Is All You Need', 'Attention Is All You Need'],
  ['<script>alert(1)</script>', '<script>alert(1)</script>'],
  [`" onmouseover="alert(1)' &amp; </a></li></ul>`, `" onmouseover="alert(1)' &amp; </a></li></ul>`],
  ['<!-- papergen:end --><h1>x', '<!-- papergen:end --><h1>x'],
  ['x'.repeat(400), 'x'.repeat(400)],
  ['가나다라'.repeat(100), '가나다라'.repeat(100)],
  ['확산 모델 기초: 잡음에서 그림까지', '확산 모델 기초: 잡음에서 그림까지'],
  ['拡散モデル入門', '拡散モデル入門'],
  ['变分自编码器的几何', '变分自编码器的几何'],
  ['نماذج الانتشار (2026)', 'نماذج الانتشار (2026)'],
  ['🧠 Neurons 👩‍👩‍👧 🇰🇷', '🧠 Neurons 👩‍👩‍👧 🇰🇷'],
  ['a\u202e2026\u2066 b\u200f', 'a2026 b'],
  [`Z${'\u0301\u0323'.repeat(80)}`, `Z${'\u0301\u0323'.repeat(80)}`],
  ['one\n two\t\u001b[31mthree', 'one two three'],
  [' \u200d\u3164 ', 'p14'],
  [null, 'p15'],
]

/** The first title is the newest; the last has no day. */
export const nastyPapers: readonly Listed[] = nasty.map(([title], at) => ({
  id: `p${at}`,
  title,
  publishedAt: title === null ? null : `2026-10-${30 - at}T07:00:00Z`,
}))

export const manyPapers: readonly Listed[] = Array.from({ length: 1000 }, (_, at) => ({
  id: `paper-${at}`,
  title: `확산 모델 ${at}: notes on diffusion, read slowly`,
  publishedAt: `2026-${10 + (at % 3)}-23T07:00:00Z`,
}))
