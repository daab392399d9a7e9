import type { Config } from './config.ts'
import { PapergenError } from './errors.ts'

/** What setup writes into /etc/papergen/gpu.conf, and what a unit is rendered from. All paths absolute. */
export type GpuPolicy = {
  readonly scope: 'system' | 'user'
  /** Owns the project and may call the entry point. */
  readonly operator: string
  /** Runs the papers. */
  readonly user: string
  /** The operator's. */
  readonly home: string
  readonly project: string
  readonly marimo: string
  /** The folder of state.json. */
  readonly state: string
  readonly address: string
  readonly base: string
  readonly ports: readonly [number, number]
}

/** What setup writes into /etc/papergen/edge.conf. */
export type EdgePolicy = {
  /** May call the entry point. */
  readonly operator: string
  /** Of the GPU host: the only place a route may lead to. */
  readonly address: string
  readonly base: string
  readonly ports: readonly [number, number]
  readonly snippets: string
  readonly index: string
  readonly site: string
  readonly port: number
  readonly errorLog: string
  readonly accessLog: string
}

/**
 * `home` is the operator's home on the GPU host; the setup script passes `$home` and lets the host say it.
 * @throws PapergenError `bad-config` naming every value that cannot stand in a root-owned file
 */
export const gpuPolicy = ({ gpu, site }: Config, home: string): GpuPolicy => {
  const project = gpu.project.replace(/^~(?=\/|$)/, home)
  const under = (path: string) => (path.startsWith('/') ? path : `${project}/${path}`)
  const state = folderOf(under(gpu.state))
  const problems = [
    ...misfits({ 'gpu.project': gpu.project, 'gpu.marimo': gpu.marimo, 'gpu.state': gpu.state }, /^[~/\w@.+-]+$/),
    ...misfits({ 'gpu.address': gpu.address }, /^[0-9a-fA-F.:]+$/),
    ...misfits({ 'gpu.run_as': gpu.runAs }, /^[a-z_][a-z0-9_-]{0,31}$/),
    ...misfits({ 'site.url': site.base }, /^(\/[\w.-]+)*$/),
    ...(state === project
      ? [{ at: 'gpu.state', message: 'must lie in a folder of its own, as state/state.json' }]
      : []),
  ]
  refuse(problems)
  return {
    scope: gpu.systemd,
    operator: gpu.reach.via === 'ssh' ? gpu.reach.user : gpu.runAs,
    user: gpu.runAs,
    home,
    project,
    marimo: under(gpu.marimo),
    state,
    address: gpu.address,
    base: site.base,
    ports: gpu.ports,
  }
}

/** @throws PapergenError `bad-config`, as `gpuPolicy` */
export const edgePolicy = ({ gpu, edge, site }: Config): EdgePolicy => {
  const { snippets, index, errorLog, accessLog } = edge
  refuse([
    ...misfits(
      { 'edge.snippets': snippets, 'edge.index': index, 'edge.error_log': errorLog, 'edge.access_log': accessLog },
      /^\/[/\w@.+-]+$/,
    ),
    ...misfits({ 'gpu.address': gpu.address }, /^[0-9a-fA-F.:]+$/),
    ...misfits({ 'site.url': site.base }, /^(\/[\w.-]+)*$/),
    ...misfits({ 'site.url': site.hostname }, /^[\w.-]+$/),
  ])
  return {
    operator: edge.reach.via === 'ssh' ? edge.reach.user : gpu.runAs,
    address: gpu.address,
    base: site.base,
    ports: gpu.ports,
    snippets,
    index,
    site: site.hostname,
    port: site.port,
    errorLog,
    accessLog,
  }
}

/** Lines `key value`, as the entry points read them and `hello` answers them. */
export const policyLines = (policy: GpuPolicy | EdgePolicy): readonly string[] =>
  Object.entries(policy).map(([key, value]) => {
    const name = key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)
    return `${name} ${Array.isArray(value) ? value.join(' ') : value}`
  })

const folderOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

const misfits = (values: Readonly<Record<string, string>>, allowed: RegExp) =>
  Object.entries(values)
    .filter(([, value]) => !allowed.test(value) || /(^|\/)\.\.(\/|$)/.test(value))
    .map(([at, value]) => ({ at, message: `${JSON.stringify(value)} cannot stand in a root-owned file` }))

const refuse = (problems: readonly { at: string; message: string }[]): void => {
  if (problems.length > 0) throw new PapergenError({ kind: 'bad-config', path: 'config', problems })
}
