import { expect, test } from 'vitest'
import { usingConsole } from './using.ts'

const console = usingConsole()
const url = 'https://learn.ericfromkorea.com/thesis/kalman/'
const copied = `\u001b]52;c;${Buffer.from(url).toString('base64')}\u0007`

test('y copies the URL of the paper at the cursor and says which', async () => {
  const driver = await console.open().select('kalman').press('y').sees(`Copied ${url}`)
  expect(driver.raw()).toContain(copied)
})

test('o copies it where there is no display, and says why', async () => {
  const driver = await console
    .open({}, { env: { DISPLAY: '', WAYLAND_DISPLAY: '' } })
    .select('kalman')
    .press('o')
    .sees(`Copied ${url} (not opened: `)
  expect(driver.raw()).toContain(copied)
})

test.each(['o', 'y'])('%s without a paper says why', async key => {
  await console.open({ only: [] }).press(key).sees('no paper is selected')
})
