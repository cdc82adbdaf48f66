//! WASI preview 1, whole, and preview 0 by way of it. `table` is the index of this folder.

mod args;
mod call;
mod channel;
mod clock;
mod connection;
mod environ;
mod fd;
mod guest;
mod path;
mod poll;
mod preview0;
mod proc;
mod random;
pub(crate) mod rights;
mod save;
mod setup;
mod sock;
pub mod table;

pub(crate) use call::{Call, Outcome, Stop};
pub(crate) use guest::{Guest, Stretch};
pub use setup::Setup;

use crate::Errno;
use crate::atom::{self, CALLS, GUEST_CALLS};
use crate::error::Error;
use crate::limit;
use crate::ports::Ports;
use crate::state::{Contents, Descriptor, Mount, Origins, State};
use crate::tree::{Node, Tree};
use alloc::format;
use alloc::vec::Vec;
use sojourn_engine::{Host, Import, Provided, Reply, Value};
use table::{FUNCTIONS, PREVIEW0, PREVIEW1};

/// Function numbers from here on are those of preview 0.
const PREVIEW0_BASE: u32 = 0x100;
/// And from here on those of guest calls.
const CALLS_BASE: u32 = 0x200;

/// A guest's world: its state over the ports of the machine that it runs on.
pub struct Wasi {
    pub(crate) state: State,
    pub(crate) ports: Ports,
    /// The machine's clocks when the guest began to run here.
    pub(crate) origins: Origins,
    /// The directory of each mount, where it is the host's.
    pub(crate) roots: Vec<Option<Node>>,
    /// Whether the last thing that it wrote to a channel could not be sent.
    pub(crate) unwritten: bool,
}

impl Wasi {
    /// A fresh world.
    ///
    /// # Errors
    /// `Error::Mount` when a host directory is not there, `Error::Channel`, `Error::Limit`.
    pub fn new(setup: Setup, ports: Ports) -> Result<Self, Error> {
        if setup.listeners > limit::LISTENERS {
            return Err(Error::Limit { what: "listeners", limit: limit::LISTENERS.into() });
        }
        let state = setup.into_state()?;
        state.check_limits()?;
        Self::open(state, ports, true)
    }

    /// The world as bytes for an image. The guest may go on here as well; what standard input still held for
    /// it is in the bytes, and is kept for it here too.
    ///
    /// # Errors
    /// `Error::Unsaved` for an open file that cannot travel.
    pub fn state(&mut self) -> Result<Vec<u8>, Error> {
        self.save()
    }

    /// The world from the bytes of an image, over the ports here. `mounts` replace those that the guest sees
    /// under the same paths; the others are as they were.
    ///
    /// # Errors
    /// `Error::State` for bytes that are none, `Error::UnknownMount` for a mount that the guest does not have,
    /// `Error::MissingMount` and `Error::MissingFile` for what is not here.
    pub fn restore(bytes: &[u8], mounts: Vec<Mount>, ports: Ports) -> Result<Self, Error> {
        let mut state = State::from_bytes(bytes)?;
        state.replace_mounts(mounts)?;
        Self::open(state, ports, false)
    }

    /// The world as plain data, to look at.
    #[must_use]
    pub const fn inspect(&self) -> &State {
        &self.state
    }

    pub(crate) fn now_realtime_ns(&mut self) -> u64 {
        self.origins.realtime_ns(&mut self.state.clocks, &mut *self.ports.clock)
    }

    pub(crate) fn now_monotonic_ns(&mut self) -> u64 {
        self.origins.monotonic_ns(&self.state.clocks, &mut *self.ports.clock)
    }

    pub(crate) fn descriptor(&self, fd: u32) -> Result<&Descriptor, Errno> {
        self.state.descriptors.get(&fd).ok_or(Errno::BadDescriptor)
    }

    pub(crate) fn descriptor_mut(&mut self, fd: u32) -> Result<&mut Descriptor, Errno> {
        self.state.descriptors.get_mut(&fd).ok_or(Errno::BadDescriptor)
    }

    /// The files of a mount.
    pub(crate) fn tree(&mut self, mount: u32) -> &mut dyn Tree {
        let Self { state, ports, origins, .. } = self;
        match &mut state.mounts[mount as usize].contents {
            Contents::Memory(tree) => {
                tree.set_now(origins.realtime_ns(&mut state.clocks, &mut *ports.clock));
                tree
            }
            Contents::Host { .. } => &mut *ports.files,
        }
    }
}

impl Host for Wasi {
    fn provide(&self, import: &Import<'_>) -> Option<Provided> {
        let asked = import.function.as_ref()?;
        if import.module == GUEST_CALLS {
            let (number, call) = (CALLS_BASE..).zip(CALLS).find(|(_, call)| call.name == import.name)?;
            return (call.signature() == *asked).then_some(Provided::Function(number));
        }
        let (number, function) = (0..).zip(FUNCTIONS).find(|(_, function)| function.name == import.name)?;
        if function.signature() != *asked {
            return None;
        }
        match import.module {
            PREVIEW1 => Some(Provided::Function(number)),
            PREVIEW0 => function.preview0.map(|_| Provided::Function(PREVIEW0_BASE + number)),
            _ => None,
        }
    }

    fn call(
        &mut self,
        function: u32,
        memory: &mut [u8],
        arguments: &[Value],
        results: &mut [Value],
    ) -> Reply {
        if let Some(call) = function.checked_sub(CALLS_BASE).and_then(|number| CALLS.get(number as usize)) {
            return atom::answer(call, self, memory, arguments, results);
        }
        let entry = |number: u32| FUNCTIONS.get(number as usize);
        let run = match function.checked_sub(PREVIEW0_BASE) {
            None => entry(function).map(|entry| entry.preview1),
            Some(number) => entry(number).and_then(|entry| entry.preview0),
        };
        let Some(run) = run else { return Reply::Trap(format!("there is no host function {function}")) };
        let mut call = Call { wasi: self, memory: Guest(memory), arguments };
        answer(run(&mut call), results)
    }
}

/// An outcome as the engine hears of it.
fn answer(outcome: Outcome, results: &mut [Value]) -> Reply {
    let number = match outcome {
        Ok(()) => 0,
        Err(Stop::Errno(errno)) => errno.number(),
        Err(Stop::Suspend) => return Reply::Suspend,
        Err(Stop::Exit(status)) => return Reply::Exit(status),
        Err(Stop::Trap(message)) => return Reply::Trap(message),
    };
    if let Some(result) = results.first_mut() {
        *result = Value::I32(number.into());
    }
    Reply::Return
}
