/** What the world is made of; told to its process as JSON. */
export type WorldOptions = {
  /** Made for it, and gone with it. */
  readonly folder: string
  readonly papers: number
  readonly version: string
  /** share/ of the installation. */
  readonly share: string
  /** The bundled stand-in for marimo. */
  readonly standIn: string
  /** The real marimo; null: none was found, or none is wanted. */
  readonly marimo: readonly [string, ...string[]] | null
}

/** What it tells when it is ready. */
export type Ready = {
  readonly config: string
  readonly url: string
  /** A notebook to publish. */
  readonly firstUnpublished: string | null
}
