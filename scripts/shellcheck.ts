import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

// Every bash and sh program of the checkout, found by its first line or its ending.
const listed = spawnSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' }).stdout.split('\n')
const programs = listed.filter(path => path !== '' && !/\.(ts|tsx|json|md|template|html)$/.test(path) && isShell(path))

const ran = spawnSync('shellcheck', ['-x', '-P', '.', ...programs], { stdio: ['ignore', 'inherit', 'inherit'] })
if (ran.error !== undefined) console.log(`shellcheck is not installed: ${programs.length} shell programs not checked`)
else console.log(`shellcheck: ${programs.length} programs, ${ran.status === 0 ? 'clean' : 'see above'}`)
process.exitCode = ran.error === undefined ? (ran.status ?? 1) : 0

function isShell(path: string): boolean {
  if (/\.(sh|bash)$/.test(path)) return true
  return /^#!\/(usr\/)?bin\/(env )?(ba|da)?sh\b/.test(readFileSync(path, 'utf8').slice(0, 60))
}
