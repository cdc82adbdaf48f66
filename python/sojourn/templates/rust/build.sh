#!/bin/sh
# Builds atom.wasm, and says where it is. The compiler is cargo with a target for WebAssembly.
set -eu
cd "$(dirname "$0")"
if ! command -v cargo >/dev/null || ! command -v rustc >/dev/null; then
    echo "error: no Rust compiler; hint: https://rustup.rs" >&2
    exit 1
fi
libraries=$(rustc --print sysroot)/lib/rustlib
for target in wasm32-wasip1 wasm32-unknown-unknown none; do
    if [ -d "$libraries/$target/lib" ]; then break; fi
done
if [ "$target" = none ]; then
    echo "error: Rust has no target for WebAssembly; hint: rustup target add wasm32-wasip1" >&2
    exit 1
fi
cargo build --quiet --release --target "$target" --target-dir target
cp "target/$target/release/atom.wasm" atom.wasm
echo "$PWD/atom.wasm"
