#!/bin/sh
# Every operation with every fault at every point: docs/safety.md. Needs root; it brings labs of its own up and takes them down.
set -eu
cd "$(dirname "$0")/.."
if [ ! -x node_modules/.bin/node ]; then npm ci --no-audit --no-fund; fi
PATH="$PWD/node_modules/.bin:$PATH"
export PATH
npm run --silent build
exec node test/faults/main.ts "$@"
