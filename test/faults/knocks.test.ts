import { expect, test } from 'vitest'
import { countKnocks } from './knocks.ts'

const knock = (at: number, status: number) => ({ at, status, text: 'words' })

test('only what was sent within the spans and outside the outages counts', () => {
  const knocks = [knock(5, 502), knock(10, 200), knock(15, 0), knock(20, 502), knock(40, 502)]
  const counted = countKnocks(knocks, [{ from: 10, until: 30 }], [{ from: 14, until: 16 }])
  expect(counted).toMatchObject({ requests: 2, failed: 1 })
  expect(counted.says).toEqual(['00:00:00.020 502 words'])
})
