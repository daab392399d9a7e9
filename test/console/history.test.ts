import { expect, test } from 'vitest'
import { usingConsole } from './using.ts'

const console = usingConsole()

test('H lists what was done, newest first; Enter shows one with the commands that were run', async () => {
  const driver = await console.open().press('H').sees('Nothing was done yet.').press('esc').idle()
  await driver.select('mamba').press('r').sees('mamba was restarted and is live at').press('esc').idle()
  await driver
    .select('kalman')
    .press('u')
    .sees('Check both hosts')
    .type('kalman')
    .press('enter')
    .sees(/[━─]{2} done/)
  await driver.press('H').sees(/▸ 2026-11-23 14:\S+ +unpublish +kalman +done +son@son-pro6000/)
  expect(driver.screen().join('\n')).toMatch(/unpublish +kalman[\s\S]*restart +mamba +done/)
  await driver.press('enter').sees(/Take kalman off son-wtr {2}\(done\)\n +remove +son-wtr:/)
  await driver.press('esc').sees('1 of 2').press('esc').misses('Past operations')
})

test.each([
  [80, 24],
  [40, 15],
])('fits %i x %i', async (columns, rows) => {
  const driver = await console
    .open({}, { columns, rows })
    .select('mamba')
    .press('r')
    .sees(/[─━] done/)
  await driver
    .press('H')
    .sees(/restart +mamba +done/)
    .press('enter')
    .sees(/Operation +restart/)
  await driver.press('G').sees(/Prove/)
})

test('can be left while it is read', async () => {
  const driver = await console
    .open({ hold: ['audit.list'], acts: ['release'] })
    .press('H')
    .sees('Reading the audit log…')
  await driver.press('esc').misses('Past operations').kill('SIGUSR2').press('j').idle()
  expect(driver.screen().join('\n')).not.toContain('Past operations')
})
