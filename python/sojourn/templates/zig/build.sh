#!/bin/sh
# Builds atom.wasm, and says where it is. The compiler is that of the Python package ziglang, or zig.
set -eu
cd "$(dirname "$0")"
python=${SOJOURN_PYTHON:-python3}
if "$python" -c 'import ziglang' 2>/dev/null; then
    compile() { "$python" -m ziglang "$@"; }
elif command -v zig >/dev/null; then
    compile() { zig "$@"; }
else
    echo "error: no Zig compiler; hint: $python -m pip install ziglang" >&2
    exit 1
fi
compile build-exe atom.zig -target wasm32-wasi -O ReleaseSmall -fno-entry -rdynamic --stack 65536 -femit-bin=atom.wasm
echo "$PWD/atom.wasm"
