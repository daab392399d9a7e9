import { createHash } from 'node:crypto'

/** What a visitor must find: a cell computes it from the nonce, so no page without a running kernel shows it. */
export const computed = (nonce: string): string => createHash('sha256').update(nonce).digest('hex').slice(0, 16)

/** A title that tries to break out of HTML, nginx and a unit at once. */
export const koreanTitle = `확산 "모델" 기초 <script>alert(1)</script>`

/** A notebook with a title of its own; its second cell shows the computed value. */
export const notebook = (nonce: string, title: string): string => `import marimo

__generated_with = "0.24.0"
app = marimo.App(app_title=${JSON.stringify(title)})


@app.cell
def _():
    import hashlib
    import marimo as mo
    return hashlib, mo


@app.cell
def _(hashlib, mo):
    value = hashlib.sha256(${JSON.stringify(nonce)}.encode()).hexdigest()[:16]
    mo.md(f"computed: {value}")
    return


if __name__ == "__main__":
    app.run()
`

/** The same, and one more cell that raises for each visitor. */
export const raisingNotebook = (nonce: string): string =>
  notebook(nonce, 'Raises for each visitor').replace(
    '\n\nif __name__',
    `

@app.cell
def _(hashlib):
    assert hashlib.new is not None
    raise ValueError("no such checkpoint: weights.pt")
    return


if __name__`,
  )

/**
 * Stands between the unit and marimo: a notebook named slow-* takes 8 s to start, one named dies-* ends after a second, one named
 * deaf-* heeds no SIGTERM.
 * Everything else, \`marimo check\` too, goes through untouched.
 */
export const wrapper = `#!/bin/sh
case "$*" in
  check*) ;;
  *slow-*) sleep 8 ;;
  *dies-*) echo "wrapper: no CUDA device, giving up" >&2; sleep 1; exit 3 ;;
  *deaf-*) trap '' TERM; "$(dirname "$0")/marimo-real" "$@"; while :; do sleep 1; done ;;
esac
exec "$(dirname "$0")/marimo-real" "$@"
`
