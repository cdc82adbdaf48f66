//! The host's ports on this machine: directories against the file system in memory, streams against threads.

#[expect(dead_code, reason = "not every helper of the host's tests is needed here")]
#[path = "../../../host/tests/wasi/fakes.rs"]
mod fakes;
#[expect(dead_code, reason = "not every helper of the host's tests is needed here")]
#[path = "../../../host/tests/wasi/world.rs"]
mod world;

mod folder;

mod clocks;
mod files;
mod same;
mod streams;
