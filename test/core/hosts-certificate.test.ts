import { expect, test } from 'vitest'
import type { EdgeState, ServedCertificate } from '../../src/core/facts.ts'
import { certificateFacts } from '../../src/core/hosts-certificate.ts'
import { now } from './world.ts'

const days = (count: number): number => now + count * 86_400_000
const site = 'https://learn.ericfromkorea.com/thesis/'

const served = (more: Partial<ServedCertificate> = {}): ServedCertificate => ({
  ...{ expires: days(59.5), fingerprint: 'aa11', namesMatch: true, trusted: true },
  ...more,
})
const disk = (more: Partial<NonNullable<EdgeState['certificate']>> = {}): EdgeState['certificate'] => ({
  ...{ path: '/c.pem', fingerprint: 'aa11', notAfter: days(59.5), names: ['learn.ericfromkorea.com'] },
  ...more,
})
const renewed = disk({ fingerprint: 'bb22', notAfter: days(89.5) })

type Row = readonly [string, ServedCertificate | null, EdgeState['certificate'] | undefined, string]

test.each<Row>([
  ['the same', served(), disk(), 'ok 59 d left, same as on disk'],
  ['few days left', served({ expires: days(6.5) }), disk({ notAfter: days(6.5) }), 'warn 6 d left, same as on disk'],
  ['renewed', served(), renewed, 'warn renewed on disk, nginx still serves the old one: reload'],
  [
    'renewed too late',
    served({ expires: days(-1) }),
    renewed,
    'bad renewed on disk, nginx still serves the expired one: reload',
  ],
  ['expired', served({ expires: days(-3) }), disk({ notAfter: days(-3) }), 'bad expired 3 d ago'],
  ['another name', served({ namesMatch: false }), disk(), 'bad for another name than the site'],
  ['not trusted', served({ trusted: false }), disk(), 'bad not trusted'],
  [
    'another one, as old',
    served(),
    disk({ fingerprint: 'bb22' }),
    'warn not the one on disk: who answers is not this nginx',
  ],
  ['none on disk', served(), null, 'warn 59 d left, none found on disk'],
  ['the edge was not asked', served(), undefined, 'plain 59 d left, on disk not known'],
  ['not seen, and not asked', null, undefined, 'dim not known yet'],
  ['not seen', null, disk(), 'plain 59 d left on disk, not seen served now'],
  ['not seen, none on disk', null, null, 'warn none found on disk'],
  ['not seen, expired', null, disk({ notAfter: days(-3) }), 'bad on disk expired 3 d ago'],
  ['not seen, another name', null, disk({ names: ['example.org'] }), 'bad on disk for another name than the site'],
  [
    'not seen, a wildcard',
    null,
    disk({ names: ['*.ericfromkorea.com'] }),
    'plain 59 d left on disk, not seen served now',
  ],
  ['not seen, a wildcard above', null, disk({ names: ['*.com'] }), 'bad on disk for another name than the site'],
])('%s', (_, seen, onDisk, words) => {
  const [first] = certificateFacts({ served: seen, onDisk, site: new URL(site), at: now })
  expect(`${first?.tone} ${first?.words}`).toBe(words)
})

test('what was renewed says what loads it, and shows both', () => {
  expect(certificateFacts({ served: served(), onDisk: renewed, site: new URL(site), at: now }).slice(1)).toEqual([
    { name: 'to do', words: 'sudo systemctl reload nginx', tone: 'strong' },
    { name: 'served', words: 'until 2027-01-22, sha256 aa11', tone: 'dim' },
    { name: 'on disk', words: 'until 2027-02-21, sha256 bb22', tone: 'dim' },
  ])
})

test('a site without TLS has none', () => {
  const facts = certificateFacts({ served: null, onDisk: null, site: new URL('http://localhost/thesis/'), at: now })
  expect(facts.map(({ words }) => words)).toEqual(['none: the site has no TLS'])
})
