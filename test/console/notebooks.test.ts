import { describe, expect, test } from 'vitest'
import type { Driver } from './driver.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()
const shown = (driver: Driver): string => driver.screen().join('\n')

describe('p', () => {
  test('shows title, standing and age of each notebook, and finds by title', async () => {
    const driver = await console
      .open()
      .press('p')
      .sees(/papers\/transformers.py +Transformers +new +changed 5 m ago/)
    expect(shown(driver)).toMatch(/papers\/sampling.py +Sampling from GPUs +live, changed since/)
    await driver.type('확산').idle()
    expect(shown(driver)).toMatch(/▸ papers\/diffusion-101.py/)
    expect(shown(driver)).not.toContain('papers/sampling.py')
  })

  test('says of a file that is no notebook why it cannot be published', async () => {
    const driver = await console
      .open()
      .press('p')
      .sees(/papers\/layers.py +no notebook +there is no marimo.App in it/)
    await driver.type('layers').press('enter').sees('papers/layers.py: there is no marimo.App in it')
  })

  test('asks for the id that a name does not give, and publishes it so', async () => {
    const driver = await console
      .open()
      .press('p')
      .sees('papers/논문.py')
      .type('논문')
      .press('enter')
      .sees('needs an id')
    await driver.type('Thesis').press('enter').sees('An id is a-z, 0-9 and single dashes')
    for (let letter = 0; letter < 6; letter++) driver.press('backspace')
    await driver.type('my-thesis').press('enter').sees('Publish papers/논문.py as my-thesis?').sees('y/N')
    await driver.press('y').sees('my-thesis is live at')
  })

  test.each([
    [80, 24],
    [40, 15],
  ])('fits %i x %i', async (columns, rows) => {
    const driver = await console
      .open({}, { columns, rows })
      .press('p')
      .sees(/papers\/transformers.py +.*new/)
    await driver.press('pagedown', 'pagedown').sees(/▸ papers\/layers.py/)
  })
})
