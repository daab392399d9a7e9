const named: Readonly<Record<string, string>> = {
  enter: '\r',
  esc: '\u001b',
  tab: '\t',
  space: ' ',
  up: '\u001b[A',
  down: '\u001b[B',
  right: '\u001b[C',
  left: '\u001b[D',
  pageup: '\u001b[5~',
  pagedown: '\u001b[6~',
  backspace: '\u007f',
  'ctrl-c': '\u0003',
  'ctrl-d': '\u0004',
  'ctrl-z': '\u001a',
}

/** Sends keys so that the program reads each of them as one, and counts them. */
export class Keyboard {
  readonly #write: (bytes: string) => void
  readonly #handled: () => number
  readonly #outbox: string[] = []
  #written = 0
  /** Keys asked for, those in the outbox too. */
  asked = 0
  /** The last key that went to the program. */
  last = ''

  constructor(write: (bytes: string) => void, handled: () => number) {
    this.#write = write
    this.#handled = handled
  }

  press(names: readonly string[]): void {
    for (const name of names) {
      const key = named[name] ?? name
      this.#outbox.push(key)
      this.asked += lengthOf(key)
    }
    this.post()
  }

  /** An escape and the next key in one read would be one key to the program: the next one waits until Esc was handled. */
  post(): void {
    while (this.#outbox.length > 0 && (this.last !== '\u001b' || this.#handled() >= this.#written)) {
      this.last = this.#outbox.shift() ?? ''
      this.#written += lengthOf(this.last)
      this.#write(this.last)
    }
  }
}

const lengthOf = (key: string): number => (key.startsWith('\u001b') ? 1 : [...key].length)
