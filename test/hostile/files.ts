import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { readConfig } from '../../src/core/config.ts'
import { isPaperId, type PaperId } from '../../src/core/paper.ts'

/** What both hosts' files are made from. */

const share = (name: string): string => readFileSync(new URL(`../../share/${name}`, import.meta.url), 'utf8')

export const templates = { system: share('unit.template'), user: share('unit-user.template'), snippet: share('snippet.template') } // biome-ignore format: one table

export const config = readConfig(null, null, '/home/son')

export const paperId: fc.Arbitrary<PaperId> = fc.stringMatching(/^[a-z0-9](?:-?[a-z0-9]){0,30}$/).filter(isPaperId)
export const paperPort = fc.integer({ min: config.gpu.ports[0], max: config.gpu.ports[1] })
