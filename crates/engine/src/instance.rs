//! The seam to a running instance: call, stop, read and write its state.

use crate::{EngineError, Host, Outcome, Window};
use alloc::sync::Arc;
use sojourn_image::Value;

/// Asks a running instance to stop or to pause, from any thread; costs nothing until then. Each may be asked for
/// again and again: the second time changes nothing.
pub trait Stopper: Send + Sync {
    /// The next point that the guest meets unwinds it, also when it is paused.
    fn request(&self);
    /// The next poll that the guest meets holds its thread there, until `unpause` or `request`. Nothing is saved
    /// and nothing unwinds. A guest that was asked to stop is not paused.
    fn pause(&self);
    /// Lets a paused guest run; a request to stop stays.
    fn unpause(&self);
}

/// A running instance. Names are export names; every method that takes one fails with
/// `EngineError::Export` when there is no such export or it is of another kind.
///
/// Function references are slots of the table `names::REFS`, host references are handles.
pub trait Instance: Send {
    /// The host it runs over.
    type Host: Host;

    /// Calls an export until it ends, stops, exits or traps.
    ///
    /// # Errors
    /// `EngineError::Export` when the name, or number or types of the arguments do not fit.
    fn call(&mut self, export: &str, arguments: &[Value]) -> Result<Outcome, EngineError>;
    /// Asks it to stop or to pause, from any thread.
    fn stopper(&self) -> Arc<dyn Stopper>;
    /// Takes a stop request back, once it has unwound or ended; the next call runs freely, unless it is paused.
    fn clear_stop(&mut self);
    /// Counter flavour: stop at exactly this poll of the next call (1 is the first it meets).
    ///
    /// # Errors
    /// `EngineError::Export` without a counter.
    fn stop_at(&mut self, poll: u64) -> Result<(), EngineError>;
    /// Counter flavour: polls met since the last `stop_at` or `clear_stop`.
    ///
    /// # Errors
    /// `EngineError::Export` without a counter.
    fn polls(&mut self) -> Result<u64, EngineError>;

    /// Value of an exported global.
    ///
    /// # Errors
    /// As told above; also for a value that cannot leave the instance.
    fn global(&mut self, name: &str) -> Result<Value, EngineError>;
    /// Sets a mutable exported global.
    ///
    /// # Errors
    /// As told above; also when it is immutable or of another type.
    fn set_global(&mut self, name: &str, value: Value) -> Result<(), EngineError>;
    /// An exported memory, whole.
    ///
    /// # Errors
    /// As told above.
    fn memory(&mut self, name: &str) -> Result<&mut [u8], EngineError>;
    /// A window into an exported memory, for other threads; the same one each time. `None` when there is no such
    /// memory, or it may move while it grows, or its pages are not of 64 KiB, or the engine cannot.
    fn window(&mut self, name: &str) -> Option<Arc<dyn Window>> {
        let _ = name;
        None
    }
    /// Grows a memory to this many bytes (a multiple of its page size).
    ///
    /// # Errors
    /// As told above; `EngineError::Resource` when it cannot have this size.
    fn grow_memory(&mut self, name: &str, bytes: u64) -> Result<(), EngineError>;
    /// Number of elements of an exported table.
    ///
    /// # Errors
    /// As told above.
    fn table_size(&mut self, name: &str) -> Result<u64, EngineError>;
    /// Elements of an exported table from `start` on, as many as `values` holds.
    ///
    /// # Errors
    /// As told above; also when the elements are not all there or cannot leave the instance.
    fn table_read(&mut self, name: &str, start: u64, values: &mut [Value]) -> Result<(), EngineError>;
    /// Sets elements of an exported table from `start` on.
    ///
    /// # Errors
    /// As told above; also when the elements are not all there or of another type.
    fn table_write(&mut self, name: &str, start: u64, values: &[Value]) -> Result<(), EngineError>;
    /// Grows a table to this many elements, with nulls.
    ///
    /// # Errors
    /// As told above; `EngineError::Resource` when it cannot have this size.
    fn grow_table(&mut self, name: &str, size: u64) -> Result<(), EngineError>;
    /// Makes the next call of `names::RESUME` go on from the frame memory, the outermost frame at the spot with this
    /// slot.
    ///
    /// # Errors
    /// `EngineError::Export` when nothing is linked there.
    fn enter(&mut self, slot: u32) -> Result<(), EngineError>;
    /// The host it runs over.
    fn host(&mut self) -> &mut Self::Host;
    /// The host, for another instance to run over.
    fn into_host(self) -> Self::Host
    where
        Self: Sized;
}
