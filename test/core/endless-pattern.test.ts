import { describe, expect, test } from 'vitest'
import { isEndless } from '../../src/core/endless-pattern.ts'

describe('an expression that could take for ever', () => {
  test.each([
    ['(a+)+'],
    ['((a+))+$'],
    ['(?:(?:a+b?))*'],
    ['(a|a)+$'],
    ['(a|aa)*b'],
    ['((a|b)c)+'],
    ['(a*){2,}'],
    ['(a{1,50}){1,50}c'],
    ['(?<n>a+)+'],
    ['(a?){40}a'],
    ['x(y(z+)?)*'],
    ['.*a.*b.*c.*d.*e'],
    ['a+b+c+d+e+f'],
  ])('%j', typed => expect(isEndless(typed)).toBe(true))
})

describe('an expression that ends', () => {
  test.each([
    ['boom'],
    ['GET .* 5\\d\\d'],
    ['(abc)+'],
    ['(?:foo|bar)'],
    ['(foo|bar) baz+'],
    ['(a+)?b'],
    ['(a+){1}'],
    ['(a+) (b+)'],
    ['[(+*)]+'],
    ['\\(a+\\)+'],
    ['\\d+\\.\\d+ s'],
    ['.*a.*b.*c.*'],
    ['a{3}b{3}c{3}d{3}e{3}f{3}'],
    ['(?=a+)b'],
    ['a('],
    ['[a'],
    ['*'],
    [')+'],
  ])('%j', typed => expect(isEndless(typed)).toBe(false))
})
