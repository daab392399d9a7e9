import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isBlocking, looksLikeMarimo, notebookTitle, parseCheck } from '../../src/core/notebook.ts'

const app = (args: string, cells = '') =>
  `import marimo\n\napp = marimo.App(${args})\n\n@app.cell\ndef _():\n${cells}\n    return\n`
const cell = (literal: string) => app('', `    mo.md(${literal})`)
const header = (toml: string) =>
  `# /// script\n${toml
    .split('\n')
    .map(line => (line === '' ? '#' : `# ${line}`))
    .join('\n')}\n# ///\n`

describe('a title without running', () => {
  test.each<[string, string, string]>([
    ['double quotes', app('app_title="Attention"'), 'Attention'],
    ['single quotes', app("width='full', app_title='It\\'s \"all\"'"), 'It\'s "all"'],
    ['triple quotes', app('app_title="""Two\nlines"""'), 'Two lines'],
    ['raw', app("app_title=r'\\alpha'"), '\\alpha'],
    ['escapes', app('app_title="\\uc81c\\ubaa9 \\x41\\101\\t!"'), '제목 AA !'],
    ['over several lines', app('\n    width="medium",  # app_title="no"\n    app_title = \\\n   "yes",\n'), 'yes'],
    ['a bracket before', app('x=f(1, [2]), app_title="yes"'), 'yes'],
    ['an f-string is not run', app('app_title=f"{secret}"'), 'my-paper'],
    ['nor is an expression', app('app_title="a" + name'), 'my-paper'],
    ['nor a call', app('app_title=title()'), 'my-paper'],
    ['bytes', app('app_title=b"x"'), 'my-paper'],
    ['names only Python knows', app('app_title="\\N{BULLET}"'), 'my-paper'],
    ['empty', app('app_title=""'), 'my-paper'],
    ['terminal escapes', app('app_title="\\x1b[31mred\\x1b[0m"'), 'red'],
    ["another call's argument", app('', '    g(app_title="no")'), 'my-paper'],
    ['opengraph', header('dependencies = ["marimo"]\n\n[tool.marimo.opengraph]\ntitle = "Graph"') + app(''), 'Graph'],
    ['the app before opengraph', header('[tool.marimo.opengraph]\ntitle = "Graph"') + app('app_title="App"'), 'App'],
    ['a broken header', header('[tool.marimo') + cell('"# Heading"'), 'Heading'],
    [
      'a heading',
      cell('r"""\n    ## small\n    # **Attention** is [all](http://x) `you` need #\n    text"""'),
      'Attention is all you need',
    ],
    ['a heading in an f-string', cell('f"""\n    # Fixed\n    {x}"""'), 'Fixed'],
    ['a heading that is computed', cell('f"# {x}"'), 'my-paper'],
    ['a heading in a code fence', cell('"""\n```sh\n# not this\n```\n# this"""'), 'this'],
    ['a heading in the second cell', app('', '    mo.md("text")\n    mo.md("# Second")'), 'Second'],
    ['a heading in a comment', app('', '    # mo.md("# no")'), 'my-paper'],
    ['a heading in a string', app('', '    x = \'mo.md("# no")\''), 'my-paper'],
    ['a Python comment', app('', '    # just a comment'), 'my-paper'],
    ['nothing', '', 'my-paper'],
    [
      'windows line ends',
      cell('"""\r\n    # Heading\r\n    """').replaceAll('\n', '\r\n').replaceAll('\r\r', '\r'),
      'Heading',
    ],
  ])('%s', (_, text, title) => expect(notebookTitle(text, 'papers/my-paper.py')).toBe(title))

  test('not endless', () => expect([...notebookTitle(cell(`"# ${'한'.repeat(500)}"`), 'x.py')]).toHaveLength(200))
})

test('any text gives a title that is one safe line', () => {
  const words = fc.constantFrom('marimo.App(', 'app_title=', '"', "'", '"""', 'r', 'f', '\\', 'x1b', 'mo.md(', '# ', '\n', ')', ',', '한', '# /// script\n', '# ///\n') // biome-ignore format: one list
  const texts = fc.array(fc.oneof(words, fc.string({ unit: 'binary', maxLength: 4 })), { maxLength: 25 })
  fc.assert(
    fc.property(texts, parts => {
      const title = notebookTitle(parts.join(''), 'papers/a.py')
      expect(title).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u202a-\u202e]+$/)
      expect([...title].length).toBeLessThanOrEqual(200)
    }),
    { numRuns: 3000 },
  )
})

test.each<[string, string, boolean]>([
  ['generated', app(''), true],
  ['with a header', header('dependencies = []') + app(''), true],
  ['a script', 'import marimo\nprint(1)\n', false],
  ['a word in a string', '"""\nimport marimo\napp = marimo.App()\n"""', false],
  ['a comment', '# import marimo\n# marimo.App()', false],
  ['another module', 'import marimo_x\nmarimo.App()', false],
  ['an unended string does not hide the rest', 'x = "oops\nimport marimo\napp = marimo.App()', true],
])('looks like marimo: %s', (_, text, is) => expect(looksLikeMarimo(text)).toBe(is))

describe('marimo check', () => {
  const answer = (...issues: object[]) => JSON.stringify({ issues, summary: { total_files: 1 } })

  test('findings', () => {
    const findings = parseCheck(
      answer(
        {
          type: 'diagnostic',
          message: "Variable 'x' is defined in multiple cells",
          line: 6,
          severity: 'breaking',
          code: 'MB002',
        },
        { type: 'diagnostic', message: 'Expected run guard', line: -1, severity: 'formatting', code: 'MF001' },
        { type: 'error', filename: 'x.py', error: 'Failed to parse: x.py (not a valid notebook)' },
        { type: 'new', message: 'red \u001b[31malert', severity: 'catastrophic' },
      ),
    )!
    expect(findings).toEqual([
      { severity: 'breaking', code: 'MB002', line: 6, message: "Variable 'x' is defined in multiple cells" },
      { severity: 'formatting', code: 'MF001', line: null, message: 'Expected run guard' },
      { severity: 'error', code: null, line: null, message: 'Failed to parse: x.py (not a valid notebook)' },
      { severity: 'error', code: null, line: null, message: 'red alert' },
    ])
    expect(findings.map(isBlocking)).toEqual([true, false, true, true])
  })

  test('none, and no answer at all', () => {
    expect(parseCheck(answer())).toEqual([])
    expect(parseCheck('')).toBeNull()
    expect(parseCheck("Error: No such option '--format'")).toBeNull()
    expect(parseCheck('{"issues": 3}')).toBeNull()
  })
})
