import type { Layout } from './layout.ts'

/**
 * The command line that runs a program of this machine as a visitor: on the lab's network, where only the site has a
 * name, and without this machine's proxies.
 */
export const inVisitorArgv = (layout: Layout, argv: readonly string[]): string[] => {
  const proxies = ['http_proxy', 'https_proxy', 'all_proxy'].flatMap(name => ['-u', name, '-u', name.toUpperCase()])
  return ['ip', 'netns', 'exec', layout.netns('visitor'), 'env', ...proxies, ...argv]
}
