#!/bin/sh
# A fresh clone to the product at work: installs what is missing, builds what is old, opens the demo. Plain sh, because the Node at
# hand may be too old for anything else; the packages bring their own, and none of their install scripts is needed.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'papergen: %s\n' "$1" >&2; }

# Another lock file than the one that was installed: somebody pulled.
stamp=node_modules/.papergen-installed
if [ ! -x node_modules/.bin/esbuild ] || ! cmp -s package-lock.json "$stamp"; then
  say 'installing packages (once)'
  npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >&2
  cp package-lock.json "$stamp"
fi

node=node_modules/.bin/node
if [ ! -x "$node" ]; then
  node=$(command -v node)
  # No package of Node for this kind of machine: then its own must do.
  if ! "$node" -e 'process.exit(Number(process.versions.node.split(".")[0]) < 22)'; then
    say "Node 22 or newer is needed; here is $("$node" --version), and no package brings one for $(uname -sm)"
    exit 2
  fi
fi

if [ ! -f dist/papergen.mjs ] || [ -n "$(find src scripts share package.json -newer dist/papergen.mjs -print -quit)" ]; then
  say 'building'
  "$node" scripts/build.ts
fi
exec bin/papergen demo "$@"
