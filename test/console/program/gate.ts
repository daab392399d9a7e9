/** Closed until a test opens it. */
export class Gate {
  isOpen = false
  #pass: () => void = () => {}
  readonly passed = new Promise<void>(resolve => {
    this.#pass = resolve
  })

  open(): void {
    this.isOpen = true
    this.#pass()
  }
}
