//! Runs on this machine: threads, files, streams, compiled code.
//!
//! ```text
//! Module::new(bytes)                    check, instrument; facts: hash, sites, names
//! start(&module, StartOptions)   -> Run compile (or take from the cache), instantiate, wait at the gate
//! resume(image, ResumeOptions)   -> Run the same from an image; the module is found by its hash
//! Run::stop() wait() stop_at(k)  -> Ending: Exited(status), Trapped(trap), Stopped(image)
//! Run::stdout() stderr()      -> RunOutput: read(max) blocks; empty at the end
//! save(&image, path) load(path)         files, never half-written
//! ```
//!
//! All methods of `Run` take `&self` and may be called from several threads at once.

pub mod anchor;
mod cache;
mod continuation;
mod error;
mod file;
mod folder;
mod guest;
pub mod images;
pub mod journal;
pub mod limit;
pub mod live;
pub mod mesh;
mod module;
mod options;
pub mod pages;
pub mod ports;
mod repair;
mod run;
mod store;
mod world;

pub use error::Error;
pub use file::{load, save};
pub use folder::cache_folder;
pub use module::Module;
pub use options::{Console, EngineName, Mount, MountSource, ResumeOptions, StartOptions, Stdin};
pub use repair::{Repaired, repair};
pub use run::{Ending, Run, RunOutput, resume, start};
pub use sojourn_engine::Trap;
pub use sojourn_host::ports::Stream;
pub use sojourn_host::state;
pub use sojourn_host::tree::FileType;
pub use sojourn_image::Image;
