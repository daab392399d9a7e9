import { rmSync } from 'node:fs'
import { build } from 'esbuild'
import { bundles } from './bundle.ts'

rmSync('dist', { recursive: true, force: true })
await Promise.all(bundles('.', 'dist').map(build))
