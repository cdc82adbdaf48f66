//! WASI for compiled guests, on a machine without clocks or files of its own.

// The machine of the host's own tests.
#[path = "../../../crates/host/tests/wasi/fakes.rs"]
pub(crate) mod fakes;

use crate::travel::Companion;
use fakes::Shared;
use sojourn_engine::{Host, Import, Provided, Reply, Value};
use sojourn_host::{Setup, Wasi};

/// A WASI world and what the guest wrote to it.
pub struct WasiHost {
    wasi: Wasi,
    machine: Shared,
}

impl WasiHost {
    /// With these arguments, and this text on standard input.
    ///
    /// # Panics
    /// When the host does not take such a world.
    #[must_use]
    pub fn new(arguments: &[&str], input: &str) -> Self {
        let machine = Shared::default();
        machine.lock().input.extend(input.bytes());
        machine.lock().input_ended = true;
        let arguments = arguments.iter().map(|argument| argument.as_bytes().to_vec()).collect();
        let setup = Setup { arguments, seed: Some([7; 32]), ..Setup::default() };
        let wasi = Wasi::new(setup, machine.ports()).expect("a world without mounts");
        WasiHost { wasi, machine }
    }
}

impl Host for WasiHost {
    fn provide(&self, import: &Import<'_>) -> Option<Provided> {
        self.wasi.provide(import)
    }

    fn call(
        &mut self,
        function: u32,
        memory: &mut [u8],
        arguments: &[Value],
        results: &mut [Value],
    ) -> Reply {
        self.wasi.call(function, memory, arguments, results)
    }
}

impl Companion for WasiHost {
    fn pack(&mut self) -> Vec<u8> {
        let state = self.wasi.state().expect("the world can be written down");
        let machine = self.machine.lock();
        let mut bytes = Vec::new();
        for part in [&state, &machine.stdout, &machine.stderr] {
            bytes.extend_from_slice(&(part.len() as u64).to_le_bytes());
            bytes.extend_from_slice(part);
        }
        bytes
    }

    fn unpack(bytes: &[u8]) -> Self {
        let mut rest = bytes;
        let mut part = || {
            let (length, after) = rest.split_first_chunk().expect("its length comes first");
            let length = usize::try_from(u64::from_le_bytes(*length)).expect("a small part");
            let (part, after) = after.split_at(length);
            rest = after;
            part.to_vec()
        };
        let (state, stdout, stderr) = (part(), part(), part());
        let machine = Shared::default();
        machine.lock().input_ended = true;
        machine.lock().stdout = stdout;
        machine.lock().stderr = stderr;
        let wasi = Wasi::restore(&state, Vec::new(), machine.ports()).expect("the world comes back");
        WasiHost { wasi, machine }
    }

    fn deeds(&self) -> String {
        let machine = self.machine.lock();
        format!("{}{}", String::from_utf8_lossy(&machine.stdout), String::from_utf8_lossy(&machine.stderr))
    }
}
