import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { type HostName, hostNames, hosts, type Layout, site, visitorAddress } from './layout.ts'
import { attempt, run } from './run.ts'

const parties = [...hostNames, 'visitor'] as const
export type Party = (typeof parties)[number]

/**
 * Three namespaces joined by a bridge in a fourth. Nothing is added to the machine's own namespace, so neither its
 * routes nor its addresses change, and there is no way out of the lab.
 */
export const createNetwork = (layout: Layout): void => {
  const lan = layout.netns('lan')
  run(['ip', 'netns', 'add', lan])
  run(['ip', '-n', lan, 'link', 'add', 'br0', 'type', 'bridge', 'forward_delay', '0'])
  run(['ip', '-n', lan, 'link', 'set', 'br0', 'up'])
  for (const party of parties) join(layout, party)
  nameTheSite(layout)
}

/** Takes the namespaces away, whichever of them there are. */
export const removeNetwork = (layout: Layout): void => {
  for (const party of [...parties, 'lan'] as const) {
    if (namespaces().includes(layout.netns(party))) run(['ip', 'netns', 'delete', layout.netns(party)])
    rmSync(`/etc/netns/${layout.netns(party)}`, { recursive: true, force: true })
  }
  // Only when the lab's was the last one in it.
  attempt(['rmdir', '/etc/netns'])
}

/** Pulls a host's cable out of the bridge or puts it back; the host keeps its addresses, as with a real cable. */
export const setLink = (layout: Layout, host: HostName, state: 'up' | 'down'): void => {
  run(['ip', '-n', layout.netns('lan'), 'link', 'set', host, state])
}

export const linkState = (layout: Layout, host: HostName): string =>
  / state (\w+)/.exec(attempt(['ip', '-n', layout.netns('lan'), 'link', 'show', host]).stdout)?.[1]?.toLowerCase() ??
  'none'

/** Processes living in the lab's namespaces: the hosts' and whatever a visitor left running. */
export const processesInside = (layout: Layout): number[] =>
  [...parties, 'lan' as const]
    .filter(party => namespaces().includes(layout.netns(party)))
    .flatMap(party => run(['ip', 'netns', 'pids', layout.netns(party)]).split('\n'))
    .filter(line => line !== '')
    .map(Number)

export const namespaces = (): string[] =>
  attempt(['ip', 'netns', 'list'])
    .stdout.split('\n')
    .map(line => line.split(' ')[0]!)
    .filter(name => name !== '')

const join = (layout: Layout, party: Party): void => {
  const [own, lan] = [layout.netns(party), layout.netns('lan')]
  const address = party === 'visitor' ? visitorAddress : hosts[party].address
  run(['ip', 'netns', 'add', own])
  run(['ip', '-n', own, 'link', 'set', 'lo', 'up'])
  run(['ip', '-n', own, 'link', 'add', 'lan0', 'type', 'veth', 'peer', 'name', party, 'netns', lan])
  run(['ip', '-n', own, 'address', 'add', `${address}/24`, 'dev', 'lan0'])
  run(['ip', '-n', own, 'link', 'set', 'lan0', 'up'])
  run(['ip', '-n', lan, 'link', 'set', party, 'master', 'br0', 'up'])
}

/** `ip netns exec` lays these files over /etc for a visitor's programs: the site has a name, nothing else resolves. */
const nameTheSite = (layout: Layout): void => {
  const folder = `/etc/netns/${layout.netns('visitor')}`
  mkdirSync(folder, { recursive: true })
  writeFileSync(`${folder}/hosts`, `127.0.0.1 localhost\n${hosts.edge.address} ${site}\n`)
  writeFileSync(`${folder}/resolv.conf`, '# There is no name server in the lab.\n')
}
