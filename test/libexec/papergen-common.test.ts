import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readExposure } from '../../src/core/exposure.ts'
import { ownFolder } from '../services/folder.ts'

const root = new URL('../../', import.meta.url).pathname

/** The functions of papergen-gpu and what it shares, without the program. */
const inGpu = (script: string, input = '') =>
  spawnSync('bash', ['-pc', `source "$1"; ${script}`, '-', `${root}libexec/papergen-gpu`], { input, encoding: 'utf8' })

describe('what somebody else could change', () => {
  test('is told of each file, and of the folders above it, by its owner and mode', () => {
    const top = ownFolder()
    mkdirSync(`${top}/shut/open`, { recursive: true })
    for (const [path, mode] of [
      ['shut/a', 0o644],
      ['shut/b', 0o666],
      ['shut/c', 0o664],
      ['shut/open/d', 0o755],
    ] as const) {
      writeFileSync(`${top}/${path}`, '')
      chmodSync(`${top}/${path}`, mode)
    }
    chmodSync(`${top}/shut`, 0o755)
    chmodSync(`${top}/shut/open`, 0o2775)
    symlinkSync('b', `${top}/shut/link`)
    const paths = ['shut/a', 'shut/b', 'shut/c', 'shut/open/d', 'shut/link', 'shut/gone'].map(
      path => `${top}/${path}\n`,
    )
    const { loose } = readExposure(inGpu('loose', paths.join('')).stdout)
    const inside = loose
      .filter(({ path }) => path.startsWith(`${top}/`))
      .map(({ path, mode }) => [path.slice(top.length), mode])
    expect(inside.toSorted()).toEqual([
      ['/shut/b', '666'],
      ['/shut/c', '664'],
      ['/shut/link', '666'],
      ['/shut/open', '2775'],
    ])
  })
})

test('more paths than one command takes are all looked at', () => {
  const paths = Array.from({ length: 30_000 }, (_, at) => `/${'nowhere'.repeat(15)}${at}\n`)
  const told = readExposure(inGpu('loose', [...paths, '/usr/bin/env\n'].join('')).stdout)
  expect(told.lookedAt).toBe(3)
})

test('no key writes more units than there are ports', () => {
  const folder = ownFolder()
  const unit = (name: string, head: string) => writeFileSync(`${folder}/papergen-${name}.service`, `${head}\n[Unit]\n`)
  const isFull = () => inGpu(`policy[ports]='27000 27001'; is_full '${folder}' 'papergen-*.service'`).status === 0
  unit('a', '# papergen 1 a sha256:x')
  unit('of-older-code', '# mine')
  expect(isFull()).toBe(false)
  unit('a--next', '# papergen 1 a--next sha256:x')
  expect(isFull()).toBe(true)
})

describe('an undo that would take longer than anybody waits', () => {
  const journal = (files: number, script: string) => {
    const lib = ownFolder()
    mkdirSync(`${lib}/undo`)
    for (let at = 0; at < files; at++) writeFileSync(`${lib}/undo/unit.x${at}.none`, '')
    const scope = 'ctl() { return 1; }; changed_folder() { echo /nowhere; }; make_room() { :; }; sync() { :; }'
    return inGpu(`IFS= read -r lib; ${scope}; op=x number=1; named a; ${script}; ls "$lib/undo" | wc -l`, lib).stdout
  }

  test('is not begun: no operation remembers thousands of files', () => {
    expect(journal(998, 'remember_unit; echo $?')).toBe('0\n1000\n')
    expect(journal(1000, 'remember_unit; echo $?; remember unit.b /nowhere/b; echo $?')).toBe('1\n1\n1000\n')
  })

  test('is not made longer by units that never were', () => {
    expect(journal(0, 'refuse_foreign() { :; }; unit_remove')).toBe('1 ok 0\n0\n')
  })
})

test('the lock is free when it is released, whatever a child still has open', () => {
  const script = `IFS= read -r run; trap 'kill $!' EXIT
    grab; sleep 30 >/dev/null & flock -n "$run/lock" true; echo $?; release; flock -n "$run/lock" true; echo $?`
  expect(inGpu(script, ownFolder()).stdout).toBe('1\n0\n')
})

test('what a link leads to is looked at as well', () => {
  const top = ownFolder()
  mkdirSync(`${top}/there`)
  writeFileSync(`${top}/there/program`, '')
  chmodSync(`${top}/there`, 0o777)
  symlinkSync('there/program', `${top}/link`)
  const told = readExposure(inGpu('with_real | loose', `${top}/link\n`).stdout)
  expect(told.loose.map(({ path }) => path)).toContain(`${top}/there`)
})

describe.each(['papergen-gpu', 'papergen-edge'])('%s, before it has left whoever called it', program => {
  test('runs nothing of his: no tool on his PATH, no file of his folder', () => {
    const [folder, seen] = [ownFolder(), join(ownFolder(), 'seen')]
    for (const tool of ['readlink', 'dirname', 'env', 'bash', 'papergen-common.bash']) {
      writeFileSync(join(folder, tool), `#!/bin/sh\necho ${tool} >>${seen}\n`, { mode: 0o755 })
    }
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` }
    const { status, stderr } = spawnSync(`${root}libexec/${program}`, ['other'], { cwd: folder, env, encoding: 'utf8' })
    expect([status, stderr]).toEqual([78, `papergen: usage: ${program} serve\n`])
    expect(existsSync(seen)).toBe(false)
  })

  test('starts nothing whose end he could choose: what it does first has no child', () => {
    const lines = readFileSync(`${root}libexec/${program}`, 'utf8').split('\n')
    const head = lines
      .slice(0, lines.findIndex(line => line.startsWith('source ')) + 1)
      .filter(line => !line.startsWith('#'))
    const common = readFileSync(`${root}libexec/papergen-common.bash`, 'utf8')
    const main = /^main\(\) \{\n([\s\S]*?)\n {4}exec env -i /m.exec(common)?.[1] ?? '$('
    const top = common.slice(0, common.indexOf('\n# --- '))
    for (const part of [head.join('\n'), top, main]) expect(part).not.toMatch(/\$\((?!\()|`|[<>]\(/)
    expect(head).toHaveLength(2)
  })
})

test.skipIf(process.getuid?.() !== 0)(
  'what is read as the operator is read with his own group, whatever another is called',
  () => {
    // There is no group `nobody` on Debian, and where there is one it need not be his.
    const { stdout } = inGpu('policy[operator]=nobody; as_operator id -g; id -g nobody')
    const [as, his] = stdout.trim().split('\n')
    expect(as).toBe(his)
  },
)

test.skipIf(process.getuid?.() !== 0)('a folder that cannot be looked at is not safe', () => {
  const { stdout, status } = inGpu('stat() { :; }; rooted /usr')
  expect([status, stdout]).toEqual([1, 'cannot look at every folder above /usr'])
  expect(inGpu('rooted /usr').status).toBe(0)
})

describe('a disk that filled up after an operation began', () => {
  /** No file can be made beside the unit while the room is kept: `sync` is what every write ends in. */
  const full = (script: string) => {
    const home = ownFolder()
    const units = `${home}/.config/systemd/user`
    mkdirSync(units, { recursive: true })
    mkdirSync(`${home}/lib`)
    writeFileSync(`${units}/papergen-a.service`, 'former')
    const { stdout } = inGpu(
      `IFS= read -r -d '' input; HOME=$input lib=$input/lib policy[scope]=user op=x operation=update paper=a since=now
       named a; ctl() { :; }
       fill() { sync() { [[ $* != *.papergen.tmp || ! -e $(changed_folder)/.papergen.room ]]; }; }
       ${script}
       echo "$?" "$(cat "$path")" "$([[ -e $(changed_folder)/.papergen.room ]] && echo room)"; ls -A "$(changed_folder)"`,
      home,
    )
    return stdout
      .trim()
      .split('\n')
      .map(line => line.trim())
  }

  test.each([
    ['takes the new file all the same', 'remember_unit; fill; write "$path" new', '0 new'],
    ['takes the former one back', 'remember_unit; write "$path" new; fill; put_unit_back', '0 former'],
  ])('%s', (_, script, ended) => expect(full(script)[0]).toBe(ended))

  test('takes nothing where the room is gone', () => {
    expect(full('remember_unit; fill; in_room() { shift; "$@"; }; write "$path" new')[0]).toBe('1 former room')
  })

  test('nothing of it is left when the operation ends', () => {
    expect(full('remember_unit; write "$path" new; drop_journal')).toEqual(['0 new', 'papergen-a.service'])
  })

  test('nothing of it is left when the program ends before its operation did; one without a lock leaves it to who holds it', () => {
    expect(full('remember_unit; finish')).toEqual(['0 former', 'papergen-a.service'])
    expect(full("remember_unit; op=''; finish; true")[0]).toBe('0 former room')
  })

  test('an operation that finds no room changes nothing', () => {
    expect(full('head() { return 1; }; remember_unit; echo "$?" "$said"; true')).toEqual([
      expect.stringMatching(/^1 cannot write to .*systemd\/user$/),
      '0 former',
      'papergen-a.service',
    ])
  })
})

describe('whether a packet filter looks at what comes in', () => {
  const chain = (hook: string, ...rules: string[]) =>
    `table inet filter {\n\tchain one {\n\t\t${hook}\n${rules.map(rule => `\t\t${rule}\n`).join('')}\t}\n}\n`
  const input = 'type filter hook input priority filter; policy accept;'

  test.each([
    ['nothing', '', false],
    ['an empty chain that accepts', chain(input), false],
    ['a chain that drops by itself', chain(input.replace('accept', 'drop')), true],
    ['a rule that drops', chain(input, 'tcp dport 27000-27999 drop'), true],
    ['a rule that refuses', chain(input, 'tcp dport 22 reject'), true],
    ['a jump to rules elsewhere', chain(input, 'jump ufw-before-input'), true],
    ['rules that count', chain(input, 'counter packets 1 bytes 60 accept'), false],
    ['what is forwarded only', chain('type filter hook forward priority filter; policy drop;', 'drop'), false],
    ['a chain after that one', `${chain(input)}${chain('comment "x"', 'drop')}`, false],
  ])('%s: %s', (_, rules, looks) => expect(inGpu('looks_at_input', rules).status).toBe(looks ? 0 : 1))
})
