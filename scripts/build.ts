import { rmSync } from 'node:fs'
import { build } from 'esbuild'
import { bundle } from './bundle.ts'

rmSync('dist', { recursive: true, force: true })
await Promise.all([
  build(bundle('src/main.ts', 'dist/papergen.mjs')),
  build(bundle('src/demo/world.ts', 'dist/demo-world.mjs')),
  build(bundle('src/demo/marimo.ts', 'dist/demo-marimo.mjs')),
])
