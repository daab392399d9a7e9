import type { IndexPage } from './facts.ts'
import { clean } from './text.ts'

/** The two lines between which the index page is papergen's. */
export const indexMarkers = ['<!-- papergen:begin -->', '<!-- papergen:end -->'] as const

export type Listed = { readonly id: string; readonly title: string | null; readonly publishedAt: string | null }

/**
 * What stands between the markers: newest first, one line a paper. papergen-edge accepts lines of exactly this shape and
 * no other, so whoever holds the operator's key can list papers there and nothing else.
 */
export const renderFragment = (all: readonly Listed[], base: string): string => {
  const papers = all.filter(({ id }) => listable.test(id))
  if (papers.length === 0) return noneListed
  return ['<ul class="papers">', ...papers.sort(newestFirst).map(paper => line(paper, base)), '</ul>', ''].join('\n')
}

/** A name the older code gave may stand in the list too; one that could be more than a name stands in none. */
const listable = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/

const noneListed = '<p>No papers are published at the moment.</p>\n'

/** The index page as it is served. Without our markers it is somebody else's. */
export const parseIndexPage = (text: string | null): IndexPage => {
  if (text === null) return { origin: 'absent', listed: [], fragment: null }
  const between = fragmentOf(text)
  if (between === null) return { origin: 'foreign', listed: [], fragment: null }
  return { origin: 'ours', listed: linked(between), fragment: between }
}

/** The text between the marker lines; null unless each marker is there once, in order. */
const fragmentOf = (text: string): string | null => {
  const [begin, end] = indexMarkers
  const [before, rest, ...more] = text.split(begin)
  const parts = rest?.split(end)
  if (more.length > 0 || parts?.length !== 2 || before!.includes(end)) return null
  return parts[0]!.replace(/^\r?\n/, '')
}

const linked = (fragment: string): string[] =>
  [...fragment.matchAll(/<a\s[^>]*?href="(?:[^"]*\/)?([\w.-]+)\/?"/g)].map(match => match[1]!)

const newestFirst = (a: Listed, b: Listed): number =>
  compare(b.publishedAt ?? '', a.publishedAt ?? '') || compare(a.title ?? a.id, b.title ?? b.id) || compare(a.id, b.id)

/** By code unit: the same on every machine, whatever its locale. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

const line = ({ id, title, publishedAt }: Listed, base: string): string => {
  const shown = titleOf(title) || id
  const day = /^\d{4}-\d\d-\d\d/.exec(publishedAt ?? '')?.[0]
  // bdi: a title in Arabic or Hebrew, or one that steers the direction, ends where it ends and leaves the day alone.
  const link = `<a href="${base}/${id}/"><bdi${langOf(shown)}>${inHtml(shown)}</bdi></a>`
  const time = day === undefined ? '' : ` <time datetime="${day}">${day}</time>`
  return `<li>${link}${time}${shown === id ? '' : ` <small>${id}</small>`}</li>`
}

/** On one line; empty when nothing of it can be seen, for a link must have a name. */
const titleOf = (title: string | null): string => {
  const text = clean(title ?? '')
    .replace(/\s+/g, ' ')
    .trim()
  return /[^\p{Default_Ignorable_Code_Point}\p{M}\s]/u.test(text) ? text : ''
}

/** Where the script tells the language: for a voice that reads the title out, the right characters and line breaks. */
const langOf = (text: string): string => {
  if (/\p{Script=Hangul}/u.test(text)) return ' lang="ko"'
  return /[\p{Script=Hiragana}\p{Script=Katakana}]/u.test(text) ? ' lang="ja"' : ''
}

/** Text as HTML shows it: what could be a tag, an attribute or an entity stands for itself. */
export const inHtml = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
