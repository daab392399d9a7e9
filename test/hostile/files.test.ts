import fc from 'fast-check'
import { expect } from 'vitest'
import { readConfig } from '../../src/core/config.ts'
import { refuseNames } from '../../src/core/notebook-name.ts'
import { nextOf } from '../../src/core/paper.ts'
import { edgePolicy, gpuPolicy, policyLines } from '../../src/core/policy.ts'
import { parseSnippet, renderSnippet } from '../../src/core/snippet.ts'
import { signature, withHeader } from '../../src/core/template.ts'
import { execStart, parseUnitFile, notebookPath as pathOf, renderUnit } from '../../src/core/unit.ts'
import { type Directive, parseNginx } from '../../src/demo/nginx-config.ts'
import { hostileText } from './arbitrary.ts'
import { accepted, property } from './cases.ts'
import { config, notebookPath, paperId, paperPort, templates } from './files.ts'
import { settingsOf, unitWords } from './units.ts'

const release = fc.record({ hash: fc.constantFrom('0123456789abcdef', 'live'), notebook: notebookPath })

property(
  'units',
  fc.tuple(paperId, paperPort, release, fc.boolean(), fc.boolean()),
  ([id, port, release, isNext, isUser]) => {
    if (accepted(() => refuseNames(release.notebook, null) ?? true) === null) return
    const policy = gpuPolicy(config, '/home/son')
    const [unit, template] = [isNext ? nextOf(id) : id, isUser ? templates.user : templates.system]
    const text = renderUnit(template, policy, unit, port, release)
    const path = pathOf(policy, id, release)
    const words = [policy.marimo, 'run', '--headless', '--no-token', '--no-sandbox', '--host', policy.address, '--port', String(port), '--base-url', `/thesis/${id}`, path] // biome-ignore format: one command
    const [found, plain] = [text, renderUnit(template, policy, unit, port, { hash: 'live', notebook: 'a.py' })].map(
      settingsOf,
    )
    expect(unitWords(found!.get('Service ExecStart')!)).toEqual(words)
    expect(execStart(text)).toEqual(words)
    expect([...found!].filter(([key]) => key !== 'Service ExecStart')).toEqual(
      [...plain!].filter(([key]) => key !== 'Service ExecStart'),
    )
    expect(parseUnitFile(unit, '/x', text, false)).toMatchObject({ origin: 'ours', port, notebook: path })
  },
)

const unitPieces = fc.constantFrom('ExecStart=', '/v/bin/marimo run ', '--port ', '--port=', '-p ', '27001', 'a.py', '\\\n', '\n', '"', "'", '[Service]\n', '# papergen 1 a sha256:', 'e'.repeat(64)) // biome-ignore format: one list

property('units of somebody else', fc.array(fc.oneof(unitPieces, hostileText), { maxLength: 14 }), parts => {
  const { origin, port, notebook } = parseUnitFile('a', '/x', parts.join(''), false)
  // Whoever cannot make a sha256 of his text cannot pass for us.
  expect(origin).not.toBe('ours')
  expect(port === null || (Number.isInteger(port) && port >= 0)).toBe(true)
  if (origin === 'adopted') expect(notebook).toMatch(/\.py$/)
})

const flat = ({ name, args }: Directive): string => [name, ...args].join(' ')

property('routes', fc.tuple(paperId, paperPort), ([id, port]) => {
  const text = renderSnippet(templates.snippet, edgePolicy(config), id, port)
  const found = parseNginx(text, 'x.conf')
  expect(found.map(flat)).toEqual([`location = /thesis/${id}`, `location ^~ /thesis/${id}/`])
  expect(found[0]!.block!.map(flat)).toEqual([`return 308 /thesis/${id}/$is_args$args`])
  expect(found[1]!.block!.map(flat).filter(each => each.startsWith('proxy_pass'))).toEqual([`proxy_pass http://${config.gpu.address}:${port}`]) // biome-ignore format: one assertion
  expect(parseSnippet(id, text)).toMatchObject({ origin: 'ours', upstream: { address: config.gpu.address, port } })
})

const routePieces = fc.constantFrom('location /thesis/a/ {', 'proxy_pass http://192.168.1.116:27001;', 'proxy_pass http://[::1]:1', '}', '#', '\n', '# papergen 1 a sha256:', 'e'.repeat(64)) // biome-ignore format: one list

property('routes of somebody else', fc.array(fc.oneof(routePieces, hostileText), { maxLength: 14 }), parts => {
  const { origin, upstream } = parseSnippet('a', parts.join(''))
  expect(origin).not.toBe('ours')
  if (upstream !== null) expect(`${upstream.address} ${upstream.port}`).toMatch(/^(?:[\d.]+|\[[0-9a-fA-F:]+\]) \d+$/)
})

property('headers of files', fc.tuple(paperId, hostileText, hostileText), ([id, body, other]) => {
  const text = withHeader(id, body)
  expect(signature(id, text)).toBe('ours')
  expect(signature(`${id}x`, text)).toBe('other')
  if (other !== '') expect(signature(id, text + other)).toBe('edited')
  expect(signature(id, body + text)).toBe(body === '' ? 'ours' : null)
})

const value = (usual: string) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, hostileText.map(text => usual + text), hostileText) // biome-ignore format: one list

const values = fc.record({
  project: value('~/prj/thesis'),
  marimo: value('.venv/bin/marimo'),
  run_as: value('son'),
  address: value('192.168.1.116'),
  url: value('https://learn.ericfromkorea.com/thesis/'),
  snippets: value('/etc/nginx/papergen'),
  index: value('/var/www/thesis/index.html'),
})

/** Each line one key and words that mean nothing to bash, in whose here-document they are written, to systemd or to nginx. */
const policyLine = /^[a-z-]+ (?:\$home|[\w/.@:+-])?[\w/.@:+ -]*$/

property('values of the config', values, ({ project, marimo, run_as, address, url, snippets, index }) => {
  const table = (name: string, all: Readonly<Record<string, string>>) => [`[${name}]`, ...Object.entries(all).map(([key, value]) => `${key} = ${JSON.stringify(value)}`)] // biome-ignore format: one list
  const toml = [...table('gpu', { project, marimo, run_as, address }), ...table('site', { url }), ...table('edge', { snippets, index })] // biome-ignore format: one list
  const read = accepted(() => readConfig(toml.join('\n'), '/c.toml', '/home/son'))
  if (read === null) return
  const policies = [accepted(() => gpuPolicy(read, '$home')), accepted(() => edgePolicy(read))]
  for (const line of policies.flatMap(policy => (policy === null ? [] : policyLines(policy))))
    expect(line).toMatch(policyLine)
})
