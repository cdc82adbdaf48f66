#!/bin/sh
# Builds atom.wasm, and says where it is. The compiler is that of the npm package assemblyscript, installed by the lock.
set -eu
cd "$(dirname "$0")"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    echo "error: node and npm are needed; hint: https://nodejs.org" >&2
    exit 1
fi
compiler=sojourn/node_modules/assemblyscript/bin/asc.js
if [ ! -f "$compiler" ]; then
    npm ci --prefix sojourn --no-audit --no-fund --loglevel=error >&2
fi
node "$compiler" atom.ts -o atom.wasm --optimizeLevel 3 --shrinkLevel 1 --exportStart _initialize \
    --use abort=sojournAbort --transform ./sojourn/annotate.mjs
echo "$PWD/atom.wasm"
