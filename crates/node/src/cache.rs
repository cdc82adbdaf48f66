//! Compiled code on disk, by its module, the code it was compiled from and the engine that compiled it.
//!
//! An entry is a magic number, the hash of the rest, and the engine's bytes. Whatever is wrong with an entry, it
//! is as if it were not there: the code is compiled again and the entry written anew. Its file's time is when it was
//! used last.

use crate::folder::{cache_folder, write_whole};
use crate::limit::{CODE_BYTES, KEPT_SPOT_BYTES};
use sojourn_engine::{Engine, EngineError};
use sojourn_image::ModuleHash;
use std::collections::HashSet;
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::SystemTime;

const MAGIC: &[u8; 8] = b"SJCODE\x00\x01";
const HEAD_BYTES: usize = MAGIC.len() + ModuleHash::BYTES;

/// How often code was there already, and had to be compiled.
static HITS: AtomicU64 = AtomicU64::new(0);
static MISSES: AtomicU64 = AtomicU64::new(0);

/// What an entry is the code of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The module itself.
    Module,
    /// What goes on from one place that it can stop at.
    Spot,
}

impl Part {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Module => "module",
            Self::Spot => "spot",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Module, Self::Spot].into_iter().find(|part| part.name() == name)
    }
}

/// Code that an engine is to compile.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    /// The module that it is of.
    pub(crate) module: ModuleHash,
    pub(crate) part: Part,
    pub(crate) wasm: &'a [u8],
}

/// Compiled code from the cache, or compiled now and kept for the next time.
pub(crate) fn compile<E: Engine>(engine: &E, source: Source<'_>) -> Result<E::Module, EngineError> {
    match cache_folder() {
        Some(folder) => compile_in(&folder.join("code"), engine, source),
        None => compile_anew(engine, source),
    }
}

fn compile_anew<E: Engine>(engine: &E, source: Source<'_>) -> Result<E::Module, EngineError> {
    MISSES.fetch_add(1, Relaxed);
    engine.compile(source.wasm)
}

/// Code was at hand in memory.
pub(crate) fn at_hand() {
    HITS.fetch_add(1, Relaxed);
}

/// As `compile`, for code that somebody waits for: another thread keeps it, and only what takes long to compile.
pub(crate) fn compile_now<E: Engine>(engine: &E, source: Source<'_>) -> Result<E::Module, EngineError> {
    let Some(folder) = cache_folder().filter(|_| source.wasm.len() >= KEPT_SPOT_BYTES) else {
        return engine.compile(source.wasm);
    };
    let path = place(&folder.join("code"), engine, source);
    if let Some(module) = find(engine, &path) {
        return Ok(module);
    }
    let module = compile_anew(engine, source)?;
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

fn compile_in<E: Engine>(folder: &Path, engine: &E, source: Source<'_>) -> Result<E::Module, EngineError> {
    let path = place(folder, engine, source);
    if let Some(module) = find(engine, &path) {
        return Ok(module);
    }
    let module = compile_anew(engine, source)?;
    if let Some(code) = engine.serialize(&module) {
        keep(&path, &code);
    }
    Ok(module)
}

/// The file of an entry; `Entry::named` reads it.
fn place<E: Engine>(folder: &Path, engine: &E, source: Source<'_>) -> PathBuf {
    let Source { module, part, wasm } = source;
    let (part, code) = (part.name(), ModuleHash::of(wasm));
    folder.join(format!("{module}-{part}-{code}-{}.code", engine.fingerprint()))
}

fn find<E: Engine>(engine: &E, path: &Path) -> Option<E::Module> {
    let mut file = fs::File::open(path).ok()?;
    let mut entry = Vec::new();
    file.read_to_end(&mut entry).ok()?;
    let code = entry.get(HEAD_BYTES..)?;
    if entry[..MAGIC.len()] != *MAGIC || entry[MAGIC.len()..HEAD_BYTES] != ModuleHash::of(code).0 {
        return None;
    }
    // SAFETY: the name holds the engine's fingerprint and the hash shows that the bytes are those which an
    // engine with it serialised; the folder belongs to the user that this process runs as.
    let module = unsafe { engine.deserialize(code) }.ok()?;
    HITS.fetch_add(1, Relaxed);
    // Where that cannot be told, it only goes earlier.
    let _ = file.set_modified(SystemTime::now());
    Some(module)
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

/// Files of a folder with their size and when they were used last, the one used longest ago first.
fn files(folder: &Path) -> Vec<(SystemTime, u64, PathBuf)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<(SystemTime, u64, PathBuf)> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let facts = entry.metadata().ok()?;
            Some((facts.modified().ok()?, facts.len(), entry.path()))
        })
        .collect();
    files.sort();
    files
}

/// Removes the entries used longest ago until those left have at most `limit` bytes.
fn prune(folder: &Path, limit: u64) {
    let known = files(folder);
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

/// An entry, from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) module: ModuleHash,
    pub(crate) part: Part,
    pub(crate) engine: String,
    pub(crate) bytes: u64,
    pub(crate) used_at: SystemTime,
}

impl Entry {
    /// What a file's name says, as `place` makes it.
    fn named((used_at, bytes, path): &(SystemTime, u64, PathBuf)) -> Option<Self> {
        let name = path.file_name()?.to_str()?.strip_suffix(".code")?;
        let mut parts = name.splitn(4, '-');
        let module = ModuleHash(hash(parts.next()?)?);
        let part = Part::named(parts.next()?)?;
        hash(parts.next()?)?;
        let engine = parts.next()?.to_owned();
        Some(Self { module, part, engine, bytes: *bytes, used_at: *used_at })
    }
}

/// The bytes of a hash from its hexadecimal digits.
fn hash(text: &str) -> Option<[u8; ModuleHash::BYTES]> {
    if text.len() != 2 * ModuleHash::BYTES {
        return None;
    }
    let mut hash = [0; ModuleHash::BYTES];
    for (place, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * place..2 * place + 2)?, 16).ok()?;
    }
    Some(hash)
}

/// What a node can say of its cache.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Since the process began.
    pub(crate) hits: u64,
    pub(crate) misses: u64,
    /// Of all entries, also those that are not in `entries`.
    pub(crate) modules: usize,
    pub(crate) count: usize,
    pub(crate) bytes: u64,
    /// Those used last, the last one first.
    pub(crate) entries: Vec<Entry>,
}

/// Facts of the user's cache, with so many entries.
pub(crate) fn facts(most: usize) -> Facts {
    let all = cache_folder().map(|folder| files(&folder.join("code"))).unwrap_or_default();
    facts_of(&all, most)
}

fn facts_of(files: &[(SystemTime, u64, PathBuf)], most: usize) -> Facts {
    // Those of other versions are not known by their names, and go one day.
    let mut entries: Vec<Entry> = files.iter().rev().filter_map(Entry::named).collect();
    let modules: HashSet<[u8; ModuleHash::BYTES]> = entries.iter().map(|entry| entry.module.0).collect();
    let (modules, count) = (modules.len(), entries.len());
    let bytes = entries.iter().map(|entry| entry.bytes).sum();
    entries.truncate(most);
    let (hits, misses) = (HITS.load(Relaxed), MISSES.load(Relaxed));
    Facts { hits, misses, modules, count, bytes, entries }
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

    fn source(wasm: &[u8]) -> Source<'_> {
        Source { module: ModuleHash([7; ModuleHash::BYTES]), part: Part::Module, wasm }
    }

    #[test]
    fn entries_tell_of_their_modules_and_of_when_they_were_used() {
        let folder = folder("facts");
        let engine = Wasmtime::new(Settings::default()).unwrap();
        let wasm = wat::parse_str("(module (func (export \"run\")))").unwrap();
        let (main, spot) = (source(&wasm), Source { part: Part::Spot, ..source(&wasm) });
        let before = (HITS.load(Relaxed), MISSES.load(Relaxed));
        for _ in 0..2 {
            compile_in(&folder, &engine, main).unwrap();
        }
        compile_in(&folder, &engine, spot).unwrap();
        // Other tests of this process compile, too.
        assert!(HITS.load(Relaxed) > before.0 && MISSES.load(Relaxed) >= before.1 + 2);
        fs::write(folder.join("what-is-this.code"), "?").unwrap();
        let age = |path: &Path, seconds| {
            let file = fs::File::options().write(true).open(path).unwrap();
            file.set_modified(SystemTime::now() - std::time::Duration::from_secs(seconds)).unwrap();
        };
        age(&place(&folder, &engine, main), 200);
        age(&place(&folder, &engine, spot), 100);
        let told = facts_of(&files(&folder), 9);
        assert_eq!((told.modules, told.count, told.entries.len()), (1, 2, 2));
        assert_eq!(told.bytes, told.entries.iter().map(|entry| entry.bytes).sum::<u64>());
        let parts = |facts: &Facts| facts.entries.iter().map(|entry| entry.part).collect::<Vec<Part>>();
        assert_eq!(parts(&told), [Part::Spot, Part::Module]);
        assert!(told.entries.iter().all(|entry| entry.module == main.module));
        assert!(told.entries.iter().all(|entry| entry.engine == engine.fingerprint()));
        compile_in(&folder, &engine, main).unwrap();
        let told = facts_of(&files(&folder), 1);
        assert_eq!((parts(&told), told.count), (vec![Part::Module], 2));
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_damaged_entry_is_rebuilt() {
        let folder = folder("cache");
        let engine = Wasmtime::new(Settings::default()).unwrap();
        let wasm = wat::parse_str("(module (func (export \"run\")))").unwrap();
        let source = source(&wasm);
        let path = place(&folder, &engine, source);
        compile_in(&folder, &engine, source).unwrap();
        let whole = fs::read(&path).unwrap();
        assert!(find(&engine, &path).is_some());
        let last = whole.len() - 1;
        for damage in [0, MAGIC.len(), HEAD_BYTES, last] {
            let mut damaged = whole.clone();
            damaged[damage] ^= 1;
            fs::write(&path, damaged).unwrap();
            assert!(find(&engine, &path).is_none(), "byte {damage}");
            compile_in(&folder, &engine, source).unwrap();
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
