//! What guest calls have begun that were suspended, or gave way to a callback, before they ended. Nothing of most calls;
//! of these it is what cannot be begun twice.

use super::record;
use alloc::string::String;
use alloc::vec::Vec;

/// What calls have begun.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnderWay {
    /// Connections that do not stand yet.
    pub opening: Vec<Opening>,
    /// The rest of a line of the log.
    pub line: Vec<u8>,
}

/// A connection that is being opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Where to.
    pub address: String,
    /// Its id.
    pub connection: u32,
}

record!(UnderWay { opening, line });
record!(Opening { address, connection });
