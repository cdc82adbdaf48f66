//! The user's cache folder, and files that are never half-written.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Where modules and compiled code are kept: `$SOJOURN_CACHE`, else `$XDG_CACHE_HOME/sojourn`, else
/// `~/.cache/sojourn`; `None` when the environment names none of them.
#[must_use]
pub fn cache_folder() -> Option<PathBuf> {
    let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    named("SOJOURN_CACHE")
        .or_else(|| named("XDG_CACHE_HOME").map(|folder| folder.join("sojourn")))
        .or_else(|| named("HOME").map(|home| home.join(".cache").join("sojourn")))
}

/// Writes a file as a whole or not at all: a temporary file beside it, then a rename. What was there before
/// stays until then. With `durable`, file and folder are on the disk when this returns.
///
/// A symbolic link stays one, and what it leads to is written; a device or pipe is written to as it is.
pub(crate) fn write_whole(
    path: &Path,
    durable: bool,
    contents: impl FnOnce(&mut File) -> io::Result<()>,
) -> io::Result<()> {
    match fs::canonicalize(path).and_then(|target| Ok((fs::metadata(&target)?, target))) {
        Ok((kind, target)) if kind.is_file() => replace(&target, durable, contents),
        Ok((kind, target)) if !kind.is_dir() => contents(&mut OpenOptions::new().write(true).open(target)?),
        _ => replace(path, durable, contents),
    }
}

fn replace(path: &Path, durable: bool, contents: impl FnOnce(&mut File) -> io::Result<()>) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = folder.join(temporary_name(path));
    let mut file = OpenOptions::new().write(true).create_new(true).open(&temporary)?;
    let written = contents(&mut file)
        .and_then(|()| file.flush())
        .and_then(|()| if durable { file.sync_all() } else { Ok(()) })
        .and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The first error is the one to report.
        let _ = fs::remove_file(&temporary);
        return written;
    }
    if durable { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// A name that no other process or thread uses.
fn temporary_name(path: &Path) -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    format!(".{name}.{}.{}.tmp", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_cannot_be_written_leaves_the_old_one() {
        let folder = std::env::temp_dir().join(format!("sojourn-whole-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("image");
        write_whole(&path, true, |file| file.write_all(b"old")).unwrap();
        let full = write_whole(&path, true, |file| {
            file.write_all(b"half of the new")?;
            Err(io::ErrorKind::StorageFull.into())
        });
        assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "no temporary file is left");
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn links_and_devices_stay_what_they_are() {
        let folder = std::env::temp_dir().join(format!("sojourn-link-{}", std::process::id()));
        fs::create_dir_all(folder.join("far")).unwrap();
        let (link, file) = (folder.join("link"), folder.join("far").join("file"));
        fs::write(&file, b"old").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        write_whole(&link, true, |file| file.write_all(b"new")).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read(&file).unwrap(), b"new");
        fs::remove_dir_all(&folder).unwrap();
        let full = write_whole(Path::new("/dev/full"), true, |file| file.write_all(b"new"));
        assert_eq!(full.unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert!(!fs::metadata("/dev/full").unwrap().is_file());
    }
}
