//! Other atoms, and one's own end.

use crate::error::{Result, check};
use crate::raw::{self, Code};
use crate::room::Room;
use crate::wait::wait;

/// An atom that is to be started at this node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spawn<'a> {
    module: &'a str,
    name: &'a str,
    argument: &'a [u8],
    flags: u32,
}

impl<'a> Spawn<'a> {
    /// Of one's own module.
    #[must_use]
    pub fn own() -> Self {
        Self::default()
    }

    /// Of the module of the atom with this name, or of the one with this hash in hexadecimal.
    #[must_use]
    pub fn of(module: &'a str) -> Self {
        Self { module, ..Self::default() }
    }

    /// With a local name; without, one is chosen.
    #[must_use]
    pub const fn name(self, name: &'a str) -> Self {
        Self { name, ..self }
    }

    /// With its first argument.
    #[must_use]
    pub fn argument(self, argument: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self { argument: argument.as_ref(), ..self }
    }

    /// A message of kind `Ended` comes when it ends.
    #[must_use]
    pub const fn watched(self) -> Self {
        Self { flags: self.flags | raw::WATCHED, ..self }
    }

    /// When either ends otherwise than with status 0, the other is ended, too.
    #[must_use]
    pub const fn linked(self) -> Self {
        Self { flags: self.flags | raw::LINKED, ..self }
    }

    /// Starts it; its global name.
    ///
    /// # Errors
    /// `AtomNameTaken`, `InvalidName`, `NoRoom`, `MissingContent`, `InvalidModule`. Definite.
    pub fn start(self) -> Result<String> {
        let mut room = Room::take();
        let mut length = 0_u32;
        wait(|| {
            // SAFETY: all that is pointed at stands until the call returns; room for a name is always enough.
            unsafe {
                raw::spawn(
                    self.module.as_ptr(),
                    self.module.len(),
                    self.name.as_ptr(),
                    self.name.len(),
                    self.argument.as_ptr(),
                    self.argument.len(),
                    self.flags,
                    room.at(),
                    room.capacity(),
                    &raw mut length,
                )
            }
        })?;
        // SAFETY: the call has succeeded.
        let name = unsafe { room.written(length as usize) };
        String::from_utf8(name.to_vec()).map_err(|_| Code::Internal)
    }
}

/// Ends the atom.
pub fn exit(status: u32) -> ! {
    // SAFETY: a number.
    unsafe { raw::exit(status) };
    unreachable!("an atom that has ended does not go on")
}

/// A message of kind `Ended` comes, once, when that atom ends; at once when there is none.
///
/// # Errors
/// `Busy`.
pub fn watch(name: &str) -> Result<()> {
    // SAFETY: the name stands until the call returns.
    check(unsafe { raw::watch(name.as_ptr(), name.len(), 0) })
}

/// The same; and when either ends otherwise than with status 0, the other is ended, too.
///
/// # Errors
/// `Busy`.
pub fn link(name: &str) -> Result<()> {
    // SAFETY: the name stands until the call returns.
    check(unsafe { raw::watch(name.as_ptr(), name.len(), raw::LINKED) })
}

/// Takes `watch` or `link` back.
///
/// # Errors
/// `UnknownAtom` when it was not watched.
pub fn unwatch(name: &str) -> Result<()> {
    // SAFETY: the name stands until the call returns.
    check(unsafe { raw::unwatch(name.as_ptr(), name.len()) })
}

#[link(wasm_import_module = "wasi_snapshot_preview1")]
unsafe extern "C" {
    fn args_sizes_get(count: *mut u32, size: *mut u32) -> i32;
    fn args_get(pointers: *mut *const u8, bytes: *mut u8) -> i32;
}

/// The program's name and its arguments, on any target.
#[must_use]
pub fn arguments() -> Vec<Vec<u8>> {
    let (mut count, mut size) = (0, 0);
    // SAFETY: two numbers are written.
    if unsafe { args_sizes_get(&raw mut count, &raw mut size) } != 0 {
        return Vec::new();
    }
    let (mut pointers, mut bytes) = (vec![std::ptr::null(); count as usize], vec![0; size as usize]);
    // SAFETY: as much is written as was said.
    if unsafe { args_get(pointers.as_mut_ptr(), bytes.as_mut_ptr()) } != 0 {
        return Vec::new();
    }
    bytes.split(|byte| *byte == 0).take(count as usize).map(<[u8]>::to_vec).collect()
}
