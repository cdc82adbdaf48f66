//! Error numbers of this machine as the guest's.

use rustix::io::Errno as Host;
use sojourn_host::Errno;

/// The guest's number; `Io` for what it has none for.
pub(super) fn errno(host: Host) -> Errno {
    match host {
        Host::TOOBIG => Errno::TooBig,
        Host::ACCESS => Errno::Access,
        Host::AGAIN => Errno::Again,
        Host::BADF => Errno::BadDescriptor,
        Host::BUSY => Errno::Busy,
        Host::DQUOT => Errno::Quota,
        Host::EXIST => Errno::Exists,
        Host::FBIG => Errno::FileTooBig,
        Host::ILSEQ => Errno::IllegalSequence,
        Host::INTR => Errno::Interrupted,
        Host::INVAL => Errno::Invalid,
        Host::ISDIR => Errno::IsDirectory,
        Host::LOOP => Errno::Loop,
        Host::MFILE => Errno::TooManyOpen,
        Host::MLINK => Errno::TooManyLinks,
        Host::NAMETOOLONG => Errno::NameTooLong,
        Host::NFILE => Errno::SystemTooManyOpen,
        Host::NODEV => Errno::NoDevice,
        Host::NOENT => Errno::NoEntry,
        Host::NOMEM => Errno::NoMemory,
        Host::NOSPC => Errno::NoSpace,
        Host::NOSYS => Errno::NoSystemCall,
        Host::NOTDIR => Errno::NotDirectory,
        Host::NOTEMPTY => Errno::NotEmpty,
        Host::OPNOTSUPP => Errno::NotSupported,
        Host::NOTTY => Errno::NotTerminal,
        Host::NXIO => Errno::NoDeviceOrAddress,
        Host::OVERFLOW => Errno::Overflow,
        Host::PERM => Errno::Permission,
        Host::PIPE => Errno::Pipe,
        Host::ROFS => Errno::ReadOnly,
        Host::SPIPE => Errno::SeekPipe,
        Host::STALE => Errno::Stale,
        Host::TXTBSY => Errno::TextBusy,
        Host::XDEV => Errno::CrossDevice,
        _ => Errno::Io,
    }
}
