import { describe, expect, test } from 'vitest'
import type { Driver, Steps } from './driver.ts'
import { usingConsole } from './using.ts'

const console = usingConsole()

const shown = (driver: Driver): string => driver.screen().join('\n')

/** Publishing a notebook whose paper does not answer: under way until it is cancelled, its undo held back until SIGUSR2. */
const publishing = (undoIsHeld = false): Steps =>
  console
    .open({
      slow: ['transformers'],
      frozen: true,
      hold: undoIsHeld ? ['gpu.undoUnit'] : [],
      acts: ['release'],
    })
    .press('p')
    .sees('papers/transformers.py')
    .type('transformers')
    .press('enter')
    .sees('Publish papers/transformers.py as transformers?')
    .sees('y/N')
    .press('y')
    .sees(/▸ Wait until papergen-transformers.service is healthy/)

describe('restart', () => {
  test('a failing paper at once, its steps shown, and it is ok afterwards', async () => {
    const driver = await console.open().select('mamba').press('r').sees('mamba was restarted and is live at')
    expect(shown(driver)).toMatch(/✓ Restart papergen-mamba.service +\d/)
    expect(shown(driver)).toMatch(/✓ Prove the public page +\d/)
    await driver.press('esc').sees(/✓ mamba .* active .* ok, restarted just now/m)
  })

  test('a healthy one only after a question that names who would be cut off', async () => {
    const driver = await console.open().select('attention').press('r').idle()
    expect(shown(driver)).toContain('Restart attention? It is ok; 3 viewers would be cut off.')
    expect(shown(driver)).toContain('y/N')
    await driver.press('n').idle()
    expect(shown(driver)).toContain('Not confirmed; nothing was changed.')
    await driver.press('r', 'y').sees('attention was restarted and is live at')
  })

  test('R asks for the count of the failing ones, and restarts them one after the other', async () => {
    const driver = await console.open().press('R').idle()
    expect(shown(driver)).toContain('Restart 2 papers: diffusion-101, mamba')
    await driver.press('3', 'enter').idle()
    expect(shown(driver)).toContain('Type 2 and Enter')
    await driver.press('backspace', '2', 'enter').sees('mamba was restarted and is live at')
    await driver.press('esc').sees(/✓ diffusion-101[\s\S]*✓ mamba/)
  })
})

describe('unpublish', () => {
  test('wants the id typed, then the paper is gone', async () => {
    const driver = await console.open().select('attention').press('u').sees('Check both hosts')
    expect(shown(driver)).toContain(
      'Take attention off the site? Its page is gone at once; 3 viewers would be cut off.',
    )
    await driver.type('atten').press('enter').idle()
    expect(shown(driver)).toContain('Type attention and Enter to go on, Esc to go back.')
    await driver
      .type('tion')
      .press('enter')
      .sees(/attention is off the site|attention was unpublished|[─━]{2} done/)
    await driver.press('esc').sees('7 papers')
    expect(shown(driver)).not.toMatch(/attention +Attention/)
  })

  test('Esc goes back and changes nothing', async () => {
    const driver = await console.open().select('attention')
    const before = driver.screen()
    await driver.press('u').type('attention').press('esc').idle()
    expect(driver.screen()).toEqual(before)
  })
})

describe('repair', () => {
  test('mends a drifted route after a question', async () => {
    const driver = await console.open().select('flow-matching').press('x').idle()
    expect(shown(driver)).toContain('Repair flow-matching?')
    await driver
      .sees('y/N')
      .press('y')
      .sees(/[━─]{2} done/)
      .press('esc')
      .sees(/✓ flow-matching .* 200 +9 ms +ok/)
  })
})

describe('publish', () => {
  test('lists the notebooks, what is new first, and publishes the one that was chosen', async () => {
    const driver = await console.open().press('p').sees('papers/transformers.py')
    expect(shown(driver)).toMatch(
      /papers\/transformers.py +Transformers +new[\s\S]*papers\/sampling.py .*published, changed/,
    )
    await driver.type('transf').idle()
    expect(shown(driver)).not.toContain('papers/sampling.py')
    await driver
      .press('enter')
      .sees('y/N')
      .press('y')
      .sees('transformers is live at https://learn.ericfromkorea.com/thesis/transformers/')
    await driver.press('esc').sees(/✓ transformers +Transformers +27005 .* 200 +9 ms/)
    expect(shown(driver)).toContain('9 papers')
  })

  test('a failing one shows the failed step, why, what was undone and how things stand', async () => {
    const driver = await console.open().press('p').sees('papers/einsum.py')
    await driver
      .type('einsum')
      .press('enter')
      .sees('y/N')
      .press('y')
      .sees(/failed( at step \d+ of \d+)?, all undone/)
    const screen = shown(driver)
    expect(screen).toMatch(/✗ Wait until papergen-einsum.service is healthy +failed/)
    expect(screen).toMatch(/↶ Start papergen-einsum.service on port 27005 +undone/)
    expect(screen).toContain("No module named 'einops'")
    expect(screen).toContain('Next: mend papers/einsum.py and publish it again; l shows its journal')
    expect(screen).toContain('Everything was put back: einsum is not published')
    await driver.press('esc').misses('einsum')
    expect(shown(driver)).toContain('8 papers')
  })

  test('a live one is updated, which says how many sessions start anew', async () => {
    const driver = await console.open().press('p').sees('papers/attention.py')
    await driver.type('attention').press('enter').idle()
    expect(shown(driver).replaceAll(/\s+/g, ' ')).toContain(
      'Update attention from papers/attention.py, unchanged since its publish? No request fails meanwhile; 3 open sessions start anew.',
    )
  })
})

describe('the dry run', () => {
  const exact = /run +son-pro6000: papergen-gpu: begin \S+-publish-transformers[\s\S]*write +son-pro6000:/

  test('shows the steps, d the exact files and commands, and what is shown is what runs', async () => {
    const driver = await console.open().press('p').sees('papers/transformers.py').type('transf').press('enter')
    await driver.sees(/y\/N\n +1 +Check papers\/transformers.py and both hosts\n +2 +Lock both hosts/)
    await driver.press('d').sees(exact)
    await driver.press('G').sees(/\n +1\d\. /)
    await driver.press('y').sees('transformers is live at')
  })

  test('says that it is being prepared, and Esc leaves it', async () => {
    const driver = await console
      .open({ hold: ['notebooks.check'], acts: ['release'] })
      .press('p')
      .sees('papers/transformers.py')
    await driver.type('transf').press('enter').sees('Preparing the plan…').press('y').idle()
    expect(shown(driver)).toContain('nothing runs before it is shown')
    await driver.press('esc').misses('Preparing the plan…')
    await driver.kill('SIGUSR2').press('j').idle()
    expect(shown(driver)).not.toContain('Are you sure?')
  })

  test('asks nothing when there is nothing to do, and says so', async () => {
    const driver = await console.open().select('attention').press('x').sees('Nothing to repair').idle()
    expect(driver.screen().join('\n')).not.toContain('Are you sure?')
    await driver.press('j').misses('Nothing to repair')
  })

  test('shows a refusal with what, why and next, which cannot be confirmed', async () => {
    const driver = await console
      .open({ hold: ['notebooks.check'], acts: ['edge-down', 'release'] })
      .press('p')
      .sees('papers/transformers.py')
    await driver
      .type('transf')
      .press('enter')
      .sees('Preparing the plan…')
      .kill('SIGUSR2')
      .sees('son-wtr ○ reconnecting')
    await driver
      .kill('SIGUSR2')
      .sees(/Refused[\s\S]*son-wtr \(\S+\) cannot be reached[\s\S]*connection refused[\s\S]*Next: /)
    await driver.press('y').sees('This was refused, and nothing was begun')
  })

  test.each([
    [80, 24],
    [40, 15],
  ])('fits %i x %i', async (columns, rows) => {
    const driver = await console.open({}, { columns, rows }).select('attention').press('u').sees('1  Check both hosts')
    await driver.press('tab', ...Array<string>(8).fill('pagedown'))
    await driver
      .sees('Free the port of attention')
      .type('attention')
      .press('enter')
      .sees(/[─━] done/)
  })
})

describe('Ctrl-C during an operation', () => {
  test('cancels, undoes, and the console goes on', async () => {
    const driver = await publishing().press('ctrl-c').sees('stopped, all undone')
    expect(shown(driver)).toMatch(/■ Wait until papergen-transformers.service is healthy {2}stopped/)
    expect(shown(driver)).toMatch(/↶ Start papergen-transformers.service on port 27005 +undone/)
    expect(shown(driver)).toContain('Everything was put back')
    expect(shown(driver)).not.toMatch(/healthy +failed/)
    await driver.press('esc').sees('8 papers').press('j').idle()
  })

  test('a second one says that it is being undone already', async () => {
    const driver = await publishing(true).press('ctrl-c').sees('being undone').press('ctrl-c').idle()
    expect(shown(driver)).toContain('Already cancelling: what was done is being undone.')
    await driver.kill('SIGUSR2').sees('Everything was put back')
  })
})

describe('while an operation runs', () => {
  test('other actions say what is under way', async () => {
    const driver = await publishing().press('R').idle()
    expect(driver.screen().at(-1)).toContain('R restart failing: publish transformers is under way')
  })

  test('q asks first; n stays, y cancels, undoes and leaves', async () => {
    const driver = await publishing().press('q').idle()
    expect(shown(driver)).toContain('Quit cancels it and undoes what was done. Quit?')
    await driver.press('n').sees(/▸ Wait until papergen-transformers.service is healthy/)
    expect(await driver.press('q', 'y').exited()).toBe(0)
  })

  test('SIGTERM cancels, undoes and leaves', async () => {
    const driver = await publishing(true).kill('SIGTERM')
    await driver.sees('↶ Start papergen-transformers.service on port 27005  being undone')
    expect(await driver.kill('SIGUSR2').exited()).toBe(130)
  })
})
