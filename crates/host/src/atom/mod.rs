//! Guest calls: what an atom asks of its node. `table` is made from `abi/imports.toml` and is the index of this folder.
//!
//! A call looks at all of its parameters before it does anything, so that a pointer that leads nowhere is answered
//! with a code, and nothing has happened. A call that waits does so at the console (`wait`); a stop leaves everything
//! as it was, and the call is made again, here or elsewhere.
//!
//! Callbacks are no business of a call but that it ends with `Code::Callback` when one is due. The guest's SDK takes it,
//! runs it, and makes the call again: between two frames of a guest there is never one of the host.
//!
//! | file | what it is |
//! |---|---|
//! | `table` | every call, and how its parameters are read |
//! | `call` | one call: parameters, places for what it gives |
//! | `wait` | waiting, for any of them |
//! | `event` | messages in the guest's memory |
//! | the others | a group of calls each |

mod call;
mod callback;
mod connection;
mod event;
mod life;
mod message;
mod name;
mod place;
mod store;
mod table;
mod wait;

pub use table::GUEST_CALLS;

pub(crate) use call::Call;
pub(crate) use table::CALLS;

use crate::wasi::Wasi;
use alloc::vec::Vec;
use call::Outcome;
use sojourn_abi::Code;
use sojourn_engine::{FunctionType, Reply, Value, ValueType};

/// What a parameter is. `Text`, `Bytes` and `Into` are a pointer and a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "they are told at the head of abi/imports.toml")]
pub enum Kind {
    U32,
    U64,
    Deadline,
    Text,
    Bytes,
    Into,
    Out32,
    Out64,
    Draft,
    Head,
    Place,
}

/// Why a call does not return success.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The guest gets this code.
    Code(Code),
    /// It would wait, and a stop was asked for: nothing happened.
    Suspend,
    /// The guest ends.
    Exit(i32),
}

impl From<Code> for Stop {
    fn from(code: Code) -> Self {
        Self::Code(code)
    }
}

/// A guest call.
pub struct Function {
    /// Its name.
    pub name: &'static str,
    /// `i` for i32, `I` for i64.
    parameters: &'static str,
    /// What its parameters are.
    pub kinds: &'static [Kind],
    /// Whether it may have to wait, and so may answer `Reply::Suspend`.
    pub waits: bool,
    run: fn(&mut Call<'_>) -> Outcome,
}

impl Function {
    /// Its signature.
    #[must_use]
    pub fn signature(&self) -> FunctionType {
        let value = |letter| if letter == b'i' { ValueType::I32 } else { ValueType::I64 };
        let parameters = self.parameters.bytes().map(value).collect();
        FunctionType { parameters, results: Vec::from([ValueType::I32]) }
    }
}

/// Every guest call.
pub fn guest_calls() -> impl Iterator<Item = &'static Function> {
    CALLS.iter()
}

/// Answers a call.
pub(crate) fn answer(
    function: &Function,
    world: &mut Wasi,
    memory: &mut [u8],
    arguments: &[Value],
    results: &mut [Value],
) -> Reply {
    let number = match (function.run)(&mut Call::new(world, memory, arguments)) {
        Ok(()) => 0,
        Err(Stop::Code(code)) => code.number(),
        Err(Stop::Suspend) => return Reply::Suspend,
        Err(Stop::Exit(status)) => return Reply::Exit(status),
    };
    if let Some(result) = results.first_mut() {
        *result = Value::I32(number.into());
    }
    Reply::Return
}
