import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readConfig } from '../../src/core/config.ts'
import { nextOf, parsePaperId } from '../../src/core/paper.ts'
import { edgePolicy, gpuPolicy, policyLines } from '../../src/core/policy.ts'
import { markerOf, renderGeneration, renderSnippet } from '../../src/core/snippet.ts'
import { renderUnit } from '../../src/core/unit.ts'

const root = new URL('../../', import.meta.url).pathname
const text = (path: string) => readFileSync(`${root}${path}`, 'utf8')
const id = parsePaperId('attention')
const config = (more = '') => readConfig(more, null, '/home/son')

/** Runs the program's own functions: sourced, it serves nobody. */
const inBash = (program: 'gpu' | 'edge', policy: readonly string[], script: string, ...args: string[]): string =>
  execFileSync(
    'bash',
    [
      '-pc',
      `source "$1"; shift; share=$1; shift; while read -r k v; do policy[$k]=$v; done; ${script}`,
      '-',
      `${root}libexec/papergen-${program}`,
      `${root}share`,
      ...args,
    ],
    { input: `${policy.join('\n')}\n`, encoding: 'utf8' },
  )

describe('bash and TypeScript fill the same templates', () => {
  it.each([
    ['system', id, 'papers/a.py'],
    ['system', nextOf(id), 'papers/my & {{port}} 논문.py'],
    ['user', id, 'papers/a b.py'],
  ] as const)('unit, %s scope, %s, %s', (scope, unit, notebook) => {
    const policy = gpuPolicy(config(`[gpu]\nsystemd = "${scope}"\n`), '/home/son')
    const release = { hash: '0123456789abcdef', notebook }
    const file = `${policy.state}/releases/attention/${release.hash}/${notebook.replace('papers/', '')}`
    const bash = inBash(
      'gpu',
      policyLines(policy),
      'named "$1"; render_unit out "$2" "$3"; printf %s "$out"',
      unit,
      '27004',
      file,
    )
    const template = text(scope === 'user' ? 'share/unit-user.template' : 'share/unit.template')
    expect(bash).toBe(renderUnit(template, policy, unit, 27004, release))
  })

  it('snippet and generation', () => {
    const policy = edgePolicy(config())
    const route = inBash('edge', policyLines(policy), 'render_snippet out "$1" "$2"; printf %s "$out"', id, '27004')
    expect(route).toBe(renderSnippet(text('share/snippet.template'), policy, id, 27004))
    const generation = inBash(
      'edge',
      policyLines(policy),
      'render_generation out "$1"; printf %s "$out"',
      'g0123456789abcdef',
    )
    expect(generation).toBe(renderGeneration(text('share/generation.template'), policy.base, 'g0123456789abcdef'))
  })

  it('marker over a folder', () => {
    const make =
      'd=$(mktemp -d); printf "A\\n\\n" >$d/a.conf; printf é >$d/b-2.conf; : >$d/_generation.conf; : >$d/x.tmp; marker_of $d; rm -r $d'
    const files = [
      { name: 'b-2', text: 'é' },
      { name: 'a', text: 'A\n\n' },
    ]
    expect(inBash('edge', policyLines(edgePolicy(config())), make)).toBe(markerOf(files))
  })
})
