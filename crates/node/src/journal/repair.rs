//! A journal some of whose files are damaged: what is whole in them is written anew, and the files as they were are kept.

use super::frame::{Builder, Line};
use super::segment::{Folder, Found, HEAD_BYTES, Segment, head};
use crate::folder::write_whole;
use crate::images::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Bytes of entries in one frame of a file that is written anew, at most one entry more.
const FRAME_BYTES: usize = 1 << 20;

/// Writes files of a journal anew that are damaged, with what is whole in them; a sentence about each. As they were they
/// are in the folder `lost` in the journal. Whoever calls this has the lock of the store beside it.
///
/// # Errors
/// `DiskFull`, `Io`; files that were not reached yet are as they were.
pub fn repair(folder: &Path) -> Result<Vec<String>, Error> {
    let mut lost = Vec::new();
    for path in Folder::open(folder)?.segments()? {
        match Segment::read(&path, false) {
            Ok(_) => {}
            Err(Error::Damaged { path, reason }) => {
                set_aside(folder, &path)?;
                lost.push(format!("{reason}, in {}", path.display()));
                mend(&path)?;
            }
            Err(error) => return Err(error),
        }
    }
    Ok(lost)
}

fn mend(path: &Path) -> Result<(), Error> {
    let fault = |error| Error::file(path, error);
    let before = fs::read(path).map_err(fault)?;
    let Some(found) = Segment::read(path, true)? else { return Ok(()) };
    let mut after = whole(&found, &before);
    after.resize(after.len().max(before.len()), 0);
    write_whole(path, true, |file| file.write_all(&after)).map_err(fault)
}

/// A file with these lines, each at a place of its own.
fn whole(found: &Found, before: &[u8]) -> Vec<u8> {
    let number = found.segment.number;
    let mut after = head(number).to_vec();
    debug_assert_eq!(after.len() as u64, HEAD_BYTES);
    let mut lines = found.lines.iter().peekable();
    while lines.peek().is_some() {
        let mut frame = Builder::new(number, after.len() as u64);
        let mut bytes = 0;
        while bytes < FRAME_BYTES
            && let Some(line) = lines.next()
        {
            bytes += enter(&mut frame, line, before);
        }
        after.extend(frame.finish().0);
    }
    after
}

/// Bytes of a line that is entered.
fn enter(frame: &mut Builder, line: &Line, before: &[u8]) -> usize {
    match line {
        Line::Entry { sequence, kind, atom, content } => {
            let place = usize::try_from(content.start).ok().zip(usize::try_from(content.end).ok());
            let content = place.and_then(|(start, end)| before.get(start..end)).unwrap_or_default();
            frame.entry(*sequence, *kind, atom, content);
            content.len() + atom.len()
        }
        Line::Cut { atom, up_to } => {
            frame.cut(atom, *up_to);
            atom.len()
        }
    }
}

fn set_aside(folder: &Path, path: &Path) -> Result<(), Error> {
    let lost = folder.join("lost");
    fs::create_dir_all(&lost).map_err(|error| Error::file(&lost, error))?;
    let to = free(&lost, path);
    fs::copy(path, &to).map(drop).map_err(|error| Error::file(&to, error))
}

/// A name in a folder that is still free.
fn free(folder: &Path, path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let places = (0_u32..).map(|count| folder.join(format!("{name}.{count}")));
    places.into_iter().find(|place| !place.exists()).expect("a number that is free")
}
