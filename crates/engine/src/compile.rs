//! Compiling what frames go on with, or having it.

use crate::StateError;
use alloc::vec::Vec;
use sojourn_instrument::Spot;

/// What gives the code of spots. A function from a module's bytes to code is one that remembers nothing.
pub trait Compile<M>: Sized {
    /// The code of these spots, in their order. `write` writes the module of one, which takes a while.
    ///
    /// # Errors
    /// What `write` and the engine say.
    fn code(
        self,
        spots: &[Spot],
        write: &mut dyn FnMut(&Spot) -> Result<Vec<u8>, StateError>,
    ) -> Result<Vec<M>, StateError>;
}

impl<M, F> Compile<M> for F
where
    F: FnMut(&[u8]) -> Result<M, StateError>,
{
    fn code(
        mut self,
        spots: &[Spot],
        write: &mut dyn FnMut(&Spot) -> Result<Vec<u8>, StateError>,
    ) -> Result<Vec<M>, StateError> {
        spots.iter().map(|spot| self(&write(spot)?)).collect()
    }
}
