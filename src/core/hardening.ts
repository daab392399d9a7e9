import { show } from './command.ts'
import type { Config } from './config.ts'
import type { Exposure, LoosePath } from './exposure.ts'
import { loginProgram } from './setup-account.ts'

/** How a host stands; an advice is something that could be closed, and no failure. */
export type Judgement = {
  readonly level: 'ok' | 'advice' | 'fail'
  readonly detail: string
  readonly cure: string | null
}

export const ok = (detail: string): Judgement => ({ level: 'ok', detail, cure: null })
export const advice = (detail: string, cure: string): Judgement => ({ level: 'advice', detail, cure })

/**
 * Files that decide what root or a paper does. What setup itself writes is root's or something is wrong: a failure. Folders above
 * them, routes and units that older code left may be somebody else's in a set-up that works: an advice.
 */
export const judgeFiles = (host: string, scope: 'system' | 'user', { loose, lookedAt }: Exposure): Judgement => {
  const [first] = loose
  if (lookedAt === 0) return ok('nothing here runs as root')
  if (first === undefined)
    return ok(`${lookedAt} files and folders: nobody but ${scope === 'user' ? 'the operator' : 'root'} can change them`)
  const others = loose.length === 1 ? '' : `, and ${loose.length - 1} more`
  return {
    level: loose.some(({ path }) => ofSetup.test(path)) ? 'fail' : 'advice',
    detail: `${sayLoose(first)}${others}: whoever may write there decides what ${scope === 'user' ? 'the operator' : 'root'} runs`,
    cure: `on ${host}: ${loose
      .slice(0, 8)
      .map(scope === 'user' ? closed : tightened)
      .join('; ')}`,
  }
}

const ofSetup =
  /^(\/usr\/local\/(libexec|share\/papergen)\/[^/]*papergen[^/]*|\/usr\/local\/share\/papergen\/[^/]+|\/etc\/papergen(\/.*)?|\/etc\/sudoers\.d\/papergen-.*|\/etc\/ssh\/sshd_config\.d\/00-papergen\.conf|\/var\/lib\/papergen(\/.*)?)$/

const sayLoose = ({ path, owner, mode }: LoosePath): string =>
  `${path} has the mode ${mode} and belongs to ${owner === 0 ? 'root' : `uid ${owner}`}`

const tightened = ({ path }: LoosePath): string =>
  `${show({ argv: ['sudo', 'chown', 'root:root', path] })} && ${show({ argv: ['sudo', 'chmod', 'go-w', path] })}`

const closed = ({ path }: LoosePath): string => show({ argv: ['chmod', 'go-w', path] })

/** What the operator's key opens on the edge besides the entry point. */
export const judgeLogin = ({ edge }: Config, { login }: Exposure): Judgement => {
  const { reach } = edge
  if (reach.via === 'local') return ok('papergen runs here, so there is no key to lose')
  if (login === null) return ok('nothing here runs as root')
  if (login.name !== reach.user)
    return advice(
      `the edge was set up for ${login.name}, and papergen logs in as ${reach.user}, who can do more`,
      `user = "${login.name}" under [edge], or papergen setup edge --apply for ${reach.user}`,
    )
  const closing = `papergen setup edge --account papergen makes a login that can do nothing else; then user = "papergen" under [edge]`
  const root = [...login.groups.map(group => `the group ${group}`), ...(login.sudo ? ['sudo'] : [])]
  if (root.length > 0)
    return advice(`whoever holds the key becomes root as ${reach.user}: by ${root.join(' and ')}`, closing)
  if (login.shell !== loginProgram)
    return advice(`${reach.user} has a shell (${login.shell}): its key opens more than the entry point`, closing)
  return ok(`${reach.user} can do nothing but start the entry point`)
}

/** Whether a paper that serves was reached from a machine that is neither the GPU host nor the edge. */
export type Reached = { readonly port: number; readonly ok: boolean }

/**
 * Whether somebody on the LAN reaches the papers around nginx. `here` is what a third machine met, when papergen runs on one.
 * Never more than an advice: what a filter lets through nobody can tell from its rules alone.
 */
export const judgePorts = ({ gpu, edge }: Config, { filter }: Exposure, here: Reached | null): Judgement => {
  if (/^127\./.test(gpu.address)) return ok('papers listen on this host alone')
  const [first, last] = gpu.ports
  if (here?.ok === false) return ok(`this machine does not reach the paper on port ${here.port} around nginx`)
  if (here === null && filter === 'some')
    return ok(`a packet filter is at work; whether it lets only ${edge.address} to ${first}-${last} it does not tell`)
  const unfiltered = filter === 'none' ? 'no packet filter is at work' : 'nothing tells of a packet filter'
  const why = here === null ? unfiltered : `this machine reaches the one on ${here.port}`
  const rule = `iifname != "lo" ip saddr != ${edge.address} ip daddr ${gpu.address} tcp dport ${first}-${last} drop`
  return advice(
    `anyone on the LAN reaches the papers' ports directly, around nginx: ${why}`,
    `a firewall rule that admits only ${edge.address} closes it; in nftables: ${rule}`,
  )
}
