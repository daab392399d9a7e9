import { renameSync, writeFileSync } from 'node:fs'
import { figuresNow } from './measure.ts'

/** Preloaded into a console: writes its figures whenever it is asked by SIGUSR1. */
const file = process.env.PAPERGEN_TEST_FIGURES ?? ''
process.on('SIGUSR1', async () => {
  writeFileSync(`${file}.new`, JSON.stringify(await figuresNow()))
  renameSync(`${file}.new`, file)
})
