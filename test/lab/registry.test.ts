import { afterAll, beforeAll, expect, test } from 'vitest'
import { writeNotebook } from './harness.ts'
import { notebook } from './notebooks.ts'
import {
  emptyRegistry,
  expectPapergen,
  installWrapper,
  readState,
  stateFile,
  unpublishAll,
  writeState,
} from './operator.ts'

/** What the older Python code left: each shape, with an id that looks like a number, a number no double holds, unknown keys. */
const shapes: Readonly<Record<string, string>> = {
  present: `{
  "version": 2,
  "note": {"by hand":  12345678901234567890},
  "papers": {
    "zeta": { "port": 27100, "title": "Z", "extra": [1,2 , 3] },
    "2024": {"port": 27101}
  }
}
`,
  map: `{"zeta": 27100, "2024": 27101}`,
  ports: `{
\t"ports": {"zeta": 27100,  "2024": 27101},
\t"serial": 12345678901234567890
}
`,
  objects: `{
  "zeta": {"port": 27100, "big": 12345678901234567890},
  "2024": {"port": 27101, "who": "py"}
}`,
  list: `{"papers": [{"id": "zeta", "port": 27100, "big": 12345678901234567890}, {"id": "2024", "port": 27101}], "x": null}\n`,
}

beforeAll(async () => {
  await installWrapper()
  writeNotebook('guest.py', notebook('guest', 'Guest'))
})
afterAll(async () => {
  await writeState(emptyRegistry)
  await unpublishAll()
  // The index page still lists the entries that were never papers.
  await expectPapergen(0, 'repair', '--yes')
})

for (const [name, text] of Object.entries(shapes)) {
  test(`state.json of shape ${name}: publish and unpublish of another paper leave the rest byte for byte`, async () => {
    await writeState(text)
    await expectPapergen(0, 'publish', 'guest.py', '--yes')
    const during = await readState()
    expect(during).not.toBe(text)
    for (const piece of ['"zeta"', '"2024"', '27100', '27101', ...(text.match(/12345678901234567890/) ?? [])])
      expect(during).toContain(piece)
    expect(JSON.parse(during)).toBeTruthy()
    await expectPapergen(0, 'unpublish', 'guest', '--yes')
    expect(await readState()).toBe(text)
  })
}

for (const [name, text, words] of [
  ['truncated', '{"papers": {"zeta": {"port": 27100}', /line|end/i],
  ['two papers on one port', '{"zeta": 27100, "eta": 27100}', /27100/],
  ['a port out of range', '{"zeta": 80}', /80/],
] as const) {
  test(`state.json that is broken (${name}) is refused and left untouched`, async () => {
    await writeState(text)
    const ran = await expectPapergen(2, 'publish', 'guest.py', '--yes')
    expect(ran.stderr).toContain(stateFile)
    expect(ran.stderr).toMatch(words)
    expect(await readState()).toBe(text)
  })
}
