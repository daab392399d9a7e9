#!/bin/sh
# The one test command: installs what is missing, then checks and runs everything this machine can run.
set -eu
cd "$(dirname "$0")/.."

if [ ! -x node_modules/.bin/vitest ] || [ ! -x node_modules/.bin/node ]; then npm ci --no-audit --no-fund; fi
PATH="$PWD/node_modules/.bin:$PATH"
export PATH
# Ink draws nothing when it believes to be in a CI, and the tests are about what it draws.
unset CI

echo "== check"; npm run --silent check
echo "== build"; npm run --silent build
echo "== unit"; vitest run --project unit
command -v chromium >/dev/null || echo "pages of visitors looked at in a browser: 0 (there is no chromium on the PATH)"
echo "== console"; vitest run --project console

if why=$(node lab/lab.ts possible); then
  echo "== lab"
  vitest run --project 'lab*' --reporter default --reporter ./lab/count.ts
else
  echo "lab tests run: 0 ($why)"
fi
