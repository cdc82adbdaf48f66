//! The image: what is running, as bytes that mean the same on every engine and every processor.
#![no_std]
extern crate alloc;

pub mod record;

pub use record::{Entry, Frame, Point, Slot, Value};
