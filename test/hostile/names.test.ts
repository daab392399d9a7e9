import fc from 'fast-check'
import { expect } from 'vitest'
import { looksLikeMarimo, notebookTitle } from '../../src/core/notebook.ts'
import { defaultPaperId, isPaperId, nextOf, parsePaperId, unitIdOf, unitNameOf } from '../../src/core/paper.ts'
import { unitObjectPath, unitOfObjectPath } from '../../src/core/systemd.ts'
import { oneLine } from '../../src/core/text.ts'
import { hostileText } from './arbitrary.ts'
import { accepted, isDrawable, property } from './cases.ts'

const almostId = fc.stringMatching(/^[a-z0-9-]{0,66}$/)

property(
  'ids',
  fc.oneof(
    hostileText,
    almostId,
    fc.tuple(almostId, hostileText).map(parts => parts.join('')),
  ),
  text => {
    const id = accepted(() => parsePaperId(text))
    expect(id !== null).toBe(/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && text.length <= 63)
    if (id === null) return
    expect(unitIdOf(unitNameOf(id))).toBe(id)
    expect(isPaperId(nextOf(id))).toBe(false)
  },
)

property('unit names on D-Bus', hostileText, text => {
  const name = `papergen-${text.toWellFormed()}.service`
  const path = unitObjectPath(name)
  expect(path).toMatch(/^\/org\/freedesktop\/systemd1\/unit\/\w+$/)
  expect(unitOfObjectPath(path)).toBe(name)
  unitIdOf(name)
  unitOfObjectPath(text)
})

property(
  'notebook paths',
  fc.array(hostileText, { maxLength: 4 }).map(parts => parts.join('/')),
  path => {
    const id = defaultPaperId(path)
    expect(id === null || isPaperId(id)).toBe(true)
    const title = notebookTitle('', path)
    expect(title).not.toBe('')
    expect(title).toSatisfy(isDrawable)
  },
)

property('titles of notebooks', hostileText, title => {
  // A string of JSON is one of Python, but for the slash.
  const source = `import marimo\napp = marimo.App(width="full", app_title=${JSON.stringify(title)})\n`
  expect(looksLikeMarimo(source)).toBe(true)
  const shown = oneLine(title) || 'stem'
  expect(notebookTitle(source, 'papers/stem.py')).toBe([...shown.replace(/ {2,}/g, ' ')].slice(0, 200).join(''))
})

const python = fc.constantFrom('import marimo\n', 'marimo.App(', 'app_title=', 'mo.md(', 'r"""', "'''", 'f"', '"', "'", '# ', '\\', '\\N{', '\\x1b', '\\u202e', '\\U00110000', ')', '\n# /// script\n# [tool.marimo.opengraph]\n# title = "', '"\n# ///\n', '\n') // biome-ignore format: one list

property('sources of notebooks', fc.array(fc.oneof(python, hostileText), { maxLength: 16 }), parts => {
  const source = parts.join('')
  looksLikeMarimo(source)
  const title = notebookTitle(source, 'papers/stem.py')
  expect(title).not.toBe('')
  expect(title).toSatisfy(isDrawable)
})
