import { PapergenError } from './errors.ts'

/**
 * The path of a notebook goes into the command line of a unit, path and title into lines of a release's note. libexec/papergen-gpu
 * and systemd refuse such names too, but only when much is done already.
 * @throws PapergenError `bad-notebook`, or `bad-argument` for the title
 */
export const refuseNames = (notebook: string, title: string | null): void => {
  if (!isPlain(notebook) || !isPlain(notebook.slice(notebook.lastIndexOf('/') + 1)))
    throw new PapergenError({
      kind: 'bad-notebook',
      path: notebook,
      why: 'its path holds a quote, a backslash, %, $, a backtick, a control character or what is no character at all, or a name that begins with a dash or a blank or ends with one',
      detail: null,
      hint: 'rename it and publish it under the new name',
    })
  if (title === null || !control.test(title)) return
  throw new PapergenError({
    kind: 'bad-argument',
    what: 'the title',
    why: 'it holds a control character',
    hint: 'name one without it: --title',
  })
}

const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/

/** systemd leaves a line out that holds what Unicode never gives a character. */
const isPlain = (name: string): boolean =>
  !control.test(name) &&
  !/["'\\%$`]/.test(name) &&
  !/[\p{Noncharacter_Code_Point}\p{Surrogate}]/u.test(name) &&
  /^[^-/\s](?:.*\S)?$/su.test(name)
