import { describe, expect, it, test } from 'vitest'
import { evidenceFor, fitFrame, frameIn, ofLastRun, tellingAt } from '../../src/core/evidence.ts'

const started = 'Started papergen-einsum.service - papergen paper einsum.'
const exited = 'papergen-einsum.service: Main process exited, code=exited, status=1/FAILURE'
const failed = "papergen-einsum.service: Failed with result 'exit-code'."
const head = 'Traceback (most recent call last):'
const file = (path: string, line: number): string => `  File "${path}", line ${line}, in <module>`

describe('the line that tells why', () => {
  it.each([
    ['the exception', [started, head, file('a.py', 1), 'RuntimeError: boom', exited, failed], 'RuntimeError: boom'],
    ['the last of several', ['KeyError: 1', 'The above exception …', 'torch.OutOfMemoryError: 2', failed], 'torch.OutOfMemoryError: 2'],
    ['else the first that speaks of an error', [started, 'cannot open libcuda.so', 'error: gave up', failed], 'cannot open libcuda.so'],
    ["else the paper's last words", [started, 'no CUDA device', 'giving up', exited, failed], 'giving up'],
    ["else systemd's", [started, exited, failed], failed],
  ])('is %s', (_, lines, telling) => expect(lines[tellingAt(lines)]).toBe(telling)) // biome-ignore format: a table

  test('of nothing there is none', () => expect(tellingAt([])).toBe(-1))
})

describe('the last run', () => {
  const unit = 'papergen-einsum.service'
  const died = [
    `${unit}: Main process exited, code=exited, status=1/FAILURE`,
    `${unit}: Failed with result 'exit-code'.`,
  ]
  const began = `Started ${unit} - papergen paper einsum.`
  test.each<[string, readonly string[], number]>([
    ['begins where it was started', [...died, began, 'RuntimeError: b', ...died], 2],
    ['is the one before while the new one has said nothing', [began, 'RuntimeError: a', ...died, began], 0],
    ['is all there is, where no start is seen', ['RuntimeError: a', ...died], 0],
    ['is all there is, where nobody said anything', [...died, began, ...died], 0],
  ])('%s', (_, lines, from) => expect(ofLastRun(lines)).toEqual(lines.slice(from)))
})

describe('evidence in less room', () => {
  const lines = [started, head, file('a.py', 1), 'RuntimeError: boom', exited, failed]
  it.each([
    [6, lines],
    [5, lines.slice(0, 5)],
    [3, lines.slice(1, 4)],
    [1, ['RuntimeError: boom']],
  ])('of %i lines keeps the one that tells why and what led to it', (most, kept) =>
    expect(evidenceFor(lines, most)).toEqual(kept),
  )

  test('is its end where nothing else is known', () => expect(evidenceFor(['1', '2', '3'], 2)).toEqual(['2', '3']))
})

describe('the innermost frame of the project', () => {
  const release = '/home/son/prj/thesis/state/releases/einsum/0123456789abcdef/einsum.py'
  it.each([
    ['a path in the project', [file('papers/einsum.py', 3), file('papers/sampler.py', 88)], 'papers/sampler.py', 88],
    ['an absolute one', [file('/home/son/prj/thesis/lib/flow.py', 5)], 'lib/flow.py', 5],
    ['the notebook in its release', [file('/usr/lib/python3/runpy.py', 1), file(release, 12)], 'papers/einsum.py', 12],
    ['not a library', [file(release, 12), file('/home/son/prj/thesis/.venv/lib/python3.13/site-packages/torch/x.py', 9)], 'papers/einsum.py', 12],
    ['not what Python does by itself', [file('papers/a.py', 2), file('<frozen importlib._bootstrap>', 1)], 'papers/a.py', 2],
    ['of the last traceback', [head, file('papers/a.py', 2), 'KeyError: 1', head, file(release, 7)], 'papers/einsum.py', 7],
  ])('is %s', (_, lines, path, line) => {
    for (const project of ['/home/son/prj/thesis', '~/prj/thesis'])
      expect(frameIn(lines, project, 'papers/einsum.py')).toEqual({ file: path, line })
  }) // biome-ignore format: a table

  it.each([
    ['elsewhere', [file('/opt/app/x.py', 1)]],
    ["of another paper's release", [file(release.replace('einsum.py', 'mamba.py'), 1)]],
    ['nowhere', ['killed']],
  ])('is none where it lies %s', (_, lines) =>
    expect(frameIn(lines, '/home/son/prj/thesis', 'papers/einsum.py')).toBeNull(),
  )
})

describe("a traceback's line about a file", () => {
  const long = file('/home/son/prj/thesis/state/releases/diffusion-101/0123456789abcdef/diffusion.py', 88)
  it('is shortened in the midst of its path', () => {
    expect(fitFrame(long, 60)).toBe('  File "…/diffusion.py", line 88, in <module>')
    expect(fitFrame(long, 36)).toBe('  File "…/diffusion.py", line 88')
    expect(fitFrame(long, 27)).toBe('…/diffusion.py", line 88')
    expect(fitFrame(long, 20)).toBe('…fusion.py", line 88')
    expect(fitFrame(long, 70)).toBe('  File "…/0123456789abcdef/diffusion.py", line 88, in <module>')
  })

  it.each([
    ['has room', long, 200],
    ['is none', 'RuntimeError: "a/b/c/d", line 3', 12],
  ])('stays when it %s', (_, text, width) => expect(fitFrame(text, width)).toBe(text))
})
