import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSource, type Source } from './picture/console.ts'
import { movingOf } from './picture/moving.ts'
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
  const isWanted = (name: string): boolean => names.length === 0 || names.includes(name)
  const source = await openSource()
  try {
    for (const scene of scenes.filter(({ name }) => isWanted(name)))
      for (const size of sizes) save(`${scene.name}-${size.columns}x${size.rows}`, await still(source, scene, size))
    if (isWanted(story.name)) save(story.name, await moving(source))
  } finally {
    source.close()
  }
}

const still = async (source: Source, { reach, title, description }: Scene, size: Size): Promise<string> => {
  const driver = await reach(await source.openConsole(size))
  const picture = svgOf(driver.cells(), { title, description, window: driver.title() || 'papergen' })
  driver.end()
  return picture
}

const moving = async (source: Source): Promise<string> => {
  const driver = await source.openConsole(story.size)
  const recording = await record(driver, story.play)
  driver.end()
  return movingOf(recording, { ...story, window: driver.title() || 'papergen' })
}

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
