//! The image: what is running, as bytes that mean the same on every engine and every processor.
//!
//! An [`Image`] is a plain value. [`Image::encode`] and [`Image::write`] turn it into bytes, [`Image::decode`]
//! and [`Image::decode_owned`] read it back and check every byte. The format is described, precisely enough
//! for another implementation, in `docs/format/image.md`.
//!
//! ```
//! use sojourn_image::{Entry, Image, Memory, ModuleHash};
//!
//! let mut image = Image::new(ModuleHash::of(b"\0asm"), Entry::Export { name: "run".into() });
//! image.memories.push(Memory::capture(0, &[7; 65536]));
//! let bytes = image.encode()?;
//! assert_eq!(Image::decode(&bytes)?, image);
//! # Ok::<(), sojourn_image::Error>(())
//! ```
#![no_std]
extern crate alloc;

pub mod chunk;
pub mod error;
pub mod hash;
pub mod header;
pub mod limit;
mod read;
pub mod record;
pub mod section;
mod write;

pub use chunk::{Chunk, Memory};
pub use error::Error;
pub use hash::{Hash, ModuleHash};
pub use header::{Header, Listed, VERSION};
pub use record::{Entry, Features, Frame, Image, Point, Slot, Table, Value};
pub use section::Section;
