//! Errors that nodes answer with. Made from `abi/errors.toml`; do not edit.

/// An error code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Code {
    /// There is no such atom in the realm.
    UnknownAtom = 1,
    /// There is no such node in the realm.
    UnknownNode = 2,
    /// The atom does not run any more.
    NotRunning = 3,
    /// Something else is being done with it, or a queue is full.
    Busy = 4,
    /// The atom is already where it is to go.
    AlreadyThere = 5,
    /// The atom uses something that cannot leave its machine.
    Pinned = 6,
    /// The node does not offer a host function that the module imports.
    MissingFunction = 7,
    /// The node has no engine that can run it.
    MissingFeature = 8,
    /// There is no room for it.
    NoRoom = 9,
    /// The other side speaks another version.
    WrongVersion = 10,
    /// The node is of another realm.
    WrongRealm = 11,
    /// The node has no right to join the realm.
    NotAllowed = 12,
    /// The node does not answer.
    Unreachable = 13,
    /// The move was given up; the atom goes on where it was.
    Aborted = 14,
    /// The atom ended by itself meanwhile.
    Ended = 15,
    /// The node ended right after it had taken the atom.
    Lost = 16,
    /// No image of it is kept.
    NoImage = 17,
    /// The atom runs.
    AlreadyRuns = 18,
    /// The module cannot be run.
    InvalidModule = 19,
    /// The request makes no sense.
    InvalidRequest = 20,
    /// There is no room on the disk.
    DiskFull = 21,
    /// Nobody at hand has that content.
    MissingContent = 22,
    /// The address cannot be listened on.
    Address = 23,
    /// Something failed that should not.
    Internal = 24,
    /// A newer copy of the atom speaks for it.
    Superseded = 25,
    /// A node of this name is in the realm already.
    NameTaken = 26,
    /// An atom of this name was born at that node already.
    AtomNameTaken = 27,
    /// It was not answered in time.
    TimedOut = 28,
    /// There is no such future.
    UnknownFuture = 29,
    /// There is no such call to answer.
    UnknownCall = 30,
    /// The room that was given is too small.
    TooSmall = 31,
    /// It is larger than its limit.
    TooLarge = 32,
    /// No callback is due.
    NothingDue = 33,
    /// It cannot be a name.
    InvalidName = 34,
    /// It is not a pattern that names are matched with.
    InvalidPattern = 35,
    /// There is no such key.
    NoKey = 36,
    /// The key has another version.
    Conflict = 37,
    /// The atom may not do this.
    NotGranted = 38,
    /// The descriptor is none of this kind.
    BadDescriptor = 39,
    /// The connection was reset.
    Reset = 40,
    /// The program runs alone, and not as an atom of a realm.
    NotInRealm = 41,
    /// A callback is due first.
    Callback = 42,
    /// No atom has such a name or alias.
    UnknownAlias = 43,
    /// The module's annotation cannot be what it says.
    InvalidAnnotation = 44,
    /// A pointer or length lies outside the guest's memory.
    BadPointer = 45,
    /// The node hosts no atoms.
    HostsNoAtoms = 46,
}

impl Code {
    /// All of them, by number.
    pub const ALL: [Self; 46] = [
        Self::UnknownAtom,
        Self::UnknownNode,
        Self::NotRunning,
        Self::Busy,
        Self::AlreadyThere,
        Self::Pinned,
        Self::MissingFunction,
        Self::MissingFeature,
        Self::NoRoom,
        Self::WrongVersion,
        Self::WrongRealm,
        Self::NotAllowed,
        Self::Unreachable,
        Self::Aborted,
        Self::Ended,
        Self::Lost,
        Self::NoImage,
        Self::AlreadyRuns,
        Self::InvalidModule,
        Self::InvalidRequest,
        Self::DiskFull,
        Self::MissingContent,
        Self::Address,
        Self::Internal,
        Self::Superseded,
        Self::NameTaken,
        Self::AtomNameTaken,
        Self::TimedOut,
        Self::UnknownFuture,
        Self::UnknownCall,
        Self::TooSmall,
        Self::TooLarge,
        Self::NothingDue,
        Self::InvalidName,
        Self::InvalidPattern,
        Self::NoKey,
        Self::Conflict,
        Self::NotGranted,
        Self::BadDescriptor,
        Self::Reset,
        Self::NotInRealm,
        Self::Callback,
        Self::UnknownAlias,
        Self::InvalidAnnotation,
        Self::BadPointer,
        Self::HostsNoAtoms,
    ];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::UnknownAtom => "UnknownAtom",
            Self::UnknownNode => "UnknownNode",
            Self::NotRunning => "NotRunning",
            Self::Busy => "Busy",
            Self::AlreadyThere => "AlreadyThere",
            Self::Pinned => "Pinned",
            Self::MissingFunction => "MissingFunction",
            Self::MissingFeature => "MissingFeature",
            Self::NoRoom => "NoRoom",
            Self::WrongVersion => "WrongVersion",
            Self::WrongRealm => "WrongRealm",
            Self::NotAllowed => "NotAllowed",
            Self::Unreachable => "Unreachable",
            Self::Aborted => "Aborted",
            Self::Ended => "Ended",
            Self::Lost => "Lost",
            Self::NoImage => "NoImage",
            Self::AlreadyRuns => "AlreadyRuns",
            Self::InvalidModule => "InvalidModule",
            Self::InvalidRequest => "InvalidRequest",
            Self::DiskFull => "DiskFull",
            Self::MissingContent => "MissingContent",
            Self::Address => "Address",
            Self::Internal => "Internal",
            Self::Superseded => "Superseded",
            Self::NameTaken => "NameTaken",
            Self::AtomNameTaken => "AtomNameTaken",
            Self::TimedOut => "TimedOut",
            Self::UnknownFuture => "UnknownFuture",
            Self::UnknownCall => "UnknownCall",
            Self::TooSmall => "TooSmall",
            Self::TooLarge => "TooLarge",
            Self::NothingDue => "NothingDue",
            Self::InvalidName => "InvalidName",
            Self::InvalidPattern => "InvalidPattern",
            Self::NoKey => "NoKey",
            Self::Conflict => "Conflict",
            Self::NotGranted => "NotGranted",
            Self::BadDescriptor => "BadDescriptor",
            Self::Reset => "Reset",
            Self::NotInRealm => "NotInRealm",
            Self::Callback => "Callback",
            Self::UnknownAlias => "UnknownAlias",
            Self::InvalidAnnotation => "InvalidAnnotation",
            Self::BadPointer => "BadPointer",
            Self::HostsNoAtoms => "HostsNoAtoms",
        }
    }

    /// What it says.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::UnknownAtom => "there is no such atom in the realm",
            Self::UnknownNode => "there is no such node in the realm",
            Self::NotRunning => "the atom does not run any more",
            Self::Busy => "something else is being done with it, or a queue is full",
            Self::AlreadyThere => "the atom is already where it is to go",
            Self::Pinned => "the atom uses something that cannot leave its machine",
            Self::MissingFunction => "the node does not offer a host function that the module imports",
            Self::MissingFeature => "the node has no engine that can run it",
            Self::NoRoom => "there is no room for it",
            Self::WrongVersion => "the other side speaks another version",
            Self::WrongRealm => "the node is of another realm",
            Self::NotAllowed => "the node has no right to join the realm",
            Self::Unreachable => "the node does not answer",
            Self::Aborted => "the move was given up; the atom goes on where it was",
            Self::Ended => "the atom ended by itself meanwhile",
            Self::Lost => "the node ended right after it had taken the atom",
            Self::NoImage => "no image of it is kept",
            Self::AlreadyRuns => "the atom runs",
            Self::InvalidModule => "the module cannot be run",
            Self::InvalidRequest => "the request makes no sense",
            Self::DiskFull => "there is no room on the disk",
            Self::MissingContent => "nobody at hand has that content",
            Self::Address => "the address cannot be listened on",
            Self::Internal => "something failed that should not",
            Self::Superseded => "a newer copy of the atom speaks for it",
            Self::NameTaken => "a node of this name is in the realm already",
            Self::AtomNameTaken => "an atom of this name was born at that node already",
            Self::TimedOut => "it was not answered in time",
            Self::UnknownFuture => "there is no such future",
            Self::UnknownCall => "there is no such call to answer",
            Self::TooSmall => "the room that was given is too small",
            Self::TooLarge => "it is larger than its limit",
            Self::NothingDue => "no callback is due",
            Self::InvalidName => "it cannot be a name",
            Self::InvalidPattern => "it is not a pattern that names are matched with",
            Self::NoKey => "there is no such key",
            Self::Conflict => "the key has another version",
            Self::NotGranted => "the atom may not do this",
            Self::BadDescriptor => "the descriptor is none of this kind",
            Self::Reset => "the connection was reset",
            Self::NotInRealm => "the program runs alone, and not as an atom of a realm",
            Self::Callback => "a callback is due first",
            Self::UnknownAlias => "no atom has such a name or alias",
            Self::InvalidAnnotation => "the module's annotation cannot be what it says",
            Self::BadPointer => "a pointer or length lies outside the guest's memory",
            Self::HostsNoAtoms => "the node hosts no atoms",
        }
    }

    /// What to do; empty where that depends.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::UnknownAtom => "`sojourn ps` lists them",
            Self::UnknownNode => "`sojourn nodes` lists them",
            Self::NotRunning => "`sojourn restore` lets it go on from an image",
            Self::Busy => "try again when that is over",
            Self::AlreadyThere => "",
            Self::Pinned => "start it with --memory-dir instead of --dir, so that its files move with it",
            Self::MissingFunction => "",
            Self::MissingFeature => "",
            Self::NoRoom => "stop or move something there, or raise the limit",
            Self::WrongVersion => "install the same version on both",
            Self::WrongRealm => "give --realm",
            Self::NotAllowed => "give the realm's key with --realm-key-file",
            Self::Unreachable => "it may be busy, stopped, or cut off",
            Self::Aborted => "",
            Self::Ended => "",
            Self::Lost => "`sojourn restore` lets it go on from its last image",
            Self::NoImage => "",
            Self::AlreadyRuns => "`sojourn stop` it first, or `sojourn migrate` it",
            Self::InvalidModule => "",
            Self::InvalidRequest => "",
            Self::DiskFull => "make room and try again; what was there before is untouched",
            Self::MissingContent => "",
            Self::Address => "",
            Self::Internal => "please report it",
            Self::Superseded => "",
            Self::NameTaken => "give another --name",
            Self::AtomNameTaken => "choose another name, or stop and forget the other atom",
            Self::TimedOut => "the answer may come later, or the receiver may be slow",
            Self::UnknownFuture => "it was taken, cancelled, or never made",
            Self::UnknownCall => "each is answered once; messages with `call` 0 expect no answer",
            Self::TooSmall => "call again with as much as is needed",
            Self::TooLarge => "`sojourn config show` tells the limits",
            Self::NothingDue => "",
            Self::InvalidName => "names have letters, digits and . _ - , at most 64",
            Self::InvalidPattern => {
                "a regular expression without look-around and back references, at most 256 bytes"
            }
            Self::NoKey => "",
            Self::Conflict => "read it again and decide anew",
            Self::NotGranted => "start it with the grant that it needs",
            Self::BadDescriptor => "",
            Self::Reset => "",
            Self::NotInRealm => "start it with `sojourn start`",
            Self::Callback => "take it with `callback`, then make the call again; SDKs do that",
            Self::UnknownAlias => "`sojourn names PATTERN` shows those that there are",
            Self::InvalidAnnotation => "`sojourn annotate FILE` shows and mends it",
            Self::BadPointer => "",
            Self::HostsNoAtoms => "name another node, or none",
        }
    }

    /// Whether it says that it did not happen and will not.
    #[must_use]
    pub const fn definite(self) -> bool {
        match self {
            Self::UnknownAtom => true,
            Self::UnknownNode => true,
            Self::NotRunning => true,
            Self::Busy => true,
            Self::AlreadyThere => true,
            Self::Pinned => true,
            Self::MissingFunction => true,
            Self::MissingFeature => true,
            Self::NoRoom => true,
            Self::WrongVersion => true,
            Self::WrongRealm => true,
            Self::NotAllowed => true,
            Self::Unreachable => false,
            Self::Aborted => true,
            Self::Ended => true,
            Self::Lost => false,
            Self::NoImage => true,
            Self::AlreadyRuns => true,
            Self::InvalidModule => true,
            Self::InvalidRequest => true,
            Self::DiskFull => true,
            Self::MissingContent => true,
            Self::Address => true,
            Self::Internal => false,
            Self::Superseded => true,
            Self::NameTaken => true,
            Self::AtomNameTaken => true,
            Self::TimedOut => false,
            Self::UnknownFuture => true,
            Self::UnknownCall => true,
            Self::TooSmall => true,
            Self::TooLarge => true,
            Self::NothingDue => true,
            Self::InvalidName => true,
            Self::InvalidPattern => true,
            Self::NoKey => true,
            Self::Conflict => true,
            Self::NotGranted => true,
            Self::BadDescriptor => true,
            Self::Reset => false,
            Self::NotInRealm => true,
            Self::Callback => true,
            Self::UnknownAlias => true,
            Self::InvalidAnnotation => true,
            Self::BadPointer => true,
            Self::HostsNoAtoms => true,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self as u16
    }

    /// By number; one that this version does not know is `Internal`.
    #[must_use]
    pub fn of(number: u16) -> Self {
        Self::ALL.into_iter().find(|code| code.number() == number).unwrap_or(Self::Internal)
    }
}
