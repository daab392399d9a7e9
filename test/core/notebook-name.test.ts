import { expect, test } from 'vitest'
import { refuseNames } from '../../src/core/notebook-name.ts'

const kindOf = (notebook: string, title: string | null): string | null => {
  try {
    refuseNames(notebook, title)
    return null
  } catch (thrown) {
    return String(thrown)
  }
}

test.each([
  ['papers/my notebook.py', null],
  ['연구/확산 모델 (2).py', 'A title: "quoted", $5, 100 %'],
  ['a&b;c|d.py', null],
])('%j is taken', (notebook, title) => expect(kindOf(notebook, title)).toBeNull())

test.each([
  ['papers/a"b.py'],
  ["papers/a'b.py"],
  ['papers/a\\b.py'],
  ['papers/100%n.py'],
  ['papers/$HOME.py'],
  ['papers/`id`.py'],
  ['papers/a\nb.py'],
  ['papers/a\u0085b.py'],
  ['papers/a\ufffe.py'],
  ['papers/\u{6fffe}.py'],
  ['papers/\ufdd0.py'],
  ['papers/\ud800.py'],
  ['papers/-rf.py'],
  ['papers/ a.py'],
  ['papers/a.py '],
  // Of the folders too: papergen-gpu takes no path that holds one.
  ['it"s/a.py'],
  ['`id`/a.py'],
  ['-x/a.py'],
  ['/etc/a.py'],
  [''],
  ['papers/'],
])('%j is refused before anything is written', notebook => expect(kindOf(notebook, null)).toMatch(/bad-notebook/))

test('a title on two lines is refused', () => expect(kindOf('a.py', 'a\nb')).toMatch(/bad-argument.*title/))
