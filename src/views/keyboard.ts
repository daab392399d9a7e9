import type { Key } from 'ink'
import { clean } from '../core/text.ts'

/** Ink's input as the key names of core/keys.ts. Several fast keys can come as one string: each character is a key. */
export const keysOf = (input: string, key: Key): readonly string[] => {
  if (key.ctrl && (input === 'c' || input === 'z')) return [`ctrl-${input}`]
  const special = named(key)
  if (special !== null) return [special]
  if (key.ctrl || key.meta) return []
  // A fast typist or a slow line: Tab, Enter and above all Ctrl-C count in the midst of others too.
  // What is pasted may hold what steers a terminal, and what is typed is drawn as it is.
  return [...input].map(character => controls[character] ?? character).filter(name => clean(name) === name)
}

const controls: Readonly<Record<string, string>> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\u007f': 'backspace',
  '\u0003': 'ctrl-c',
  '\u001a': 'ctrl-z',
}

const named = (key: Key): string | null => {
  if (key.return) return 'enter'
  if (key.escape) return 'esc'
  if (key.upArrow) return 'up'
  if (key.downArrow) return 'down'
  if (key.leftArrow) return 'left'
  if (key.rightArrow) return 'right'
  if (key.pageUp) return 'pageup'
  if (key.pageDown) return 'pagedown'
  if (key.home) return 'home'
  if (key.end) return 'end'
  if (key.tab) return 'tab'
  // Most terminals send DEL for the backspace key, which Ink names delete.
  return key.backspace || key.delete ? 'backspace' : null
}
