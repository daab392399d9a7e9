import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { beginOf, runSetup, serveArgv } from './entry-hosts.ts'
import { asRoot, inHost, labPossible, startInHost } from './harness.ts'

const folder = '/etc/nginx/snippets/learn-papers'
const releases = '/home/son/prj/thesis/state/releases'
const root = (host: 'gpu' | 'edge', script: string) => asRoot(host, ['sh', '-euc', script])
const begin = (id: string) => Object.values(beginOf('publish', id)).join(' ')
const serve = serveArgv('edge').join(' ')
const holder = async (host: 'gpu' | 'edge') =>
  (await inHost(host, serveArgv(host), { stdin: '1 holder\n' })).stdout.split('\n')[1]

/** What somebody who may start the entry points can do with the processes that he starts them from. */
describe.skipIf(!labPossible().possible)('whoever starts the entry points', () => {
  beforeAll(async () => {
    expect(await runSetup('edge')).toMatchObject({ code: 0 })
    expect(await runSetup('gpu')).toMatchObject({ code: 0 })
    // A manager of his own, whose control groups are his to freeze.
    await root(
      'edge',
      'loginctl enable-linger son; timeout 20 sh -c "until [ -S /run/user/1000/bus ]; do sleep 0.1; done"',
    )
  })
  afterAll(() => root('edge', 'loginctl disable-linger son'))

  test('loses the lock and the unconfirmed route with many small answers that he does not read', async () => {
    const stuck = startInHost('edge', serveArgv('edge'))
    stuck.child.stdout!.pause()
    stuck.child.stdin!.write(`1 begin ${begin('beta')}\n2 route-set beta 27001\n${'3 hello\n'.repeat(500)}`)
    await root('edge', `timeout 30 sh -c 'until [ -e ${folder}/beta.conf ]; do sleep 0.1; done'`)
    await root('edge', `timeout 50 sh -c 'while [ -e ${folder}/beta.conf ]; do sleep 0.2; done'`)
    expect(await holder('edge')).toBe('')
    stuck.child.stdin!.end()
    stuck.child.stdout!.resume()
    await stuck.ended
  })

  test('cannot freeze them, nor keep the lock and an unconfirmed route longer than he may be silent', async () => {
    const group =
      '/sys/fs/cgroup$(test -d /sys/fs/cgroup/unified && echo /unified)$(sed -n "s/^0:://p" /proc/self/cgroup)'
    const script = `cd "${group}"; mkfifo /run/user/1000/in
      ${serve} </run/user/1000/in >/run/user/1000/out & exec 7>/run/user/1000/in
      printf '1 begin ${begin('beta')}\\n2 route-set beta 27001\\n' >&7
      until grep -q '^2 ok' /run/user/1000/out; do sleep 0.1; done
      mkdir frozen; for each in $(cat cgroup.procs); do [ $each = $$ ] || echo $each >frozen/cgroup.procs || :; done
      echo 1 >frozen/cgroup.freeze; exec 7>&-; timeout 60 sh -c 'while [ -e ${folder}/beta.conf ]; do sleep 0.2; done'
      rm /run/user/1000/in /run/user/1000/out; echo 1 >frozen/cgroup.kill`
    const scope = ['systemd-run', '--user', '--scope', '--quiet', 'bash', '-c', script]
    expect(await inHost('edge', scope, { timeout: 120_000 })).toMatchObject({ code: 0 })
    expect(await holder('edge')).toBe('')
    expect(await root('edge', `ls ${folder}`)).not.toContain('beta')
  })

  test.each(['edge', 'gpu'] as const)(
    'cannot have the %s host read where no wait has an end: a file, a device, a terminal',
    async host => {
      const from = async (line: string) => {
        const said = await inHost(host, ['sh', '-c', line], { timeout: 20_000 })
        return [said.code, said.stdout + said.stderr]
      }
      const [program, refused] = [serveArgv(host).join(' '), expect.stringContaining('through a pipe or a socket')]
      const zeros = `printf '1 begin ${begin('beta')}\\n' >/tmp/zeros; truncate -s 1T /tmp/zeros; ${program} </tmp/zeros`
      expect(await from(zeros)).toEqual([78, refused])
      expect(await from(`rm /tmp/zeros; ${program} </dev/zero`)).toEqual([78, refused])
      expect(await from(`script -qec '${program}' /dev/null`)).toEqual([78, refused])
      expect(await holder(host)).toBe('')
    },
  )

  test.each(['edge', 'gpu'] as const)(
    'leaves none of his own limits, signals, terminal and pipe on the %s host',
    async host => {
      const program = `/usr/local/libexec/papergen-${host}`
      const script = `trap '' TERM QUIT XFSZ; ulimit -c unlimited; ulimit -f 7; ulimit -n 33; ulimit -v 900000; umask 077; cd /tmp
      { echo '1 begin ${begin('beta')}'; sleep 4; } | nice sudo -n ${program} serve >/dev/null`
      const his = startInHost(host, ['script', '-qec', 'bash -c "$HIS"', '/dev/null'], { env: { HIS: script } })
      const look = `pid=$(timeout 10 sh -c 'until pgrep -of "^/bin/bash -p ${program} serve apart"; do sleep 0.1; done' | tail -n 1)
      cat /proc/$pid/limits | grep -E 'file size|address space|open files'; cut -d' ' -f7,19 /proc/$pid/stat
      his=$(pgrep -of '^sudo -n ${program}') given=$(pgrep -of '^systemd-run .*papergen-${host}')
      relay=$(pgrep -of '^bash --norc -pc .*papergen-${host}'); echo "relay $(readlink /proc/$relay/cwd) $(grep 'core file' /proc/$relay/limits)"
      for each in 0 1 2; do echo "$each: $(readlink /proc/$his/fd/$each) $(readlink /proc/$given/fd/$each) $(readlink /proc/$pid/fd/$each)"; done
      grep -E '^SigIgn' /proc/$pid/status; readlink /proc/$pid/cwd; grep -c 'system.slice/run-' /proc/$pid/cgroup`
      const seen = (await root(host, look)).replace(/ +/g, ' ')
      his.child.stdin!.end()
      await his.ended
      expect(seen).toMatch(/Max file size unlimited unlimited/)
      expect(seen).toMatch(/Max address space unlimited unlimited/)
      expect(seen).not.toMatch(/Max open files 33 /)
      expect(seen).toMatch(/^relay \/ Max core file size 0 0 /m)
      // He could take the bytes from a pipe that both read; and systemd, which closes what it hands on, would wait at a file of his.
      const [read = [], written = [], said = []] = [0, 1, 2].map(each =>
        new RegExp(`^${each}: (.*)$`, 'm').exec(seen)?.[1]?.split(' '),
      )
      for (const [his, given] of [read, written, said])
        expect([his === given, given]).toEqual([false, expect.stringMatching(/^pipe:/)])
      expect([read[1] === read[2], written[1] === written[2], said[2]]).toEqual([true, true, '/dev/null'])
      // No terminal, no nice; neither TERM (bit 14) nor XFSZ (bit 24) is ignored.
      expect(seen).toMatch(/^0 0$/m)
      const ignored = BigInt(`0x${/SigIgn:\s*([0-9a-f]+)/.exec(seen)![1]}`)
      expect([ignored & (1n << 14n), ignored & (1n << 24n)]).toEqual([0n, 0n])
      expect(seen).toMatch(/^\/$/m)
      expect(seen).toMatch(/^[1-9]\d*\n$/m)
    },
  )

  test.each(['edge', 'gpu'] as const)(
    "has none of root's own start-up files read on the %s host, at a socket as well",
    async host => {
      await root(host, "cp -p /root/.bashrc /root/kept; echo 'echo read >>/root/read' >>/root/.bashrc")
      const ask = `import socket, subprocess
ours, his = socket.socketpair()
program = subprocess.Popen(${JSON.stringify(serveArgv(host))}, stdin=his, stdout=subprocess.PIPE)
his.close(); ours.sendall(b'1 ping\\n'); ours.shutdown(socket.SHUT_WR)
print(program.stdout.read(), program.wait(30))`
      const { stdout } = await inHost(host, ['python3', '-c', ask], { timeout: 40_000 })
      expect(await root(host, 'mv /root/kept /root/.bashrc; cat /root/read 2>/dev/null || true')).toBe('')
      expect(stdout).toBe("b'1 ok 0\\n' 0\n")
    },
  )

  test('cannot take a pipe that root waits at from what runs as him', async () => {
    const thief = `import ctypes, fcntl, os, signal, subprocess, time
note = '${releases}/held/0123456789abcdef/.papergen'
signal.signal(signal.SIGIO, signal.SIG_IGN)
# A lease makes whoever opens the file wait, so that there is time.
lease = os.open(note, os.O_RDWR); fcntl.fcntl(lease, fcntl.F_SETLEASE, fcntl.F_WRLCK)
program = subprocess.Popen(${JSON.stringify(serveArgv('gpu'))}, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
program.stdin.write(b'1 begin ${begin('held')}\\n2 unit-write held 27000 0123456789abcdef\\n'); program.stdin.close()
def victim():
    for each in filter(str.isdigit, os.listdir('/proc')):
        try:
            if os.stat('/proc/' + each).st_uid == os.getuid() and open('/proc/' + each + '/cmdline', 'rb').read().startswith(b'head\\0-c'): return int(each)
        except OSError: pass
began = time.time()
while not (pid := victim()): assert time.time() - began < 20
stolen = ctypes.CDLL(None).syscall(438, os.pidfd_open(pid), 1, 0)
assert stolen >= 0
print(program.stdout.read(), program.wait(30))`
    await inHost('gpu', [
      'sh',
      '-euc',
      `mkdir -p ${releases}/held/0123456789abcdef; cd ${releases}/held/0123456789abcdef; echo 'file a.py' >.papergen`,
    ])
    const { code, stdout } = await inHost('gpu', ['python3', '-c', thief], { timeout: 40_000 })
    await asRoot('gpu', ['rm', '-r', `${releases}/held`])
    expect([code, stdout]).toEqual([0, expect.stringContaining('could not be read within 5 s')])
    expect(await holder('gpu')).toBe('')
  })

  test('cannot make a confirmed operation forgotten while its journal is there', async () => {
    const [path, op] = ['/var/lib/papergen/edge', beginOf('unpublish', 'beta').op]
    // As a program leaves it that is killed between its commit and the end of its journal.
    const half = `mkdir -p ${path}/undo ${path}/confirmed; printf '%s unpublish beta 2026-11-23T07:00:00Z' ${op} >${path}/undo/operation; touch ${path}/undo/route.beta.none ${path}/confirmed/${op}`
    await root('edge', half)
    const forget = `source /usr/local/libexec/papergen-edge; role=edge; where_am_i; read_policy; forget ${op}`
    await asRoot('edge', ['bash', '-pc', forget])
    expect(await root('edge', `ls ${path}/confirmed`)).toBe(`${op}\n`)
    await root('edge', `rm -r ${path}/undo ${path}/confirmed`)
  })
})
