#!/bin/sh
# Builds atom.wasm, and says where it is. The compiler is that of the Python package ziglang, zig, or clang.
set -eu
cd "$(dirname "$0")"
python=${SOJOURN_PYTHON:-python3}
if "$python" -c 'import ziglang' 2>/dev/null; then
    compile() { "$python" -m ziglang cc "$@"; }
elif command -v zig >/dev/null; then
    compile() { zig cc "$@"; }
elif command -v clang >/dev/null; then
    compile() { clang "$@"; }
else
    echo "error: no C compiler for WebAssembly; hint: $python -m pip install ziglang" >&2
    exit 1
fi
compile --target=wasm32-wasi -mexec-model=reactor -O2 -Wall -Wextra -Wl,-z,stack-size=65536 -Wl,--strip-debug \
    atom.c -o atom.wasm
echo "$PWD/atom.wasm"
