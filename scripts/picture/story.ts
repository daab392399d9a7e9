import type { Driver, Steps } from '../../test/console/driver.ts'
import type { Hand } from './recording.ts'

/** The moving picture: a notebook is published, then a paper fails, and one key restarts it. */
export const story = {
  name: 'publish-and-restart',
  title: 'papergen: a publish, a failure, one key',
  description:
    'A notebook is chosen and published, each step shown as it is done. A paper fails and comes to the top of the grid. One key restarts it, and the steps prove that its page answers again.',
  size: { columns: 120, rows: 32 },
  /** The paper that fails when the demo begins fails again some time after a restart: while one watches. */
  prepare: (driver: Driver): Steps =>
    driver
      .select(/^▸.✗/)
      .press('r')
      .sees(/[━─]{2} done/, 120)
      .press('esc')
      .misses(/^..✗/m)
      .press('G'),
  play: async (hand: Hand, driver: Driver): Promise<void> => {
    await publish(hand, driver)
    await hand.waits('a paper to fail', driver.sees(/^..✗/m, 240))
    await restart(hand, driver)
  },
} as const

/** How long the steps of an operation stay, in milliseconds. */
const toRead = 2_800

const publish = async (hand: Hand, driver: Driver): Promise<void> => {
  await hand.press('p', 'publish a notebook')
  await driver.sees(/^▸ papers\//m)
  await hand.type('mamba', 'find it by its name')
  await hand.press('enter', 'choose it, and see what would be done')
  await driver.sees('y/N', 60)
  await hand.press('y', 'yes, publish it')
  await hand.waits('the publish', driver.sees(/[━─]{2} done/, 240))
  await hand.press('esc', 'back to the papers', toRead)
}

/** A paper that fails comes first: the cursor's way there is one key, its cure another. */
const restart = async (hand: Hand, driver: Driver): Promise<void> => {
  await hand.press('g', 'go to what needs a hand')
  await hand.press('r', 'restart it')
  await hand.waits('the restart', driver.sees(/[━─]{2} done/, 240))
  await hand.press('esc', 'back to the papers', toRead)
  await driver.idle()
}
