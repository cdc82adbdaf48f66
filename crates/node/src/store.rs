//! Modules by hash, in the user's cache folder, so that an image finds its module again.
//!
//! Keeping one is a comfort: where it fails, the run goes on, and an image must bring its module itself.

use crate::folder::{cache_folder, write_whole};
use sojourn_image::ModuleHash;
use std::fs;
use std::io::Write;
use std::path::PathBuf;

fn place(hash: &ModuleHash) -> Option<PathBuf> {
    Some(cache_folder()?.join("modules").join(format!("{hash}.wasm")))
}

/// Keeps a module, if it is not there yet. Whether it is there now.
pub(crate) fn keep(hash: &ModuleHash, wasm: &[u8]) -> bool {
    let Some(path) = place(hash) else { return false };
    let there = fs::metadata(&path).is_ok_and(|known| known.len() == wasm.len() as u64);
    there
        || path.parent().is_some_and(|folder| fs::create_dir_all(folder).is_ok())
            && write_whole(&path, false, |file| file.write_all(wasm)).is_ok()
}

/// A module that was kept; a damaged one is thrown away.
pub(crate) fn find(hash: &ModuleHash) -> Option<Vec<u8>> {
    let path = place(hash)?;
    let wasm = fs::read(&path).ok()?;
    if ModuleHash::of(&wasm) == *hash {
        return Some(wasm);
    }
    // Whoever cannot remove it finds it damaged again next time.
    let _ = fs::remove_file(&path);
    None
}
