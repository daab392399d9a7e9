import { join } from 'node:path'
import { drive } from '../driver.ts'

/** A script that forgot to await what fails. */
const driver = drive([process.execPath, join(import.meta.dirname, 'echo.ts')])
process.on('exit', () => driver.end())
driver.press('a').sees('what never comes', 0.1)
