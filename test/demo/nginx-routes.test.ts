import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parsePaperId } from '../../src/core/paper.ts'
import { renderGeneration, renderSnippet } from '../../src/core/snippet.ts'
import { argsOf } from '../../src/demo/nginx-config.ts'
import { markerOnDisk, readRoutes } from '../../src/demo/nginx-routes.ts'
import { ownFolder } from '../services/folder.ts'

const template = (name: string): string => readFileSync(join(import.meta.dirname, '../../share', name), 'utf8')
const policy = { address: '127.0.0.1', base: '/thesis' }

const folderOf = (...ids: string[]): string => {
  const folder = ownFolder()
  ids.forEach((id, at) => {
    const text = renderSnippet(template('snippet.template'), policy, parsePaperId(id), 27_000 + at)
    writeFileSync(join(folder, `${id}.conf`), text)
  })
  const generation = renderGeneration(template('generation.template'), policy.base, markerOnDisk(folder))
  writeFileSync(join(folder, '_generation.conf'), generation)
  return folder
}

describe('readRoutes', () => {
  it('has both locations of each paper, the page for one that is down, and the marker', () => {
    const folder = folderOf('a', 'a-longer')
    const routes = readRoutes(folder)
    expect([...routes.exact.keys()].sort()).toEqual(['/thesis/_generation', '/thesis/a', '/thesis/a-longer'])
    expect(routes.prefixes.map(([prefix]) => prefix)).toEqual(['/thesis/a-longer/', '/thesis/a/'])
    expect(argsOf(routes.prefixes[1]![1], 'proxy_pass')).toEqual(['http://127.0.0.1:27000'])
    expect([...routes.named.keys()].sort()).toEqual(['@papergen_down', '@papergen_generation'])
    expect(routes.marker).toBe(markerOnDisk(folder))
  })

  it('leaves out hidden files and other endings, whose change changes no marker', () => {
    const folder = folderOf('a')
    const marker = markerOnDisk(folder)
    writeFileSync(join(folder, '.b.conf'), 'nonsense')
    writeFileSync(join(folder, 'b.conf.bak'), 'nonsense')
    expect(readRoutes(folder).prefixes.length).toBe(1)
    expect(markerOnDisk(folder)).toBe(marker)
  })

  it('names the file that cannot stand', () => {
    const folder = folderOf('a')
    writeFileSync(join(folder, 'b.conf'), 'location = /b {\n  retrun 200;\n}\n')
    expect(() => readRoutes(folder)).toThrow(`unknown directive "retrun" in ${folder}/b.conf:2`)
  })

  it('refuses a location that is there twice, as nginx does', () => {
    const folder = folderOf('a')
    writeFileSync(join(folder, 'b.conf'), '\nlocation = /thesis/a {\n  return 200 x;\n}\n')
    expect(() => readRoutes(folder)).toThrow(`duplicate location "/thesis/a" in ${folder}/b.conf:2`)
  })

  it('is none without files', () => {
    const folder = join(ownFolder(), 'empty')
    mkdirSync(folder)
    expect(readRoutes(folder)).toMatchObject({ prefixes: [], marker: null })
  })
})
