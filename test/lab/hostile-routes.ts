import { readFileSync } from 'node:fs'
import { directivesOf, meantOf, type Route, textsOf } from '../hostile/configs.ts'
import { asRoot, inHost } from './harness.ts'
import { place } from './hostile-place.ts'

/** Routes in an nginx of their own on the edge: each in a server of its own, with a marker and a page of its own. */
export const tryRoutes = (name: string, routes: readonly Route[]) => {
  const folder = `root/${name}`
  const conf = `/root/${name}.nginx`
  const files = new Map(
    routes.flatMap((route, at) => Object.entries(textsOf(route)).map(([file, text]) => [`${at}/${file}`, text])),
  )
  const inNginx = (argv: readonly string[], stdin = '') => inHost('edge', argv, { user: 'root', stdin, timeout: 120_000 }) // biome-ignore format: one call
  return {
    files,
    place: (): void => {
      for (const [file, text] of files)
        place('edge', `${folder}/${file.split('/')[0]}`, { [file.split('/')[1]!]: text })
      place('edge', 'root', { [`${name}.nginx`]: nginxConf(folder, routes.length) })
    },
    /** `nginx -t`: code and words. */
    test: () => inNginx(['nginx', '-t', '-q', '-c', conf]),
    /** Routes of which nginx read other directives than were meant. */
    astray: async (): Promise<readonly number[]> => {
      const read = filesIn(await asRoot('edge', ['nginx', '-T', '-q', '-c', conf]), `/${folder}/`)
      return routes.flatMap((route, at) => (sameWords(textsOfRoute(read, at), meantOf(route)) ? [] : [at]))
    },
    /** What it answers to each of these addresses (`http://r3.test:4/path`): the status and where it sends the visitor. */
    answers: async (urls: readonly string[]): Promise<readonly string[]> => {
      const options = ['silent', 'globoff', 'path-as-is', 'connect-to = "::127.0.0.1:4"', 'write-out = "%{http_code} %{redirect_url}\\n"'] // biome-ignore format: one list
      const asked = [...options, ...urls.flatMap(url => [`url = "${url}"`, 'output = "/dev/null"'])].join('\n')
      // In one command: nginx keeps the streams of whoever started it.
      const script = `nginx -c ${conf} && { curl -K -; nginx -c ${conf} -s stop; }`
      return (await inNginx(['sh', '-c', script], asked)).stdout.trimEnd().split('\n').map(line => line.trimEnd()) // biome-ignore format: one chain
    },
  }
}

const http = readFileSync(new URL('../../share/http.conf', import.meta.url), 'utf8')

const nginxConf = (folder: string, count: number): string => `events {}
pid /${folder}.pid;
http {
${http}
server_names_hash_max_size 65536;
${Array.from({ length: count }, (_, at) => `server { listen 127.0.0.1:4; server_name r${at}.test; root /nowhere; include /${folder}/${at}/*.conf; }`).join('\n')}
}
`

/** The files below a folder as `nginx -T` shows that it read them. */
const filesIn = (dump: string, folder: string): ReadonlyMap<string, string> => {
  const parts = dump.split(/^# configuration file (.*):\n/m).slice(1)
  return new Map(parts.flatMap((name, at) => (at % 2 === 0 && name.startsWith(folder) ? [[name.slice(folder.length), parts[at + 1]!.replace(/\n$/, '')] as const] : []))) // biome-ignore format: one map
}

const textsOfRoute = (files: ReadonlyMap<string, string>, at: number): readonly string[] =>
  [...files].filter(([name]) => name.startsWith(`${at}/`)).map(([, text]) => text)

/** The order of the files is nginx's. */
const sameWords = (texts: readonly string[], meant: readonly string[]): boolean => {
  try {
    return JSON.stringify(directivesOf(texts).toSorted()) === JSON.stringify(meant.toSorted())
  } catch {
    return false
  }
}
