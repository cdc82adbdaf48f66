//! Images as files.

use crate::error::Error;
use crate::folder::write_whole;
use sojourn_image::Image;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// What stops a file from being written: the image itself, or the disk.
enum Failure {
    Image(sojourn_image::Error),
    Disk(io::Error),
}

impl From<sojourn_image::Error> for Failure {
    fn from(error: sojourn_image::Error) -> Self {
        Self::Image(error)
    }
}

/// Writes an image to a file, whole or not at all; it is on the disk when this returns.
///
/// # Errors
/// `Error::DiskFull`, `Error::Io`: what was there before is untouched. `Error::InvalidImage` for an image
/// beyond the limits of the format.
pub fn save(image: &Image, path: &Path) -> Result<(), Error> {
    let mut refused = None;
    let written = write_whole(path, true, |file| {
        let sink = |bytes: &[u8]| file.write_all(bytes).map_err(Failure::Disk);
        image.write(sink).map_err(|failure| match failure {
            Failure::Disk(error) => error,
            Failure::Image(error) => {
                refused = Some(error);
                io::ErrorKind::InvalidData.into()
            }
        })
    });
    match refused {
        Some(error) => Err(error.into()),
        None => written.map_err(|error| Error::file(path, error)),
    }
}

/// Reads an image from a file, and checks all of it.
///
/// # Errors
/// `Error::Io`, `Error::InvalidImage`, `Error::WrongVersion`.
pub fn load(path: &Path) -> Result<Image, Error> {
    let bytes = fs::read(path).map_err(|error| Error::file(path, error))?;
    Ok(Image::decode_owned(bytes)?)
}
