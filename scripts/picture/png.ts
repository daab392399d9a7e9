import { createRequire } from 'node:module'
import { Resvg } from '@resvg/resvg-js'

/** A picture in pixels. Its letters come from packages only, so that every machine draws the same. */
export const pngOf = (svg: string): Uint8Array =>
  new Resvg(svg, {
    font: {
      loadSystemFonts: false,
      fontFiles,
      defaultFontFamily: 'DejaVu Sans Mono',
      monospaceFamily: 'DejaVu Sans Mono',
    },
  })
    .render()
    .asPng()

const { resolve } = createRequire(import.meta.url)

const fontFiles = [
  'dejavu-fonts-ttf/ttf/DejaVuSansMono.ttf',
  'dejavu-fonts-ttf/ttf/DejaVuSansMono-Bold.ttf',
  '@expo-google-fonts/nanum-gothic-coding/400Regular/NanumGothicCoding_400Regular.ttf',
  '@expo-google-fonts/nanum-gothic-coding/700Bold/NanumGothicCoding_700Bold.ttf',
].map(file => resolve(file))
