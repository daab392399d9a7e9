import { buildConsole } from '../../test/console/console.ts'
import type { Driver } from '../../test/console/driver.ts'
import type { Size } from './window.ts'

/** Where the pictures' screens come from: the real console, over a world that is there as soon as it opens. */
export type Source = {
  /** Opens it; resolves when every paper has its verdict. */
  openConsole(size: Size): PromiseLike<Driver>
  close(): void
}

export const openSource = async (): Promise<Source> => {
  const built = await buildConsole()
  return { openConsole: size => built.open({}, size), close: built.close }
}
