import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Driver } from '../test/console/driver.ts'
import { withConsole } from './picture/console.ts'
import { movingOf } from './picture/moving.ts'
import { dark, light } from './picture/palette.ts'
import { pngOf } from './picture/png.ts'
import { record } from './picture/recording.ts'
import { type Scene, scenes } from './picture/scenes.ts'
import { story } from './picture/story.ts'
import { svgOf } from './picture/svg.ts'
import type { Size } from './picture/window.ts'

// `npm run pictures [NAME...]`: the console's screens as SVG for the documents, and as PNG for everything else.

const root = join(import.meta.dirname, '..')
const sizes: readonly Size[] = [
  { columns: 120, rows: 40 },
  { columns: 80, rows: 24 },
  { columns: 40, rows: 15 },
]

const main = async (names: readonly string[]): Promise<void> => {
  const isWanted = ({ name }: { readonly name: string }): boolean => names.length === 0 || names.includes(name)
  for (const scene of scenes.filter(isWanted))
    for (const size of sizes) save(`${scene.name}-${size.columns}x${size.rows}`, await still(scene, size))
  if (isWanted(story)) save(story.name, await moving())
}

const still = ({ reach, papers = null, theme = 'dark', ...words }: Scene, size: Size): Promise<string> =>
  withConsole(size, { papers, theme }, async driver => {
    await reach(driver)
    return svgOf(driver.cells(), { ...words, window: windowOf(driver), palette: theme === 'light' ? light : dark })
  })

const moving = (): Promise<string> =>
  withConsole(story.size, { papers: null, theme: 'dark' }, async driver => {
    await story.prepare(driver)
    return movingOf(await record(driver, story.play), { ...story, window: windowOf(driver), palette: dark })
  })

const windowOf = (driver: Driver): string => driver.title() || 'papergen'

const save = (name: string, svg: string): void => {
  for (const [folder, file, content] of [
    ['docs/pictures', `${name}.svg`, svg],
    ['dist/pictures', `${name}.png`, pngOf(svg)],
  ] as const) {
    mkdirSync(join(root, folder), { recursive: true })
    writeFileSync(join(root, folder, file), content)
  }
  console.log(`docs/pictures/${name}.svg  ${(svg.length / 1024).toFixed(1)} KiB`)
}

await main(process.argv.slice(2))
