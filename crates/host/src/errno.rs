//! Error numbers of WASI preview 1 (preview 0 has the same ones).

macro_rules! errnos {
    ($($number:literal $name:ident $text:literal,)*) => {
        /// Why a call was refused, as guests read it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[repr(u16)]
        pub enum Errno {
            $(#[doc = $text] $name = $number,)*
        }

        impl Errno {
            /// The reason in words.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

errnos! {
    1 TooBig "argument list too long",
    2 Access "permission denied",
    3 AddressInUse "address in use",
    6 Again "would have to wait",
    8 BadDescriptor "bad file descriptor",
    10 Busy "in use",
    14 ConnectionRefused "connection refused",
    15 ConnectionReset "the connection was reset by the peer",
    19 Quota "disk quota exceeded",
    20 Exists "exists already",
    21 Fault "bad address",
    22 FileTooBig "file too large",
    25 IllegalSequence "not UTF-8",
    27 Interrupted "interrupted",
    28 Invalid "invalid argument",
    29 Io "input or output failed",
    31 IsDirectory "is a directory",
    32 Loop "too many symbolic links, or one where none may be",
    33 TooManyOpen "too many open files",
    34 TooManyLinks "too many links",
    37 NameTooLong "name too long",
    41 SystemTooManyOpen "too many open files in the system",
    43 NoDevice "no such device",
    44 NoEntry "no such file or directory",
    48 NoMemory "out of memory",
    51 NoSpace "no space left",
    52 NoSystemCall "not implemented",
    53 NotConnected "not connected",
    54 NotDirectory "not a directory",
    55 NotEmpty "directory not empty",
    57 NotSocket "not a socket",
    58 NotSupported "not supported",
    59 NotTerminal "not a terminal",
    60 NoDeviceOrAddress "no such device or address",
    61 Overflow "value too large",
    63 Permission "not permitted",
    64 Pipe "the reader is gone",
    69 ReadOnly "read-only file system",
    70 SeekPipe "cannot seek here",
    72 Stale "stale file handle",
    74 TextBusy "program in use",
    75 CrossDevice "on another file system",
    76 NotCapable "the descriptor has no right to this",
}

impl Errno {
    /// The number that the guest gets.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }
}

impl core::fmt::Display for Errno {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.text())
    }
}
