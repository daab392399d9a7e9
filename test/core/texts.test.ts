import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { parsePaperId } from '../../src/core/paper.ts'
import { gpuPolicy } from '../../src/core/policy.ts'
import { createTexts } from '../../src/core/texts.ts'
import { fakeConfig } from './fake-values.ts'

const share = (name: string): string => readFileSync(new URL(`../../share/${name}`, import.meta.url), 'utf8')
const templates = { unit: share('unit.template'), snippet: share('snippet.template') }
const texts = createTexts(templates, gpuPolicy(fakeConfig, '/home/son'))
const id = parsePaperId('attention')

it('reads its own snippet back as its own, with the port it was given', () => {
  const snippet = texts.readSnippet(id, texts.snippet(id, 27003))
  expect(snippet).toMatchObject({ origin: 'ours', upstream: { address: '192.168.1.116', port: 27003 } })
})

it('renders the unit of a release for its port', () => {
  const unit = texts.unit(id, 27003, { hash: '0123456789abcdef', notebook: 'papers/attention.py' })
  expect(unit).toContain('/state/releases/attention/0123456789abcdef/attention.py')
  expect(unit).toContain('27003')
})
