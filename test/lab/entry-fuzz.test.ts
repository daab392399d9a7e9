import { beforeAll, describe, expect, test } from 'vitest'
import type { HostName } from '../../lab/layout.ts'
import { plant, secretsOf, strangers } from './entry-fuzz-hosts.ts'
import { hostile, type Random, seeded, session } from './entry-fuzz-requests.ts'
import { runSetup, serveArgv } from './entry-hosts.ts'
import { asRoot, diffTrees, inHost, labPossible, tree } from './harness.ts'
import { expectPapergen, statusOf } from './operator.ts'
import { wholeHost } from './whole-host.ts'

/** Answered requests a program. PAPERGEN_FUZZ_REQUESTS=2000 is a long run; PAPERGEN_FUZZ_SEED repeats one. */
const wanted = Number(process.env.PAPERGEN_FUZZ_REQUESTS ?? 600)
const seed = Number(process.env.PAPERGEN_FUZZ_SEED ?? Date.now() % 1e9)
const [perSession, atOnce, perBatch] = [30, 3, 12]

/** All that may be different afterwards; its content is looked at by `strangers` and `listed`. */
const ours: Readonly<Record<HostName, readonly RegExp[]>> = {
  edge: [
    /^\/etc\/nginx\/snippets\/learn-papers\/([a-z0-9][a-z0-9-]*|_generation)\.conf$/,
    /^\/var\/www\/learn\.ericfromkorea\.com\/thesis\/index\.html$/,
    /^\/var\/lib\/papergen\/edge\//,
  ],
  gpu: [
    /^\/etc\/systemd\/system\/(multi-user\.target\.wants\/)?papergen-[a-z0-9-]+\.service$/,
    /^\/var\/lib\/papergen\/gpu\//,
  ],
}

/** Where the key's holder comes in from the GPU host, and what is set up before: sudo is his only after that. */
const doors = [
  ["the edge by papergen's own account", 'edge', 'papergen@192.168.1.121', () => setupAccount()],
  ["the edge by the operator's login", 'edge', 'son@192.168.1.121', () => runSetup('edge')],
  ["the GPU host by the operator's login", 'gpu', 'son@192.168.1.116', async () => {}],
] as const

/** The attacker who holds the operator's key: any bytes, to both programs, over ssh and through sudo. */
describe.skipIf(!labPossible().possible)(`any bytes to the entry points, seed ${seed}`, () => {
  beforeAll(async () => {
    expect(await runSetup('edge')).toMatchObject({ code: 0 })
    expect(await runSetup('gpu')).toMatchObject({ code: 0 })
    await plant()
    for (const host of ['edge', 'gpu'] as const) await inHost(host, serveArgv(host), { stdin: '1 pending\n' })
  })

  test.each(doors)(
    'through %s nothing else is written, read or left running',
    { timeout: 60_000 + wanted * 1000 },
    async (_, host, login, open) => {
      await open()
      // Other bytes at each door, or the second would only say again what the first has done.
      const random = seeded(seed + login.length + host.length)
      const [secrets, kept] = [await secretsOf(host), tree(host)]
      const before = { whole: wholeHost(host, ours[host]), rest: await rest(host) }
      const [kinds, written]: [string[], Set<string>] = [[], new Set()]
      const enough = host === 'edge' ? wanted / 2 : wanted
      // Not before some got as far as a route or a unit, or nothing was tried; only a fault keeps them all from it.
      while (kinds.length < enough || (written.size < 2 && kinds.length < 5 * enough)) {
        kinds.push(...(await batch(host, login, random, secrets)))
        if (login.startsWith('papergen@')) await otherCommands(login, random)
        expect(await strangers[host]()).toEqual([])
        expect(await rest(host)).toBe(before.rest)
        expect(diffTrees(before.whole, wholeHost(host, ours[host]))).toEqual([])
        if (host === 'edge') await onlyPapers()
        for (const [path, line] of tree(host))
          if (ours[host][0]!.test(path) && line !== kept.get(path)) written.add(path)
      }
      expect(written.size).toBeGreaterThan(1)
      expect(kinds).toEqual(expect.arrayContaining(['ok', 'no bad-request', 'no no-lock', 'no busy']))
    },
  )

  test('a file that came or changed anywhere would be seen', async () => {
    const before = wholeHost('edge', ours.edge)
    const places = ['/var/spool/cron/crontabs/son', '/home/son/.ssh/rc', '/root/x', '/run/x', '/tmp/x', '/etc/systemd/system/x.service', '/var/lib/x', '/opt/x'] // biome-ignore format: one list
    await asRoot('edge', ['sh', '-euc', 'for each; do mkdir -p "$(dirname "$each")"; : >"$each"; done; echo >>/etc/passwd', '-', ...places]) // biome-ignore format: one command
    const seen = diffTrees(before, wholeHost('edge', ours.edge)).map(({ path }) => path.replace('in memory: ', ''))
    expect(seen).toEqual(expect.arrayContaining([...places, '/etc/passwd']))
    await asRoot('edge', ['sh', '-euc', 'rm -- "$@"; sed -i "$ d" /etc/passwd', '-', ...places])
  })

  test('papergen repairs what is left of it, and knows both hosts', async () => {
    await expectPapergen(0, 'repair', '--yes')
    for (const host of ['edge', 'gpu'] as const)
      expect(await inHost(host, serveArgv(host), { stdin: '1 pending\n2 holder\n' })).toMatchObject({
        stdout: '1 ok 0\n2 ok 0\n',
      })
    expect((await statusOf()).unfinished).toEqual([])
  })
})

const setupAccount = async (): Promise<void> => {
  const { stdout: script } = await expectPapergen(0, 'setup', 'edge', '--account', 'papergen')
  await asRoot('edge', ['bash', '-s'], { stdin: script })
}

/** Ends with `--`: ssh takes a word with a dash for an option of its own, behind the host as well. */
const ssh = ['ssh', '-o', 'BatchMode=yes', '-o', 'LogLevel=ERROR', '-o', 'StrictHostKeyChecking=no', '-o', 'UserKnownHostsFile=/dev/null', '--'] // biome-ignore format: one command

/** Several connections, some of them at the same time; answers the kinds of their answers. */
const batch = async (host: HostName, login: string, random: Random, secrets: readonly string[]): Promise<string[]> => {
  const sessions = Array.from({ length: perBatch }, () => session(random, host, perSession))
  const argv = [...ssh, login, serveArgv(host).join(' ')]
  const said: string[] = []
  for (let at = 0; at < perBatch; at += atOnce)
    said.push(...(await Promise.all(sessions.slice(at, at + atOnce).map(bytes => answered(argv, bytes, secrets)))))
  // What changes again after its `confirm` and ends without `end` leaves its void journal, and the room kept for it, to the next.
  await answered(argv, Buffer.from('1 pending\n'), secrets)
  return said.flatMap(text => [...text.matchAll(/\d{1,9} (ok|no [a-z-]+) \d+$/gm)].map(([, kind]) => kind!))
}

/** One connection: it ends by itself, and says nothing that it should not know. */
const answered = async (argv: readonly string[], bytes: Buffer, secrets: readonly string[]): Promise<string> => {
  const { code, stdout, stderr } = await inHost('gpu', argv, { stdin: bytes, timeout: 120_000 })
  expect([code, secrets.filter(secret => stdout.includes(secret)), stderr]).toEqual([0, [], ''])
  expect(stdout).toMatch(/^(\d{1,9} (ok|no [a-z-]+) (\d+|stream)\n|$)/)
  // The routes as they were meanwhile: what is not confirmed is gone at the end.
  expect(astray(stdout)).toEqual([])
  return stdout
}

/** Any other words than the one command, and that with more around it. */
const otherCommands = async (login: string, random: Random): Promise<void> => {
  const serve = serveArgv('edge').join(' ')
  const lines = Array.from({ length: 4 }, () => {
    const word = hostile(random).replaceAll('\0', '')
    return [`${serve} ${word}.`, `${word}. ${serve}`, `${serve}\n${word}.`, `sudo -n cat ${word}.`][
      Math.floor(random() * 4)
    ]!
  })
  const ran = await Promise.all(lines.map(line => inHost('gpu', [...ssh, login, line], { stdin: '1 hello\n' })))
  expect(ran.map(({ code, stdout }) => [code, stdout])).toEqual(lines.map(() => [126, '']))
}

/** What a tree does not show: programs and their units that go on, and files in folders for passing things. */
const rest = (host: HostName): Promise<string> =>
  asRoot(host, [
    'sh',
    '-c',
    `timeout 20 sh -c "while pgrep -f '^/bin/bash -p /usr/local/libexec/papergen'; do sleep 0.2; done" >/dev/null
    systemctl list-units --all --plain --no-legend 'run-*.service'; ls -A /tmp /var/tmp /run/papergen /root /home/son; ls -A / /var/lib/papergen
    pgrep -u root -l -x 'tail|grep|cat|flock|curl|head|unshare|nft|systemctl' | cut -d' ' -f2; getent passwd | md5sum`,
  ])

/** Where nginx is led but to the one upstream and a port of the range. */
const astray = (text: string): string[] =>
  (text.match(/^\s*[a-z]+_pass .*$/gm) ?? []).filter(
    line => !/^\s*proxy_pass http:\/\/192\.168\.1\.116:27\d{3};$/.test(line),
  )

const onlyPapers = async (): Promise<void> => {
  const running = await asRoot('edge', ['nginx', '-T', '-q'])
  expect(astray(running)).toEqual([])
  const page = await asRoot('edge', [
    'sh',
    '-c',
    'cat /var/www/learn.ericfromkorea.com/thesis/index.html 2>/dev/null || :',
  ])
  const list = page.split('<!-- papergen:begin -->\n')[1]?.split('<!-- papergen:end -->')[0] ?? ''
  const foreign = list
    .split('\n')
    .filter(
      line =>
        !/^(<\/?ul( class="papers")?>|<p>No papers are published at the moment\.<\/p>|<li><a href="\/thesis\/[\w.-]+\/"><bdi>[^<>"]+<\/bdi><\/a><\/li>|)$/.test(
          line,
        ),
    )
  expect(foreign).toEqual([])
}
