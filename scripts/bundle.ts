import { join } from 'node:path'
import type { BuildOptions, Plugin } from 'esbuild'

/** How papergen is bundled: one ESM file, because it starts about three times faster than importing ink and react file by file. */
export const bundle = (entry: string, outfile: string): BuildOptions => ({
  entryPoints: [entry],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'esm',
  // jsonc-parser's CommonJS half cannot be bundled.
  mainFields: ['module', 'main'],
  jsx: 'automatic',
  minifySyntax: true,
  define: { 'process.env.NODE_ENV': '"production"' },
  // Optional native speed-ups of ssh2, absent on purpose.
  external: ['*.node', 'cpu-features'],
  plugins: [withoutDevtools],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url); import { fileURLToPath as __toPath } from 'node:url'; import { dirname as __dir } from 'node:path'; const __filename = __toPath(import.meta.url); const __dirname = __dir(__filename);",
  },
  loader: { '.node': 'empty' },
  logLevel: 'warning',
})

/** Every program papergen is made of, bundled into `folder`; `root` is the checkout. */
export const bundles = (root: string, folder: string): BuildOptions[] =>
  Object.entries(programs).map(([name, entry]) => bundle(join(root, entry), join(folder, `${name}.mjs`)))

const programs = {
  papergen: 'src/main.ts',
  'demo-world': 'src/demo/world.ts',
  'demo-marimo': 'src/demo/marimo.ts',
}

/** Ink imports React's devtools in development only; a bundle would import them always. */
const withoutDevtools: Plugin = {
  name: 'without-devtools',
  setup: ({ onResolve, onLoad }) => {
    onResolve({ filter: /^react-devtools-core$/ }, () => ({ path: 'react-devtools-core', namespace: 'none' }))
    onLoad({ filter: /.*/, namespace: 'none' }, () => ({ contents: 'export default {}' }))
  },
}
