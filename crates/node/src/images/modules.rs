//! Modules by hash, in the node's own folder: any node that has one answers for it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use sojourn_image::ModuleHash;

use super::Images;
use super::error::Error;
use crate::folder::write_whole;

/// Where the modules are.
pub(super) struct Modules {
    folder: PathBuf,
}

impl Modules {
    pub(super) fn open(store: &Path) -> Result<Self, Error> {
        let folder = store.join("modules");
        let fault = |error| Error::file(&folder, error);
        fs::create_dir_all(&folder).map_err(fault)?;
        for entry in fs::read_dir(&folder).map_err(fault)? {
            let entry = entry.map_err(fault)?;
            // Left by a crash. One that cannot be removed only takes room.
            if entry.file_name().to_string_lossy().ends_with(".tmp") {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(Self { folder })
    }

    fn path(&self, hash: &ModuleHash) -> PathBuf {
        self.folder.join(format!("{hash}.wasm"))
    }
}

impl Images {
    /// Keeps a module; it is on the disk when this returns. One that is there already costs a look at its file.
    ///
    /// # Errors
    /// `WrongModule` when it has another hash, `DiskFull`, `Io`.
    pub fn keep_module(&self, hash: &ModuleHash, wasm: &[u8]) -> Result<(), Error> {
        let found = ModuleHash::of(wasm);
        if found != *hash {
            return Err(Error::WrongModule { expected: *hash, found });
        }
        let path = self.modules.path(hash);
        if fs::metadata(&path).is_ok_and(|known| known.len() == wasm.len() as u64) {
            return Ok(());
        }
        write_whole(&path, true, |file| file.write_all(wasm)).map_err(|error| Error::file(&path, error))
    }

    /// A module that was kept; `None` when it is not there, so that it is fetched from elsewhere. A damaged one is
    /// as if it were not there, and goes.
    ///
    /// # Errors
    /// `Io`.
    pub fn module(&self, hash: &ModuleHash) -> Result<Option<Vec<u8>>, Error> {
        let path = self.modules.path(hash);
        match fs::read(&path) {
            Ok(wasm) if ModuleHash::of(&wasm) == *hash => Ok(Some(wasm)),
            Ok(_) => {
                // Whoever cannot remove it finds it damaged again next time.
                let _ = fs::remove_file(&path);
                Ok(None)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Error::file(&path, error)),
        }
    }
}
