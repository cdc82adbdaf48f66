//! Compiled code on disk, by the code it was compiled from and the engine that compiled it.
//!
//! An entry is a magic number, the hash of the rest, and the engine's bytes. Whatever is wrong with an entry, it
//! is as if it were not there: the code is compiled again and the entry written anew.

use crate::folder::{cache_folder, write_whole};
use crate::limit::{CODE_BYTES, KEPT_SPOT_BYTES};
use sojourn_engine::{Engine, EngineError};
use sojourn_image::ModuleHash;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::SystemTime;

const MAGIC: &[u8; 8] = b"SJCODE\x00\x01";
const HEAD_BYTES: usize = MAGIC.len() + ModuleHash::BYTES;

/// Compiled code from the cache, or compiled now and kept for the next time.
pub(crate) fn compile<E: Engine>(engine: &E, wasm: &[u8]) -> Result<E::Module, EngineError> {
    match cache_folder() {
        Some(folder) => compile_in(&folder.join("code"), engine, wasm),
        None => engine.compile(wasm),
    }
}

/// As `compile`, for code that somebody waits for: another thread keeps it, and only what takes long to compile.
pub(crate) fn compile_now<E: Engine>(engine: &E, wasm: &[u8]) -> Result<E::Module, EngineError> {
    let Some(folder) = cache_folder().filter(|_| wasm.len() >= KEPT_SPOT_BYTES) else {
        return engine.compile(wasm);
    };
    let path = place(&folder.join("code"), engine, wasm);
    if let Some(module) = find(engine, &path) {
        return Ok(module);
    }
    let module = engine.compile(wasm)?;
    let (engine, compiled) = (engine.clone(), module.clone());
    let keeping = thread::Builder::new().name("keep code".into()).spawn(move || {
        if let Some(code) = engine.serialize(&compiled) {
            keep(&path, &code);
        }
    });
    // Without a thread it is compiled again another time.
    drop(keeping);
    Ok(module)
}

fn compile_in<E: Engine>(folder: &Path, engine: &E, wasm: &[u8]) -> Result<E::Module, EngineError> {
    let path = place(folder, engine, wasm);
    if let Some(module) = find(engine, &path) {
        return Ok(module);
    }
    let module = engine.compile(wasm)?;
    if let Some(code) = engine.serialize(&module) {
        keep(&path, &code);
    }
    Ok(module)
}

fn place<E: Engine>(folder: &Path, engine: &E, wasm: &[u8]) -> PathBuf {
    folder.join(format!("{}-{}.code", ModuleHash::of(wasm), engine.fingerprint()))
}

fn find<E: Engine>(engine: &E, path: &Path) -> Option<E::Module> {
    let entry = fs::read(path).ok()?;
    let code = entry.get(HEAD_BYTES..)?;
    if entry[..MAGIC.len()] != *MAGIC || entry[MAGIC.len()..HEAD_BYTES] != ModuleHash::of(code).0 {
        return None;
    }
    // SAFETY: the name holds the engine's fingerprint and the hash shows that the bytes are those which an
    // engine with it serialised; the folder belongs to the user that this process runs as.
    unsafe { engine.deserialize(code) }.ok()
}

/// Keeps code. A cache that cannot be written only costs time.
fn keep(path: &Path, code: &[u8]) {
    let Some(folder) = path.parent() else { return };
    let head = ModuleHash::of(code);
    let written = fs::create_dir_all(folder).and_then(|()| {
        write_whole(path, false, |file| {
            file.write_all(MAGIC)?;
            file.write_all(&head.0)?;
            file.write_all(code)
        })
    });
    if written.is_ok() {
        prune(folder, CODE_BYTES);
    }
}

/// Removes the oldest entries until those left have at most `limit` bytes.
fn prune(folder: &Path, limit: u64) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut known: Vec<(SystemTime, u64, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let facts = entry.metadata().ok()?;
            Some((facts.modified().ok()?, facts.len(), entry.path()))
        })
        .collect();
    known.sort();
    let mut total: u64 = known.iter().map(|(_, bytes, _)| bytes).sum();
    for (_, bytes, path) in known {
        if total <= limit {
            return;
        }
        if fs::remove_file(path).is_ok() {
            total -= bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sojourn_engine_wasmtime::{Settings, Wasmtime};

    /// A folder of this test's own.
    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("sojourn-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    #[test]
    fn a_damaged_entry_is_rebuilt() {
        let folder = folder("cache");
        let engine = Wasmtime::new(Settings::default()).unwrap();
        let wasm = wat::parse_str("(module (func (export \"run\")))").unwrap();
        let path = place(&folder, &engine, &wasm);
        compile_in(&folder, &engine, &wasm).unwrap();
        let whole = fs::read(&path).unwrap();
        assert!(find(&engine, &path).is_some());
        let last = whole.len() - 1;
        for damage in [0, MAGIC.len(), HEAD_BYTES, last] {
            let mut damaged = whole.clone();
            damaged[damage] ^= 1;
            fs::write(&path, damaged).unwrap();
            assert!(find(&engine, &path).is_none(), "byte {damage}");
            compile_in(&folder, &engine, &wasm).unwrap();
            assert_eq!(fs::read(&path).unwrap(), whole);
        }
        for length in [0, 5, HEAD_BYTES - 1, HEAD_BYTES, last] {
            fs::write(&path, &whole[..length]).unwrap();
            assert!(find(&engine, &path).is_none(), "cut to {length} bytes");
        }
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn the_oldest_entries_go_first() {
        let folder = folder("prune");
        for (age, name) in [(3, "old"), (2, "middle"), (1, "new")] {
            let file = fs::File::create(folder.join(name)).unwrap();
            (&file).write_all(&[0; 10]).unwrap();
            file.set_modified(SystemTime::now() - std::time::Duration::from_secs(age * 100)).unwrap();
        }
        prune(&folder, 20);
        let left = |name: &str| folder.join(name).exists();
        assert_eq!((left("old"), left("middle"), left("new")), (false, true, true));
        fs::remove_dir_all(&folder).unwrap();
    }
}
