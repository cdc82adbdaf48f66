//! Sojourn: engine-wasmtime.
