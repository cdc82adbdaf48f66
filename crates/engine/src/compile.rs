//! Compiling continuations, or having them.

use crate::StateError;
use alloc::vec::Vec;
use sojourn_image::{Frame, Point};

/// What compiles continuations. A function from their bytes to code is one that remembers nothing.
pub trait Compile<M>: Sized {
    /// The code for a stack at these points, where it was compiled before.
    fn known(&self, points: &[u8]) -> Option<M> {
        let _ = points;
        None
    }

    /// Compiles a continuation, for a stack at these points.
    ///
    /// # Errors
    /// What the engine says.
    fn compile(self, points: &[u8], wasm: &[u8]) -> Result<M, StateError>;
}

impl<M, F> Compile<M> for F
where
    F: FnOnce(&[u8]) -> Result<M, StateError>,
{
    fn compile(self, _: &[u8], wasm: &[u8]) -> Result<M, StateError> {
        self(wasm)
    }
}

/// The points where a stack stands, as bytes: stacks with the same bytes have the same continuation.
#[must_use]
pub fn points(frames: &[Frame]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(frames.len() * 9);
    for frame in frames {
        bytes.extend_from_slice(&frame.function.to_le_bytes());
        bytes.extend_from_slice(&frame.offset.to_le_bytes());
        bytes.push(match frame.point {
            Point::Poll => 0,
            Point::InProgress => 1,
            Point::Returned => 2,
            Point::HostCall => 3,
        });
    }
    bytes
}
