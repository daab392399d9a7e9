import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Listed, renderFragment } from '../../src/core/index-page.ts'
import { renderGeneration } from '../../src/core/snippet.ts'

const root = new URL('../../', import.meta.url).pathname

/** The functions of papergen-edge without its program, as nobody in particular. */
const inEdge = (script: string, input = '') => {
  const policy = 'source "$1"; share=$2; policy[base]=/thesis policy[ports]="27000 27999"; IFS= read -r -d "" input'
  const argv = ['-pc', `${policy}; ${script}`, '-', `${root}libexec/papergen-edge`, `${root}share`]
  return spawnSync('bash', argv, { input, encoding: 'utf8' })
}
const accepts = (body: string) => inEdge('lawful "$input"', body).status === 0

const list = (...items: string[]) => `<ul class="papers">\n${items.map(each => `<li>${each}</li>\n`).join('')}</ul>\n`
const a = '<a href="/thesis/a/"><bdi>A</bdi></a>'
const day = '<time datetime="2026-03-04">2026-03-04</time>'

describe('what papergen-edge takes for the index page', { timeout: 60_000 }, () => {
  test('every list that core renders', () => {
    const paper: fc.Arbitrary<Listed> = fc.record({
      // Of papergen, of the older code, and of nobody: the last kind is left out.
      id: fc.oneof(fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$/), fc.string()),
      title: fc.option(fc.string({ unit: 'binary', maxLength: 400 })),
      publishedAt: fc
        .option(fc.date({ min: new Date(0), max: new Date('9999'), noInvalidDate: true }))
        .map(date => date?.toISOString() ?? null),
    })
    fc.assert(
      fc.property(fc.array(paper, { maxLength: 60 }), papers => accepts(renderFragment(papers, '/thesis'))),
      { numRuns: 60 },
    )
  })

  test('a thousand papers with long titles, well within the 30 s that papergen waits', () => {
    const papers = Array.from({ length: 1000 }, (_, at) => ({
      ...{ id: `paper-${at}`, title: `${at} "확산" & 'Flow' `.repeat(9), publishedAt: '2026-03-04T00:00:00Z' },
    }))
    const since = Date.now()
    expect(accepts(renderFragment(papers, '/thesis'))).toBe(true)
    expect(Date.now() - since).toBeLessThan(15_000)
  })

  test.each([
    [list(a)],
    [list('<a href="/thesis/Thesis_2024/"><bdi>Old</bdi></a> <small>Thesis_2024</small>')],
    [list(`${a} ${day} <small>a</small>`, a)],
    [list('<a href="/thesis/a/"><bdi lang="ko">확산 &amp; &#39;모델&quot;</bdi></a> <small>a</small>')],
    ['<p>No papers are published at the moment.</p>\n'],
  ])('%j', body => expect(accepts(body)).toBe(true))
})

describe('what papergen-edge refuses for the index page', { timeout: 60_000 }, () => {
  test.each([
    [''],
    ['<p>Something else.</p>\n'],
    ['<p>No papers are published at the moment.</p>'],
    ['<p>No papers are published at the moment.</p>\n\n'],
    ['<ul class="papers">\n</ul>\n'],
    [list(a).trimEnd()],
    [`${list(a)}${list(a)}`],
    [`${list(a)}x\n`],
    [`\n${list(a)}`],
    [list(a).replace('"papers"', '"papers" id="x"')],
    [list(`${a}</li></ul><script>alert(1)</script><ul><li>`)],
    [list('<a href="/thesis/a/"><bdi>A<script></bdi></a>')],
    [list('<a href="/thesis/a/"><bdi></bdi></a>')],
    [list('<a href="/thesis/a/"><bdi>a & b</bdi></a>')],
    [list('<a href="/thesis/a/"><bdi>&copy;</bdi></a>')],
    [list('<a href="/thesis/a/"><bdi>&l&amp;t;</bdi></a>')],
    [list('<a href="/thesis/a/"><bdi>it\'s</bdi></a>')],
    [list('<a href="/thesis/a/"><bdi>a\u001bb</bdi></a>')],
    [list('<a href="/thesis/a/"><bdi>a\rb</bdi></a>')],
    [list('<a href="/thesis/a/"><bdi lang="en">A</bdi></a>')],
    [list('<a href="/thesis/a/"><bdi lang="ko" onclick="x">A</bdi></a>')],
    [list('<a href="/other/a/"><bdi>A</bdi></a>')],
    [list('<a href="/thesis/a/../b/"><bdi>A</bdi></a>')],
    [list('<a href="/thesis//evil.example/"><bdi>A</bdi></a>')],
    [list('<a href="https://evil.example/thesis/a/"><bdi>A</bdi></a>')],
    [list('<a href="/thesis/.a/"><bdi>A</bdi></a>')],
    [list('<a href="/thesis/a/">A</a>')],
    [list(`${a} <small>b</small>`)],
    [list(`${a} <small>a</small> ${day}`)],
    [list(`${a} <time datetime="2026-03-04">2026-03-05</time>`)],
    [list(`${a} <time datetime="soon">soon</time>`)],
    [list(`${a} ${day} ${day}`)],
  ])('%j', body => expect(accepts(body)).toBe(false))
})

describe('the page around the list', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'papergen-edge-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const [begin, end] = ['<!-- papergen:begin -->', '<!-- papergen:end -->']
  const page = join(folder, 'index.html')

  /** The answers to `times` requests with the same list. */
  const set = (text: string | Buffer, body: string, times = 1) => {
    writeFileSync(page, text)
    const script = `policy[index]=${page} policy[ports]='27000 27999' number=1 body=$input; rooted() { :; }; remember() { :; }
      for ((n = 0; n < ${times}; n++)); do set_index; done`
    return inEdge(script, body).stdout
  }
  const papers = (count: number, title: string) =>
    renderFragment(
      Array.from({ length: count }, (_, at) => ({ id: `paper-${at}`, title, publishedAt: null })),
      '/thesis',
    )

  test.each([
    ['as many papers as it takes', papers(2000, 'x'.repeat(180))],
    ['one title without an end', papers(1, '<'.repeat(130_000))],
  ])('stays as it was, byte for byte, and at once: %s', (_, list) => {
    expect(Buffer.byteLength(list)).toBeLessThan(524_288)
    expect(Buffer.byteLength(list)).toBeGreaterThan(450_000)
    const [head, foot] = ['<p>\u0001é\n<!-- papergen:en\n', '\r\n<!-- papergen:begi\u0001\n\n<p>x']
    const since = Date.now()
    expect(set(`${head}${begin}old${end}${foot}`, list, 2)).toBe('1 ok 0\n'.repeat(2))
    // Seconds; it took an hour.
    expect(Date.now() - since).toBeLessThan(60_000)
    expect(readFileSync(page, 'utf8') === `${head}${begin}\n${list}${end}${foot}`).toBe(true)
  })

  test.each(['<', '<!-- papergen:en', '<!-- papergen:begin --'])('is looked through at once: 4 MB of %j', part => {
    const head = part.repeat(4_100_000 / part.length)
    const since = Date.now()
    expect(set(`${head}\n${begin}${end}`, list(a))).toBe('1 ok 0\n')
    expect(Date.now() - since).toBeLessThan(60_000)
    expect(readFileSync(page, 'utf8') === `${head}\n${begin}\n${list(a)}${end}`).toBe(true)
  })

  test.each([
    ['no mark', 'x'],
    ['one mark', `x${begin}`],
    ['the end first', `${end}${begin}`],
    ['two beginnings', `${begin}${begin}${end}`],
    ['two ends', `${begin}${end}\n${end}`],
    ['a NUL', `${begin}${end}\0x`],
  ])('with %s is not ours to write', (_, text) => {
    expect(set(text, list(a))).toMatch(/^1 no foreign /)
    expect(readFileSync(page, 'utf8')).toBe(text)
  })

  test('takes no more papers than there are ports, and a thousand of older code', () => {
    expect(set(`${begin}${end}`, papers(2001, 'x'))).toMatch(/^1 no bad-request /)
  })
})

describe('a list that comes slowly', () => {
  const since = (deadline: string) =>
    inEdge(`deadline=${deadline}; take_body 10 < <(printf abc; sleep 4); echo "$? $SECONDS"`).stdout
  test('has no longer than what is not confirmed has', () => expect(since('$((SECONDS + 2))')).toMatch(/^142 [123]\n/))
  test('whose time is over is not read', () => expect(since('1; SECONDS=9')).toMatch(/^1 (9|10)\n$/))
})

describe('an undo on the edge', () => {
  const folder = mkdtempSync(join(tmpdir(), 'papergen-edge-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const undo = (script: string) => {
    for (const name of ['undo', 'routes']) rmSync(join(folder, name), { recursive: true, force: true })
    mkdirSync(join(folder, 'undo'), { recursive: true })
    mkdirSync(join(folder, 'routes'), { recursive: true })
    writeFileSync(join(folder, 'undo/operation'), 'op publish a now')
    writeFileSync(join(folder, 'undo/route.a.was'), 'former')
    return inEdge(
      `lib=$input policy[snippets]=$input/routes policy[index]=$input/index.html
       rooted() { :; }; reload_and_prove() { :; }; ${script}
       undo_all; echo "$?"`,
      folder,
    ).stdout
  }

  test("writes nothing into a folder that became somebody else's", () => {
    expect(undo('rooted() { printf "not safe\\n"; return 1; }')).toBe('not safe\n1\n')
    expect([existsSync(join(folder, 'routes/a.conf')), existsSync(join(folder, 'undo'))]).toEqual([false, true])
  })

  test('writes through no link that lies where its temporary file will be', () => {
    writeFileSync(join(folder, 'lured'), 'kept')
    expect(undo('ln -s ../lured "$input/routes/.papergen.tmp"')).toBe('0\n')
    expect(readFileSync(join(folder, 'lured'), 'utf8')).toBe('kept')
    expect(readFileSync(join(folder, 'routes/a.conf'), 'utf8')).toBe('former')
  })
})

test('no key writes more routes than there are ports; one that is there may change', () => {
  const folder = mkdtempSync(join(tmpdir(), 'papergen-edge-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  writeFileSync(join(folder, '_generation.conf'), '# papergen 1 _generation sha256:x\n')
  writeFileSync(join(folder, 'old.conf'), 'location /thesis/old/ { proxy_pass http://192.168.1.116:1; }\n')
  const route = (id: string) =>
    writeFileSync(join(folder, `${id}.conf`), `# papergen 1 ${id} sha256:${'0'.repeat(64)}\n`)
  const asked = (id: string) =>
    inEdge(
      `policy[snippets]=$input policy[ports]='27000 27001' number=1; rooted() { :; }; nginx_runs() { return 1; }; change_route ${id} 27000`,
      folder,
    ).stdout
  route('a')
  expect(asked('b')).toMatch(/^1 no down /)
  route('b')
  expect(asked('b')).toMatch(/^1 no down /)
  expect(asked('c')).toMatch(/^1 no failed .*\nthere are as many routes of papers as ports$/)
})

test('papergen-edge renders what all papers share byte for byte as core does', () => {
  const marker = 'g0123456789abcdef'
  const template = readFileSync(`${root}share/generation.template`, 'utf8')
  const { stdout } = inEdge(`render_generation text ${marker} && printf '%s' "$text"`)
  expect(stdout).toBe(renderGeneration(template, '/thesis', marker))
})

describe('before a route goes back to its former port, with nobody there who knows how it is', () => {
  const folder = mkdtempSync(join(tmpdir(), 'papergen-edge-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  /** The ports asked in turn, one a line; `answers` tells by the number of the question and the port. */
  const asked = (routes: { readonly now: string; readonly former: string }, answers: string): readonly string[] => {
    mkdirSync(join(folder, 'undo'), { recursive: true })
    writeFileSync(join(folder, 'attention.conf'), routes.now)
    writeFileSync(join(folder, 'undo/route.attention.was'), routes.former)
    const { stdout } = inEdge(
      `policy[address]=192.168.1.116 policy[ports]='27000 27999' policy[snippets]=$input lib=$input count=0
       answers() { count=$((count + 1)); echo "$2"; ${answers}; }
       await_former`,
      folder,
    )
    return stdout.trim().split('\n')
  }
  const route = (port: number, address = '192.168.1.116'): string => `proxy_pass http://${address}:${port};\n`

  test('its unit is waited for while the other one serves', () => {
    const routes = { now: route(27500), former: route(27000) }
    expect(asked(routes, '[[ $2 == 27500 ]] || ((count > 4))')).toEqual(['27000', '27500', '27000', '27500', '27000'])
  })
  test('nothing is waited for where both are silent', () =>
    expect(asked({ now: route(27500), former: route(27000) }, 'false')).toEqual(['27000', '27500']))
  test.each([
    ['the same port', route(27500), route(27500)],
    ['an address that is none of ours', route(27500), route(27000, '10.0.0.1')],
    ['a port outside the range', route(27500), route(22)],
    ['an address that only looks like ours', route(27500), route(27000, '192x168x1x116')],
  ])('nobody is asked for %s', (_, now, former) => expect(asked({ now, former }, 'false')).toEqual(['']))
})

describe('a console that says nothing more, its connection open', () => {
  const folder = mkdtempSync(join(tmpdir(), 'papergen-edge-'))
  afterAll(() => rmSync(folder, { recursive: true }))

  /** The program itself, but for nginx and the clock: a wait for a request that does not come sets it forward. */
  const program = `source "$1"; folder=$2 there=$3
    where_am_i() { run=$folder/run lib=$folder/lib share=$there; }
    policy=([snippets]=$folder/routes [index]=$folder/index.html [base]=/thesis [address]=192.168.1.116 [ports]='27000 27999')
    read_policy() { :; }
    rooted() { :; }; nginx_runs() { :; }; nginx() { :; }; test_candidate() { :; }
    reload_and_prove() { echo "nginx loads" $(ls "$folder/routes") >>"$folder/story"; }
    read() {
      if [[ "$1 $2" != '-r -t' ]]; then builtin read "$@"
      else builtin read -r -t 2 "\${@:4}" || { echo "silent for $3 s" >>"$folder/story"; SECONDS=$((SECONDS + $3)); return 142; }; fi
    }
    main edge serve apart`

  test('has its route taken back after 45 s', async () => {
    mkdirSync(join(folder, 'routes'))
    const edge = spawn('bash', ['-pc', program, '-', `${root}libexec/papergen-edge`, folder, `${root}share`])
    onTestFinished(() => void edge.kill('SIGKILL'))
    let answers = ''
    edge.stdout.setEncoding('utf8').on('data', (text: string) => {
      answers += text
    })
    edge.stdin.write('1 begin 20261123070000123-publish-a publish a son@pro6000\n2 route-set a 27000\n')
    expect(await once(edge, 'close')).toEqual([0, null])
    expect(answers).toBe('1 ok 0\n2 ok 0\n')
    expect(readFileSync(join(folder, 'story'), 'utf8').trim().split('\n')).toEqual([
      'nginx loads _generation.conf a.conf',
      'silent for 45 s',
      'nginx loads',
    ])
    expect([existsSync(join(folder, 'lib/undo')), existsSync(join(folder, 'run/holder'))]).toEqual([false, false])
  })
})

describe('a check that was cut short refuses', () => {
  test('of the list: its first item was looked at only', () => {
    const cut = `printf() { builtin printf '%s\\n' "\${2%%"$newline"*}"; }; lawful "$input"`
    expect(inEdge(cut, list(a)).status).toBe(0)
    expect(inEdge(cut, list(a, a)).status).toBe(1)
  })

  test('of the route: whose file it is was not said', () => {
    const unsaid = 'policy[snippets]=$share; rooted() { :; }; whose() { :; }; number=1; change_route a 27000'
    expect(inEdge(unsaid).stdout).toMatch(/^1 no foreign /)
  })
})

describe('workers of nginx that go by former routes', () => {
  /** Processes with such titles; what the script says afterwards, and after how many tenths of a second. */
  const asked = (script: string) => {
    const as = (title: string, seconds: number) => `(exec -a 'nginx: ${title}' sleep ${seconds}) & former+=" $!"`
    const [opens, closes] = [as('worker process', 1), as('worker process is shutting down', 30)]
    const { stdout } = inEdge(
      `former='' began=\${EPOCHREALTIME/./}; trap 'kill $former 2>/dev/null' EXIT
       opens() { ${opens}; }; closes() { ${closes}; }; until=$((SECONDS + 10))
       ${script}; echo "$? $(((\${EPOCHREALTIME/./} - began) / 100000))"`,
    )
    const [code, tenths] = stdout.trim().split(' ').map(Number)
    return { code, tenths }
  }

  test('are waited for while they take visitors in', () => {
    const { code, tenths } = asked('opens; sleep 0.2; let_go "$former"')
    expect([code, (tenths ?? 0) >= 9]).toEqual([0, true])
  })

  test('are a failure when they go on', () => {
    expect(asked('opens; sleep 0.2; until=$SECONDS; let_go "$former"').code).toBe(1)
  })

  test('have two seconds for those they took in last, and no longer: a WebSocket stays for hours', () => {
    const { code, tenths } = asked('closes; sleep 0.2; let_go "$former"')
    expect([code, (tenths ?? 0) >= 20]).toEqual([0, true])
  })

  test('are nobody when they have ended', () => {
    expect(asked('let_go "1 999999999"').code).toBe(0)
  })
})

test('operations that are confirmed and never ended are remembered up to a hundred times', () => {
  const folder = mkdtempSync(join(tmpdir(), 'papergen-edge-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const commits = (times: number) =>
    inEdge(
      `lib=$input policy[snippets]=$input; sync() { :; }; for ((i = 0; i < ${times}; i++)); do confirmed=0 op=op$i; commit || exit 1; done`,
      folder,
    ).status
  expect([commits(100), commits(101)]).toEqual([0, 1])
})

describe("which lines of the logs are the papers'", () => {
  const lines = [
    '10.0.0.1 - - [x] "GET /thesis/a/ HTTP/1.1" 200 0 "-" "curl"',
    '2026/11/23 07:00:00 [error] 7#7: *1 connect() failed, client: 10.0.0.1, request: "GET /thesis/a/ws?x HTTP/1.1"',
    '2026/11/23 07:00:00 [emerg] 7#7: bind() failed',
    '10.0.0.1 - - [x] "GET /thesis/b/ HTTP/1.1" 200 0 "-" "curl"',
    '10.0.0.1 - - [x] "GET /login?next=/thesis/a/&token=1 HTTP/1.1" 200 0 "-" "curl"',
    '10.0.0.1 - - [x] "GET /private?token=1 HTTP/1.1" 200 0 "https://site/thesis/a/" "curl"',
    '10.0.0.1 - - [x] "GET /other/thesis/a/ HTTP/1.1" 200 0 "-" "curl"',
    '2026/11/23 07:00:00 [crit] 7#7: *2 connect() to unix:/run/php failed, client: 10.0.0.1, request: "GET /reset?token=1 HTTP/1.1"',
  ]
  const of = (id: string) => inEdge(`of_paper ${id} <<<"$input"`, lines.join('\n')).stdout.trimEnd().split('\n')

  test('of one', () => expect(of('a')).toEqual(lines.slice(0, 2)))
  test('of all, and what nginx says of itself', () => expect(of('-')).toEqual(lines.slice(0, 4)))
})
