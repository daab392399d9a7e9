import type { HostName } from '../../lab/layout.ts'
import { project } from '../../lab/layout.ts'
import { asRoot } from '../lab/harness.ts'

/** Small disks of their own below what papergen writes, so that one can be full while the host lives on. */

const folders: Readonly<Record<HostName, readonly string[]>> = {
  gpu: [`${project}/state`, '/var/lib/papergen'],
  edge: ['/etc/nginx/snippets/learn-papers', '/var/lib/papergen'],
}

export const mountSmall = (host: HostName): Promise<unknown> =>
  eachFolder(
    host,
    `cp -aT "$folder" /root/small.was
     mount -t tmpfs -o size=1m,nr_inodes=2000,mode=$(stat -c %a "$folder"),uid=$(stat -c %u "$folder"),gid=$(stat -c %g "$folder") tmpfs "$folder"
     cp -aT /root/small.was "$folder"`,
  )

export const unmountSmall = (host: HostName): Promise<unknown> =>
  eachFolder(
    host,
    `cp -aT "$folder" /root/small.was
     umount -l "$folder"
     find "$folder" -mindepth 1 -delete
     cp -aT /root/small.was "$folder"`,
  )

/** Not a byte is left; answers how full it is. */
export const fill = async (host: HostName): Promise<string> => {
  const script = `cat /dev/zero >"$folder/.filler" 2>/dev/null || true; df --output=pcent "$folder" | tail -n 1`
  return `the disk of ${host} is full: ${(await eachFolder(host, script)).replaceAll(/\s+/g, ' ').trim()}`
}

export const empty = async (host: HostName): Promise<void> => void (await eachFolder(host, 'rm -f "$folder/.filler"'))

const eachFolder = (host: HostName, script: string): Promise<string> =>
  asRoot(host, [
    ...['sh', '-eu', '-c'],
    `for folder in "$@"; do rm -rf /root/small.was; ${script}; done; rm -rf /root/small.was`,
    ...['-', ...folders[host]],
  ])
