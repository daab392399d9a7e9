import { globSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { cgroupsOf } from '../../lab/boot.ts'
import { hosts, layoutAt, project, site } from '../../lab/layout.ts'
import { namespaces, processesInside } from '../../lab/network.ts'
import { mountsBelow } from '../../lab/root.ts'
import { attempt } from '../../lab/run.ts'
import { down, up } from '../../lab/up.ts'
import { unitOfCgroup } from '../../src/core/cgroup.ts'
import type { Command } from '../../src/core/command.ts'
import { appsQuery, gpuQuery, isStandIn, parseDevices, parseProcesses, unknownField } from '../../src/core/nvidia.ts'
import {
  asRoot,
  cutLink,
  diffTrees,
  fetchThroughEdge,
  inHost,
  knockThroughEdge,
  labHosts,
  labPossible,
  openBrowser,
  ptyInGpu,
  restoreLink,
  startInHost,
  tree,
  visit,
  writeNotebook,
} from './harness.ts'

const strict = ['-o', 'BatchMode=yes', '-o', 'StrictHostKeyChecking=yes', '-o', 'ConnectTimeout=3']

describe.skipIf(!labPossible().possible)('the lab', () => {
  test.each(['gpu', 'edge'] as const)('%s is a running Debian machine with its own name and address', async host => {
    expect(await asRoot(host, ['systemctl', 'is-system-running'])).toBe('running\n')
    expect((await inHost(host, ['hostname'])).stdout).toBe(`${hosts[host].name}\n`)
    expect((await inHost(host, ['ip', '-brief', 'address'])).stdout).toContain(`${hosts[host].address}/24`)
    expect((await inHost(host, ['ip', 'route'])).stdout).not.toContain('default')
  })

  test('the operator reaches the edge by ssh with strict host key checking, and has no rights there', async () => {
    expect(await inHost('gpu', ['ssh', ...strict, hosts.edge.address, 'id', '-un'])).toEqual({
      ...{ code: 0, stdout: 'son\n', stderr: '' },
    })
    const privileged = await inHost('gpu', ['ssh', ...strict, hosts.edge.address, 'sudo', '-n', 'true'])
    expect(privileged).toMatchObject({ code: 1, stderr: expect.stringContaining('a password is required') })
  })

  test("the edge's certificate is valid for the site by the lab's CA, and by no other", async () => {
    expect(await fetchThroughEdge('/')).toMatchObject({ status: 200, body: expect.stringContaining('<h1>Learn</h1>') })
    const stranger = await inHost('gpu', ['curl', '-sS', '-m', '5', `https://${site}/`])
    expect(stranger).toMatchObject({ code: 60, stderr: expect.stringContaining('unable to get local issuer') })
  })

  test('a browser without the CA is refused: nothing waives the certificate', async () => {
    const browser = await openBrowser({ trustsLab: false })
    const page = await browser.newPage()
    await expect(page.goto(`https://${site}/`)).rejects.toThrow('ERR_CERT_AUTHORITY_INVALID')
    await browser.close()
  })

  test('a command past its timeout is ended inside the host', async () => {
    expect(await inHost('gpu', ['sleep', '987'], { timeout: 300 })).toMatchObject({ code: 124 })
    expect((await inHost('gpu', ['pgrep', '-x', '-f', 'sleep 987'])).code).toBe(1)
  })

  test('what is written to a command arrives, and its streams stay apart', async () => {
    const both = await inHost('edge', ['sh', '-c', 'cat; echo problem >&2; exit 7'], { stdin: 'ünïcode\n' })
    expect(both).toEqual({ code: 7, stdout: 'ünïcode\n', stderr: 'problem\n' })
  })

  test('a signal reaches the program in the host, and its end comes back', async () => {
    const trapping = startInHost('gpu', [
      'bash',
      '-c',
      'trap "echo bye; exit 5" TERM; echo ready; while :; do read -t 60; done',
    ])
    await new Promise(resolve => trapping.child.stdout!.once('data', resolve))
    trapping.signal('SIGTERM')
    expect(await trapping.ended).toEqual({ code: 5, stdout: 'ready\nbye\n', stderr: '' })
  })

  test('a terminal in the GPU host is a real one, the operator sits at it, and Ctrl-C and a new size arrive', async () => {
    const traps = "trap 'stty size' WINCH; trap 'echo interrupted; exit 6' INT"
    const script = `${traps}; stty size; id -un; tty; tput colors; while :; do read -t 60; done`
    const pty = ptyInGpu(['bash', '-c', script], { cols: 91, rows: 31 })
    let screen = ''
    pty.onData(text => {
      screen += text
    })
    const ended = new Promise<number>(resolve => pty.onExit(({ exitCode }) => resolve(exitCode)))
    await expect.poll(() => screen).toMatch(/^31 91\r\nson\r\n\/dev\/pts\/\d+\r\n256\r\n$/)
    pty.resize(70, 20)
    await expect.poll(() => screen).toMatch(/\r\n20 70\r\n$/)
    pty.write('\x03')
    expect(await ended).toBe(6)
    expect(screen).toMatch(/interrupted\r\n$/)
  })

  describe('with a marimo unit written by hand', () => {
    afterEach(async () => {
      await asRoot('gpu', [
        'sh',
        '-c',
        'systemctl stop papergen-x; rm -f /etc/systemd/system/papergen-x.service "$0"',
        `${project}/papers/x.py`,
      ])
      const rmdir = 'rmdir --ignore-fail-on-non-empty /etc/nginx/snippets/learn-papers'
      await asRoot('edge', ['sh', '-c', `rm -f /etc/nginx/snippets/learn-papers/x.conf; ${rmdir}`])
      await asRoot('edge', ['systemctl', 'reload', 'nginx'])
    })

    test('it answers through the edge, the stand-in charges its process, a browser opens it, a cut link is an outage', async () => {
      await publishByHand()
      expect(await fetchThroughEdge('/thesis/x/health')).toMatchObject({ status: 200, body: '{"status":"healthy"}' })

      const pid = (await asRoot('gpu', ['systemctl', 'show', '--value', '-p', 'MainPID', 'papergen-x'])).trim()
      const query = ['nvidia-smi', '--query-compute-apps=pid,used_gpu_memory', '--format=csv,noheader,nounits']
      expect((await inHost('gpu', query)).stdout).toBe(`${pid}, 4321\n`)
      const apps = parseProcesses((await inHost('gpu', appsQuery('nvidia-smi').argv)).stdout)
      expect(apps.processes).toMatchObject([{ pid: Number(pid), mib: 4321, name: expect.stringContaining(project) }])
      const cgroup = await asRoot('gpu', ['cat', `/proc/${pid}/cgroup`])
      expect(unitOfCgroup(cgroup)).toBe('papergen-x.service')
      const memory = ['nvidia-smi', '--query-gpu=memory.total,memory.used', '--format=csv,noheader,nounits']
      expect((await inHost('gpu', memory)).stdout).toBe('97887, 4321\n')

      const seen = await visit(`https://${site}/thesis/x/`, async (page, response) => {
        await page.getByText('The answer is 42').waitFor({ timeout: 60_000 })
        return { status: response?.status(), secure: (await response?.securityDetails())?.issuer }
      })
      expect(seen).toEqual({ status: 200, secure: 'papergen lab intermediate' })

      const knocks = knockThroughEdge('/thesis/x/health', 50)
      await knocks.answered
      cutLink('gpu')
      try {
        expect((await fetchThroughEdge('/thesis/x/health')).status).not.toBe(200)
      } finally {
        restoreLink('gpu')
      }
      await expect.poll(async () => (await fetchThroughEdge('/thesis/x/health')).status, { timeout: 20_000 }).toBe(200)
      const statuses = (await knocks.stop()).map(knock => knock.status)
      expect([statuses[0], statuses.at(-1), statuses.some(status => status !== 200)]).toEqual([200, 200, true])
    })
  })

  test('cutting the edge off ends ssh from the GPU host; the cable back mends it', async () => {
    cutLink('edge')
    try {
      expect((await inHost('gpu', ['ssh', ...strict, hosts.edge.address, 'true'])).code).toBe(255)
      expect((await fetchThroughEdge('/')).status).toBe(0)
    } finally {
      restoreLink('edge')
    }
    const code = async () => (await inHost('gpu', ['ssh', ...strict, hosts.edge.address, 'true'])).code
    await expect.poll(code, { timeout: 30_000 }).toBe(0)
    expect((await fetchThroughEdge('/')).status).toBe(200)
  })

  test('nvidia-smi names itself a stand-in in every form, and refuses an unknown field as the real one does', async () => {
    for (const argv of [['--version'], ['-L'], ['--papergen-stand-in'], ['-q', '-x']])
      expect((await inHost('gpu', ['nvidia-smi', ...argv])).stdout).toMatch(/stand-in/)
    const name = await inHost('gpu', ['nvidia-smi', '--query-gpu=name', '--format=csv,noheader'])
    expect(name).toMatchObject({ code: 0, stdout: 'NVIDIA RTX PRO 6000 (stand-in)\n' })
    const wrong = await inHost('gpu', ['nvidia-smi', '--query-gpu=name,colour', '--format=csv,noheader,nounits'])
    expect(wrong).toMatchObject({ code: 2, stdout: 'Field "colour" is not a valid field to query.\n\n', stderr: '' })
  })

  test('papergen reads the stand-in as it would the real one, and knows it for a stand-in', async () => {
    const ask = (query: Command) => inHost('gpu', query.argv)
    const { devices, driver, complaint } = parseDevices((await ask(gpuQuery('nvidia-smi'))).stdout)
    expect(devices).toMatchObject([{ index: 0, totalMib: 97887, usedMib: 0, utilization: 0, note: null }])
    expect({ standIn: isStandIn(devices), driver, complaint }).toEqual({
      ...{ standIn: true, driver: '590.48.01', complaint: null },
    })
    expect(await ask(appsQuery('nvidia-smi'))).toEqual({ code: 0, stdout: '', stderr: '' })
    const { stdout } = await ask(gpuQuery('nvidia-smi', ['index', 'colour', 'name']))
    expect(unknownField(stdout)).toBe('colour')
  })

  test('a tree sees every file, and every way in which one can differ', async () => {
    const before = tree('gpu')
    expect(before.size).toBeGreaterThan(500)
    expect(before.get(`${project}/.venv/bin/marimo`)).toMatch(/ file 0755 1000:1000 [0-9a-f]{64}$/)
    const at = `${project}/papers`
    const change = `cd ${at} && printf a >new && printf a >mode && printf a >text && printf a >gone && ln -s a link`
    await inHost('gpu', ['sh', '-c', change])
    const middle = tree('gpu')
    await inHost('gpu', ['sh', '-c', `cd ${at} && chmod 600 mode && printf b >text && rm gone && ln -sfn b link`])
    expect(diffTrees(middle, tree('gpu')).map(({ path, change }) => `${change} ${path.slice(at.length + 1)}`)).toEqual([
      ...['removed gone', 'changed link', 'changed mode', 'changed text'],
    ])
    expect(diffTrees(before, tree('gpu', { except: [/\/papers(\/|$)/] })).map(({ path }) => path)).toEqual([at])
    await inHost('gpu', ['sh', '-c', `rm -f ${at}/new ${at}/mode ${at}/text ${at}/link`])
    expect(diffTrees(before, tree('gpu'))).toEqual([])
  })

  test('a second lab lives beside the first, and down leaves nothing of it', async () => {
    const folder = mkdtempSync(`${labHosts().layout.root}/second-`)
    const layout = layoutAt(folder, labHosts().layout.base)
    const before = machine()
    try {
      const second = await up(layout, { setup: false })
      expect(namespaces()).toContain(layout.netns('gpu'))
      expect(mountsBelow(folder)).toHaveLength(2)
      expect(processesInside(layout).length).toBeGreaterThan(10)
      expect((await up(layout, { setup: false })).booted).toEqual(second.booted)
      // The maker crashed: no record is left, everything else is.
      rmSync(layout.state)
      await down(layout)
      expect(machine()).toEqual(before)
      expect(readdirSync(folder)).toEqual(['lock'])
      expect(['gpu', 'edge'].flatMap(host => cgroupsOf(layout, host as 'gpu'))).toEqual([])
      await down(layout)
    } finally {
      await down(layout)
      rmSync(folder, { recursive: true, force: true })
    }
    expect((await inHost('gpu', ['ssh', ...strict, hosts.edge.address, 'true'])).code).toBe(0)
  })
})

const publishByHand = async (): Promise<void> => {
  writeNotebook('x.py', notebook)
  await asRoot('gpu', ['tee', '/etc/systemd/system/papergen-x.service'], { stdin: unit })
  await asRoot('gpu', ['systemctl', 'start', 'papergen-x'])
  await asRoot('edge', ['mkdir', '-p', '/etc/nginx/snippets/learn-papers'])
  await asRoot('edge', ['tee', '/etc/nginx/snippets/learn-papers/x.conf'], { stdin: snippet })
  await asRoot('edge', ['sh', '-c', 'nginx -t -q && systemctl reload nginx'])
  await expect.poll(async () => (await fetchThroughEdge('/thesis/x/health')).status, { timeout: 60_000 }).toBe(200)
}

/** What a left-over could be seen in: namespaces, mounts, /etc/netns, addresses, and processes other than the kernel's and the tests' own. */
const machine = () => ({
  namespaces: namespaces().sort(),
  mounts: readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map(line => line.split(' ')[4])
    .sort(),
  names: globSync('/etc/netns/*').sort(),
  links: attempt(['ip', '-o', 'link'])
    .stdout.split('\n')
    .map(line => line.split(': ')[1]),
  containers: attempt(['pgrep', '-c', '-x', 'systemd-nspawn', '-r', 'S,R,D']).stdout,
  locks: globSync('/run/systemd/nspawn/{locks,propagate}/*').length,
})

const notebook = `import marimo

app = marimo.App()


@app.cell
def _():
    import marimo as mo

    mo.md(f"The answer is {6 * 7}")
    return


if __name__ == "__main__":
    app.run()
`

const unit = `[Service]
Type=exec
User=son
WorkingDirectory=${project}
Environment=PYTHONUNBUFFERED=1 PAPERGEN_LAB_GPU_MIB=4321
ExecStart=${join(project, '.venv/bin/marimo')} run papers/x.py --headless --no-sandbox --host ${hosts.gpu.address} --port 27500 --base-url /thesis/x
`

const snippet = `location ^~ /thesis/x/ {
    proxy_pass http://${hosts.gpu.address}:27500;
    proxy_http_version 1.1;
    proxy_set_header Host $host;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection "upgrade";
    proxy_connect_timeout 2s;
}
`
