import type { DemoFolder } from './folder.ts'

export type DemoPorts = {
  readonly gpuSsh: number
  readonly edgeSsh: number
  readonly https: number
  readonly papers: readonly [number, number]
  /** What papers bind. */
  readonly address: string
}

/** The config of the demo's world: with `papergen --config` every command works on it, from any terminal. */
export const configText = (
  folder: DemoFolder,
  { gpuSsh, edgeSsh, https, papers, address }: DemoPorts,
): string => `# The world of a running papergen demo; gone with it.
[gpu]
name = "demo-gpu"
via = "ssh"
address = "${address}"
port = ${gpuSsh}
user = "demo"
run_as = "demo"
identity = "${folder.identity}"
known_hosts = "${folder.knownHosts}"
project = "${folder.project}"
ports = [${papers.join(', ')}]
systemd = "user"

[edge]
name = "demo-edge"
via = "ssh"
address = "127.0.0.1"
port = ${edgeSsh}
user = "demo"
identity = "${folder.identity}"
known_hosts = "${folder.knownHosts}"
snippets = "${folder.snippets}"
index = "${folder.index}"
error_log = "${folder.errorLog}"
access_log = "${folder.accessLog}"

[site]
url = "https://localhost:${https}/thesis/"
connect = "127.0.0.1"
ca = "${folder.ca}"

[probe]
every = "2s"
timeout = "5s"
`
