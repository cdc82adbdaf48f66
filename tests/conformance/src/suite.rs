//! The specification's scripts, read where they are.

use std::path::{Path, PathBuf};

/// The folder of the scripts, `../shared/spec-testsuite` beside the repository; `None` (and a line that says so) when
/// it is not there.
#[must_use]
pub fn folder() -> Option<PathBuf> {
    let found = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/spec-testsuite");
    if found.is_dir() {
        return Some(found);
    }
    eprintln!("SKIPPED: the specification tests are not at {}: nothing was compared", found.display());
    None
}

/// Every script below a folder: name relative to it, and text. Sorted by name.
///
/// # Panics
/// When a file cannot be read.
#[must_use]
pub fn scripts(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    walk(folder, "", &mut found);
    found.sort();
    found
}

fn walk(folder: &Path, prefix: &str, found: &mut Vec<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("the folder of the scripts can be listed") {
        let path = entry.expect("the folder of the scripts can be listed").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() {
            walk(&path, &format!("{prefix}{name}/"), found);
        } else if path.extension().is_some_and(|extension| extension == "wast") {
            let text = std::fs::read(&path).expect("a script can be read");
            found.push((format!("{prefix}{name}"), String::from_utf8_lossy(&text).into_owned()));
        }
    }
}
