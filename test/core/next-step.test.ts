import { expect, it } from 'vitest'
import type { CellFacts, EdgeProbe } from '../../src/core/facts.ts'
import { nextStep } from '../../src/core/next-step.ts'
import { judge } from '../../src/core/verdict.ts'
import { ago, certificate, gpuUse, leaking, now, type Spec, unreachable, worldOf } from './world.ts'

const lost = (kind: EdgeProbe['kind'], status: number | null): Partial<EdgeProbe> => ({ ok: false, kind, status })
const unserved = (more: Partial<typeof certificate>): Spec['edge'] => ({
  ...lost('tls', null),
  certificate: { ...certificate, ...more },
})
const failed = { state: 'failed', sub: 'failed', result: 'exit-code', since: ago(250), mainPid: null } as const
const foreign = { kind: 'foreign', pid: 12, name: 'py\u001b[31mthon' } as const
const reload = 'on son-wtr: sudo systemctl reload nginx'
const renew = 'on son-wtr: sudo certbot certificates, sudo certbot renew, then sudo systemctl reload nginx'

it.each<[string, Spec, string | null]>([
  ['nothing, where nothing is wrong', {}, null],
  ['nothing but patience, while it starts', { unit: { state: 'activating', sub: 'start' } }, null],
  ['r, for a unit that failed', { unit: { ...failed, exitStatus: 1 } }, 'r restarts it'],
  ['r, for one that was stopped', { unit: { state: 'inactive', sub: 'dead' } }, 'r starts it'],
  [
    'r, for one that takes more and more of the GPU',
    { afterwards: leaking },
    'r restarts it, which gives the memory back; to cure it mend the notebook, then p publishes it again',
  ],
  [
    'r and where it was raised, for one whose traceback names a file of the project',
    {
      unit: { ...failed, exitStatus: 1 },
      cells: { exception: 'RuntimeError: CUDA error', raisedAt: { file: 'papers/einsum.py', line: 88 } },
    },
    'r restarts it; when it fails again, mend papers/einsum.py, line 88, then p publishes it again',
  ],
  [
    'r and the notebook, for one that has filled its GPU',
    {
      unit: { ...failed, exitStatus: 1, since: ago(0) },
      cells: { exception: 'torch.OutOfMemoryError: CUDA out of memory.' },
      afterwards: [...leaking, gpuUse(0)],
    },
    'r restarts it, until its memory is full again (it had grown 3.0 → 5.6 GiB in 1 m); to cure it mend the notebook, then p publishes it again',
  ],
  [
    'r alone, for one that died of want of memory long after it grew',
    {
      unit: { ...failed, exitStatus: 1, since: now + 600_000 },
      cells: { exception: 'torch.OutOfMemoryError: CUDA out of memory.' },
      afterwards: [...leaking, gpuUse(0)],
    },
    'r restarts it',
  ],
  ['x, for drift', { snippet: null }, 'x repairs it'],
  [
    'the traceback and the notebook, for a cell that raises',
    { cells: { errors: 17, last: 'ValueError: boom', lastAt: ago(60) } },
    'l shows the traceback; mend the notebook, then p publishes it again',
  ],
  ['p, for a cell that was mended', { cells: { errors: 1 }, changed: true }, 'p publishes the notebook as it is now'],
  [
    'the stranger first, for a port that is taken',
    { unit: { ...failed, exitStatus: 3 }, listener: foreign },
    'end python (pid 12) on son-pro6000; then r restarts it',
  ],
  [
    'marimo first, where it is gone',
    { unit: { ...failed, exitStatus: 203 } },
    'make marimo run again on son-pro6000 (papergen doctor says where it is looked for); then r restarts it',
  ],
  [
    'the firewall',
    { lan: { ok: false, error: 'no answer' }, edge: lost('bad-gateway', 504) },
    'on son-pro6000: let son-wtr reach port 27000; sudo nft list ruleset shows what is blocked',
  ],
  [
    'nginx itself',
    { state: { nginx: 'inactive' }, edge: lost('refused', null) },
    'on son-wtr: systemctl status nginx, then sudo systemctl start nginx',
  ],
  [
    'what somebody else broke',
    { state: { nginx: 'broken-config' } },
    'on son-wtr: mend what sudo nginx -t says, then sudo systemctl reload nginx',
  ],
  [
    'the server block in front',
    { state: { markerServed: null }, edge: lost('client-error', 404) },
    'on son-wtr: sudo nginx -T shows which server block has the name of the site; take the other away',
  ],
  ['a reload, for a certificate nobody loaded', { edge: unserved({ expires: ago(9), fingerprint: 'old' }) }, reload],
  ['a renewal, for one nobody renewed', { edge: unserved({ expires: ago(9) }) }, renew],
  ['a renewal, for one of another name', { edge: unserved({ namesMatch: false, fingerprint: 'other' }) }, renew],
  [
    'site.connect, where the public address cannot be reached',
    { edge: { ...lost('timeout', null), phases: { dns: 1, connect: null, tls: null, ttfb: null } } },
    'set site.connect in the config to the address of son-wtr in this network, or mend the way to the public one',
  ],
  [
    'the edge, while it cannot be reached',
    { edgeLink: { kind: 'down', since: ago(600), retryAt: null, error: unreachable }, snippet: unreachable },
    'check that son-wtr is up and that address, port and user in the config are right; papergen doctor tells more',
  ],
])('names %s', (_, spec, words) => {
  const observed = worldOf(spec)
  const [paper] = observed.papers.values()
  expect(nextStep(paper!, observed, judge(paper!, observed, now), now)).toBe(words)
})

it.each<[string, Partial<CellFacts>, string]>([
  ['nothing', {}, 'l shows its journal; the last restart did not help for long'],
  [
    'an exception',
    { exception: 'KeyError: 1' },
    'mend the notebook, then p publishes it again; the last restart did not help for long',
  ],
  [
    'an exception and its line',
    { exception: 'KeyError: 1', raisedAt: { file: 'lib/\u001b[31mdata.py', line: 3 } },
    'mend lib/data.py, line 3, then p publishes it again; the last restart did not help for long',
  ],
])('names what to mend once a restart did not help, where its journal told %s', (_, cells, words) => {
  const observed = worldOf({ unit: { ...failed, exitStatus: 1 }, cells })
  const [paper] = observed.papers.values()
  expect(nextStep(paper!, observed, judge(paper!, observed, now), now, true)).toBe(words)
})
