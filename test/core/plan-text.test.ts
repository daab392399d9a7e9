import { describe, expect, it } from 'vitest'
import { effectLines } from '../../src/core/plan-text.ts'

const body = (...changed: readonly string[]): string =>
  `${[...'abcdefghij'].map(letter => changed.find(line => line.startsWith(letter)) ?? letter).join('\n')}\n`
const shown = (former: string | undefined, content: string): readonly string[] =>
  effectLines({
    kind: 'write',
    host: 'son-wtr',
    path: '/etc/nginx/snippets/a.conf',
    content,
    ...(former === undefined ? {} : { former }),
  }).map(line => line.replace(/^ {7}\| /, ''))

describe('a file that is written, in a dry run', () => {
  it('is shown whole where there was none', () => {
    expect(shown(undefined, 'a\nb\n')).toEqual(['write  son-wtr:/etc/nginx/snippets/a.conf', 'a', 'b'])
  })

  it('is shown as what goes and what comes where one lies there, with three lines around it', () => {
    const [, ...lines] = shown(body('e by hand'), body())
    expect(lines).toEqual([' b', ' c', ' d', '-e by hand', '+e', ' f', ' g', ' h'])
  })

  it('leaves out what is the same between two changes', () => {
    const [, ...lines] = shown(body('a by hand', 'j by hand'), body())
    expect(lines).toEqual(['-a by hand', '+a', ' b', ' c', ' d', '…', ' g', ' h', ' i', '-j by hand', '+j'])
  })

  it('says so where nothing of the text differs: a drop-in beside a unit is an edit too', () => {
    expect(shown(body(), body())).toContain('the same text as lies there')
  })

  it('says where the last line was cut short', () => {
    expect(shown('a\nb', 'a\nb\n')).toContain('\\ No newline at end of file')
  })

  it('of a file that shares nothing shows what comes, without looking long', () => {
    const foreign = Array.from({ length: 200_000 }, (_, at) => `line ${at * 7919}`).join('\n')
    expect(shown(foreign, body())).toEqual(['write  son-wtr:/etc/nginx/snippets/a.conf', ...'abcdefghij'])
  })
})
