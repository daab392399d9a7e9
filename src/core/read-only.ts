import { PapergenError } from './errors.ts'
import type { Files, World } from './ports.ts'

/**
 * The world of `--read-only`: whatever would change something on a host refuses, whoever calls it. A command or a key that forgets
 * to ask meets this.
 */
export const readOnlyWorld = (world: World): World => {
  const ports = portNames.map(name => [name, refusing(name, world[name], marks[name])])
  return { ...world, ...Object.fromEntries(ports), readOnly: true }
}

/** Files of a host that can only be looked at. */
export const readOnlyFiles = (files: Files): Files => refusing('files', files, fileMarks)

type Mark = 'reads' | 'writes'

type Marks<Port> = {
  readonly [Method in keyof Port as Port[Method] extends (...given: never[]) => unknown ? Method : never]: Mark
}

type PortName = Exclude<keyof World, 'config' | 'by' | 'version' | 'readOnly'>

const entry = {
  hello: 'reads',
  begin: 'writes',
  resume: 'writes',
  pending: 'reads',
  undo: 'writes',
  end: 'writes',
  exposure: 'reads',
  holder: 'reads',
  close: 'reads',
} as const

const file = { read: 'reads', update: 'writes' } as const

/** Each method of each port, so that the compiler asks for a new one. */
export const marks: { readonly [Name in PortName]: Marks<World[Name]> } = {
  clock: { now: 'reads', elapsed: 'reads', sleep: 'reads' },
  links: { gpu: 'reads', edge: 'reads', watch: 'reads' },
  gpuEntry: {
    ...entry,
    writeUnit: 'writes',
    startUnit: 'writes',
    restartUnit: 'writes',
    removeUnit: 'writes',
    undoUnit: 'writes',
    listener: 'reads',
  },
  edgeEntry: {
    ...entry,
    state: 'reads',
    snippets: 'reads',
    index: 'reads',
    setRoute: 'writes',
    dropRoute: 'writes',
    setIndex: 'writes',
    hold: 'writes',
    confirm: 'writes',
    outcome: 'reads',
    log: 'reads',
  },
  units: { units: 'reads', unit: 'reads', unitFiles: 'reads', walls: 'reads', watch: 'reads' },
  journal: { read: 'reads', heard: 'reads' },
  prober: { local: 'reads', lan: 'reads', here: 'reads', public: 'reads' },
  gpu: { sample: 'reads' },
  // What it keeps it keeps on the operator's own machine.
  gpuUses: { known: 'reads', keep: 'reads' },
  meter: { read: 'reads' },
  registry: file,
  sidecar: file,
  releases: { make: 'writes', list: 'reads', remove: 'writes', prune: 'writes', changed: 'reads' },
  intents: { put: 'writes', list: 'reads', remove: 'writes' },
  audit: { append: 'writes', list: 'reads' },
  notebooks: { list: 'reads', open: 'reads', check: 'reads' },
  texts: { unit: 'reads', snippet: 'reads', fragment: 'reads', readSnippet: 'reads', readIndex: 'reads' },
  logins: { papersUser: 'reads', edgeAccount: 'reads', edgeOpens: 'reads', home: 'reads' },
}

export const fileMarks: Marks<Files> = {
  read: 'reads',
  readBytes: 'reads',
  write: 'writes',
  append: 'writes',
  list: 'reads',
  stat: 'reads',
  makeFolder: 'writes',
  link: 'writes',
  rename: 'writes',
  remove: 'writes',
  removeEmptyFolder: 'writes',
  home: 'reads',
}

const portNames = Object.keys(marks) as PortName[]

const refusing = <Port extends object>(name: string, port: Port, methods: Readonly<Record<string, Mark>>): Port => {
  const writing = Object.keys(methods).filter(method => methods[method] === 'writes')
  // Who reads this has found a caller that did not ask before it began: the method's own name is what tells most.
  const refuse = (method: string) => async (): Promise<never> => {
    throw new PapergenError({ kind: 'read-only', action: `${name}.${method}` })
  }
  return { ...port, ...Object.fromEntries(writing.map(method => [method, refuse(method)])) }
}
