//! Channels of an atom: files whose reads take messages and whose writes send them. Which paths they may have, and what
//! may be done with them.

use alloc::format;
use alloc::string::String;

/// Bytes of the longest path.
pub const CHANNEL_PATH_BYTES: usize = 1024;

/// What a guest may do with a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelMode {
    /// To read what comes.
    Read,
    /// To write what goes.
    Write,
    /// Both.
    Both,
}

impl ChannelMode {
    /// The mode as users write it: `r`, `w` or `rw`.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        match text {
            "r" => Some(Self::Read),
            "w" => Some(Self::Write),
            "rw" => Some(Self::Both),
            _ => None,
        }
    }

    /// Whether it may be read.
    #[must_use]
    pub const fn reads(self) -> bool {
        matches!(self, Self::Read | Self::Both)
    }

    /// Whether it may be written.
    #[must_use]
    pub const fn writes(self) -> bool {
        matches!(self, Self::Write | Self::Both)
    }
}

/// `PATH:MODE`, as an annotation has it; `None` where it is no channel.
#[must_use]
pub fn channel(text: &str) -> Option<crate::Channel> {
    let (path, mode) = text.rsplit_once(':')?;
    let fits = ChannelMode::of(mode).is_some() && check_channel_path(path).is_ok();
    fits.then(|| crate::Channel { path: path.into(), mode: mode.into() })
}

/// Whether a channel may have this path.
///
/// # Errors
/// Why not, for people.
pub fn check_channel_path(path: &str) -> Result<(), String> {
    let Some(rest) = path.strip_prefix('/') else {
        return Err("its path has to be absolute, like /ch/light/data".into());
    };
    if path.len() > CHANNEL_PATH_BYTES {
        return Err(format!("its path has more than {CHANNEL_PATH_BYTES} bytes"));
    }
    if !rest.contains('/') {
        return Err("its path has to lie in a directory, like /ch/light/data".into());
    }
    let strange = |name: &str| matches!(name, "" | "." | "..") || name.len() > 255;
    if rest.split('/').any(strange) || path.chars().any(char::is_control) {
        return Err("its path has to have plain names between single slashes, like /ch/light/data".into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_has_an_absolute_plain_path_and_a_mode() {
        for (text, path, mode) in
            [("/ch/light/data:rw", "/ch/light/data", "rw"), ("/sys/signals:r", "/sys/signals", "r")]
        {
            let known = channel(text).unwrap();
            assert_eq!((known.path.as_str(), known.mode.as_str()), (path, mode));
        }
        for wrong in [
            "",
            ":r",
            "/ch/light/data",
            "/ch/light/data:",
            "/ch/light/data:x",
            "/ch/light/data:wr",
            "ch/light/data:r",
            "/data:r",
            "/:r",
            "/ch//data:r",
            "/ch/../data:r",
            "/ch/light/:r",
            "/ch/./data:r",
            "/ch/a\nb:r",
        ] {
            assert_eq!(channel(wrong), None, "{wrong}");
        }
        let long = format!("/ch/{}:r", "a/".repeat(600));
        assert_eq!(channel(&long), None);
    }
}
