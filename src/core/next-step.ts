import { holderWords } from './drift.ts'
import { isRenewed, isShadowed } from './edge-evidence.ts'
import { explain } from './explain.ts'
import type { CellFacts, Frame, Hop, PaperFacts, Verdict } from './facts.ts'
import { grownWords, type Rise } from './gpu-growth.ts'
import type { Observed } from './observed.ts'
import { lastOf } from './reading.ts'
import { oneLine } from './text.ts'

/** What mends it: the key, or what a person does by hand where no key can. Null where nothing is to be done. */
export const nextStep = (
  paper: PaperFacts,
  observed: Observed,
  verdict: Verdict,
  at: number,
  isAgain = false,
): string | null => {
  const { level } = verdict
  if (level === 'ok' || level === 'starting') return null
  const first = beforeTheKey(paper, observed)
  if (level === 'failing' && verdict.fix === 'restart' && first === null) return restarting(paper, isAgain)
  const words = verdict.fix === null ? byHand(paper, observed, verdict, at) : keyWords(level)[verdict.fix]
  return words === null
    ? null
    : oneLine(verdict.fix === 'restart' && first !== null ? `${first}; then ${words}` : words)
}

/** Where the paper itself says what it died of, a restart alone may only meet it again. */
const restarting = (paper: PaperFacts, isAgain: boolean): string => {
  const ended = lastOf(paper.cells)
  const grown = grownBefore(paper)
  if (grown !== null)
    return oneLine(`r restarts it, until its memory is full again (${grownWords(grown)}); to cure it ${mending(ended)}`)
  if (isAgain && ended?.exception) return oneLine(`${mending(ended)}; the last restart did not help for long`)
  if (isAgain) return 'l shows its journal; the last restart did not help for long'
  return oneLine(ended?.raisedAt ? `r restarts it; when it fails again, ${mending(ended)}` : 'r restarts it')
}

/** The growth that ended with this death for want of memory. */
const grownBefore = ({ unit, cells, gpuGrewTo }: PaperFacts): Rise | null => {
  const { since = null, result = null } = lastOf(unit) ?? {}
  const isOutOfMemory = result === 'oom-kill' || /out ?of ?memory/i.test(lastOf(cells)?.exception ?? '')
  return isOutOfMemory && gpuGrewTo !== null && since !== null && since - gpuGrewTo.now.at < soonAfter
    ? gpuGrewTo
    : null
}

/** Samples are some seconds apart. */
const soonAfter = 120_000

/** What is to be mended, as far as a traceback told. */
const mending = (ended: CellFacts | undefined): string =>
  `mend ${ended?.raisedAt ? frameWords(ended.raisedAt) : 'the notebook'}, then p publishes it again`

const frameWords = ({ file, line }: Frame): string => `${file}, line ${line}`

const keyWords = (level: Verdict['level']): Readonly<Record<NonNullable<Verdict['fix']>, string>> => ({
  restart: restartWords[level] ?? 'r restarts it',
  repair: 'x repairs it',
  publish: 'p publishes the notebook as it is now',
})

const restartWords: Partial<Record<Verdict['level'], string>> = {
  stopped: 'r starts it',
  degraded: 'r restarts it, which gives the memory back; to cure it mend the notebook, then p publishes it again',
}

/** What a restart alone would only meet again. */
const beforeTheKey = (paper: PaperFacts, { gpuHost }: Observed): string | null => {
  if (lastOf(paper.listener)?.kind === 'foreign') return `end ${holderWords(paper)} on ${gpuHost.name}`
  const unit = lastOf(paper.unit)
  if (unit?.result !== 'exit-code' || unit.exitStatus !== 203) return null
  return `make marimo run again on ${gpuHost.name} (papergen doctor says where it is looked for)`
}

const byHand = (paper: PaperFacts, observed: Observed, { hop, level }: Verdict, at: number): string | null => {
  if (hop === 'cells') return `l shows the traceback; ${mending(lastOf(paper.cells))}`
  const { gpuHost, edgeHost } = observed
  const down = [gpuHost, edgeHost].map(({ link }) => link).find(link => link.kind === 'down')
  if (down?.kind === 'down') return explain(down.error).hint
  const onEdge = edgeWords(paper, observed, hop, at)
  if (onEdge !== null) return `on ${edgeHost.name}: ${onEdge}`
  const port = lastOf(paper.entry)?.port
  if (hop === 'lan' && port !== undefined)
    return `on ${gpuHost.name}: let ${edgeHost.name} reach port ${port}; sudo nft list ruleset shows what is blocked`
  if (hop === 'public' && lastOf(paper.edge)?.kind === 'dns') return nameWords(edgeHost.name)
  return hop === 'public' && level === 'unknown' && lastOf(paper.edge)?.phases.connect === null
    ? `set site.connect in the config to the address of ${edgeHost.name} in this network, or mend the way to the public one`
    : null
}

/** What a name that does not resolve wants; asked on the machine papergen runs on. */
export const nameWords = (edge: string): string =>
  `mend the name server of this machine (resolvectl status, /etc/resolv.conf) or the site's DNS record; or set site.connect in the config to the address of ${edge}`

const edgeWords = (paper: PaperFacts, { edgeHost }: Observed, hop: Hop | null, at: number): string | null => {
  const state = lastOf(edgeHost.state)
  const served = lastOf(paper.edge)?.certificate ?? null
  if (hop === 'tls' && served !== null) {
    // A name that does not match is not cured by whatever is on disk.
    const loads = served.namesMatch && isRenewed(served, edgeHost, Math.max(at, served.expires))
    return loads
      ? 'sudo systemctl reload nginx'
      : 'sudo certbot certificates, sudo certbot renew, then sudo systemctl reload nginx'
  }
  if (hop !== 'nginx') return null
  if (state?.nginx === 'inactive' || state?.nginx === 'failed')
    return 'systemctl status nginx, then sudo systemctl start nginx'
  if (state?.nginx === 'broken-config') return 'mend what sudo nginx -t says, then sudo systemctl reload nginx'
  return isShadowed(edgeHost)
    ? 'sudo nginx -T shows which server block has the name of the site; take the other away'
    : null
}
