//! Codes as errors.

use crate::raw::Code;
use std::fmt::{Display, Formatter};
use std::io::ErrorKind;

/// What a call gives.
pub type Result<T> = std::result::Result<T, Code>;

impl Display for Code {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        match self.hint() {
            "" => formatter.write_str(self.text()),
            hint => write!(formatter, "{} ({hint})", self.text()),
        }
    }
}

impl std::error::Error for Code {}

impl From<Code> for std::io::Error {
    fn from(code: Code) -> Self {
        let kind = match code {
            Code::TimedOut => ErrorKind::TimedOut,
            Code::Reset => ErrorKind::ConnectionReset,
            Code::NotGranted => ErrorKind::PermissionDenied,
            Code::Unreachable => ErrorKind::HostUnreachable,
            Code::BadDescriptor => ErrorKind::NotConnected,
            Code::Address => ErrorKind::AddrNotAvailable,
            _ => ErrorKind::Other,
        };
        Self::new(kind, code)
    }
}

/// What a call gave as a result; `Callback` is not seen here, see `wait`.
pub fn check(code: i32) -> Result<()> {
    match u16::try_from(code) {
        Ok(0) => Ok(()),
        Ok(number) => Err(Code::of(number)),
        Err(_) => Err(Code::Internal),
    }
}

/// What the function of an atom may give: nothing, or a result whose error is logged and ends the atom with status 1.
pub trait Outcome {
    /// The error, in words.
    fn failure(self) -> Option<String>;
}

impl Outcome for () {
    fn failure(self) -> Option<String> {
        None
    }
}

impl<E: Display> Outcome for std::result::Result<(), E> {
    fn failure(self) -> Option<String> {
        self.err().map(|error| error.to_string())
    }
}
