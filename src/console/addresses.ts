import type { Event } from '../core/event.ts'
import type { Desktop } from '../core/ports.ts'

/** Where the papers are public, for the operator's browser and clipboard. */
export type Addresses = {
  /** In the browser; where there is none, to the clipboard. */
  open(id: string): Promise<void>
  copy(id: string): void
}

/** @param site ends with a slash */
export const createAddresses = (site: string, desktop: Desktop, tell: (event: Event) => void): Addresses => {
  const inform = (text: string): void => tell({ type: 'notice', notice: { tone: 'info', text } })
  const urlOf = (id: string): string => `${site}${encodeURIComponent(id)}/`
  return {
    open: async id => {
      const url = urlOf(id)
      inform(`Opening ${url}`)
      const why = await desktop.open(url)
      if (why !== null) desktop.copy(url)
      inform(why === null ? `Opened ${url}` : `Copied ${url} (not opened: ${why})`)
    },
    copy: id => {
      desktop.copy(urlOf(id))
      inform(`Copied ${urlOf(id)}`)
    },
  }
}
