import { rmSync } from 'node:fs'
import { build } from 'esbuild'
import { bundle } from './bundle.ts'

rmSync('dist', { recursive: true, force: true })
await build(bundle('src/main.ts', 'dist/papergen.mjs'))
