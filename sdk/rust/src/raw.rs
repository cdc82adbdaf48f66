//! Guest calls as they are. Made from `abi/imports.toml` and `abi/errors.toml`; do not edit.
//!
//! Pointers must point at what a call reads or writes, for as long as the call takes: it keeps none.

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

/// What a message is.
pub mod kind {
    /// A message.
    pub const MESSAGE: u32 = 0;
    /// One that is handled inside the receiver's next blocking call.
    pub const INTERRUPT: u32 = 1;
    /// The answer to a call.
    pub const REPLY: u32 = 2;
    /// A call has failed; `code` tells why.
    pub const FAILED: u32 = 3;
    /// An atom that is watched has ended; `code` is its exit status.
    pub const ENDED: u32 = 4;
    /// A key has changed.
    pub const CHANGED: u32 = 5;
}

/// Flag of a draft: an interrupt.
pub const INTERRUPT: u32 = 1;

/// Flag of `on_interrupt` and `on_future`: also while another callback runs.
pub const NESTED: u32 = 1;

/// Flag of `spawn`: the caller hears of the end.
pub const WATCHED: u32 = 1;

/// Flag of `spawn` and `watch`: when either ends badly, so does the other.
pub const LINKED: u32 = 2;

/// Level of `log`.
pub const DEBUG: u32 = 0;

/// Level of `log`.
pub const INFO: u32 = 1;

/// Level of `log`.
pub const WARNING: u32 = 2;

/// Level of `log`.
pub const ERROR: u32 = 3;

/// Bytes in the guest's memory.
#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub struct Bytes {
    /// Where they begin.
    pub at: *const u8,
    /// How many.
    pub length: usize,
}

impl Default for Bytes {
    fn default() -> Self {
        Self { at: core::ptr::null(), length: 0 }
    }
}

/// A message to be sent.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Draft {
    /// What kind of message it is, as its receiver understands it.
    pub ty: Bytes,
    /// What it is about; may be empty.
    pub subject: Bytes,
    /// Media type of the data; empty: bytes.
    pub content_type: Bytes,
    /// The data.
    pub data: Bytes,
    /// 1: an interrupt, which its receiver handles inside its next blocking call.
    pub flags: u32,
    /// 0.
    pub reserved: u32,
}

#[cfg(target_pointer_width = "32")]
const _: () = {
    assert!(size_of::<Draft>() == 40);
    assert!(core::mem::offset_of!(Draft, ty) == 0);
    assert!(core::mem::offset_of!(Draft, subject) == 8);
    assert!(core::mem::offset_of!(Draft, content_type) == 16);
    assert!(core::mem::offset_of!(Draft, data) == 24);
    assert!(core::mem::offset_of!(Draft, flags) == 32);
    assert!(core::mem::offset_of!(Draft, reserved) == 36);
};

/// A message that came. Texts and data lie in the room that was given.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Head {
    /// Its number, unique for its source.
    pub id: u64,
    /// To be given to `reply`; 0: no answer is expected.
    pub call: u64,
    /// 0 message, 1 interrupt, 2 reply, 3 failed call (`code` tells why), 4 end of an atom that is watched, 5 change of a key.
    pub kind: u32,
    /// Error code of a failed call, or exit status of an atom that ended by itself.
    pub code: u32,
    /// Global name of whoever sent it.
    pub source: Bytes,
    /// As in `draft`.
    pub ty: Bytes,
    /// As in `draft`.
    pub subject: Bytes,
    /// As in `draft`.
    pub content_type: Bytes,
    /// As in `draft`.
    pub data: Bytes,
    /// Bytes of room that all of it takes.
    pub needed: u32,
    /// 0.
    pub reserved: u32,
}

#[cfg(target_pointer_width = "32")]
const _: () = {
    assert!(size_of::<Head>() == 72);
    assert!(core::mem::offset_of!(Head, id) == 0);
    assert!(core::mem::offset_of!(Head, call) == 8);
    assert!(core::mem::offset_of!(Head, kind) == 16);
    assert!(core::mem::offset_of!(Head, code) == 20);
    assert!(core::mem::offset_of!(Head, source) == 24);
    assert!(core::mem::offset_of!(Head, ty) == 32);
    assert!(core::mem::offset_of!(Head, subject) == 40);
    assert!(core::mem::offset_of!(Head, content_type) == 48);
    assert!(core::mem::offset_of!(Head, data) == 56);
    assert!(core::mem::offset_of!(Head, needed) == 64);
    assert!(core::mem::offset_of!(Head, reserved) == 68);
};

/// Where an atom is, and how it came there. Texts lie in the room that was given.
#[repr(C)]
#[derive(Clone, Copy, Debug, Default)]
pub struct Place {
    /// How often it has moved.
    pub moves: u64,
    /// How long its last move kept it from running, in nanoseconds.
    pub downtime_ns: u64,
    /// Bytes that its last move sent.
    pub moved_bytes: u64,
    /// Name of the node.
    pub node: Bytes,
    /// Tags of the node, with commas between them.
    pub tags: Bytes,
    /// Bytes of room that all of it takes.
    pub needed: u32,
    /// 0.
    pub reserved: u32,
}

#[cfg(target_pointer_width = "32")]
const _: () = {
    assert!(size_of::<Place>() == 48);
    assert!(core::mem::offset_of!(Place, moves) == 0);
    assert!(core::mem::offset_of!(Place, downtime_ns) == 8);
    assert!(core::mem::offset_of!(Place, moved_bytes) == 16);
    assert!(core::mem::offset_of!(Place, node) == 24);
    assert!(core::mem::offset_of!(Place, tags) == 32);
    assert!(core::mem::offset_of!(Place, needed) == 40);
    assert!(core::mem::offset_of!(Place, reserved) == 44);
};

#[link(wasm_import_module = "sojourn_v1")]
unsafe extern "C" {
    /// Sends a message. Waits for room until the deadline when the way to the receiver is full.
    ///
    /// - `to`: Name of the receiver: global, or local and then any atom of that name.
    /// - `draft`: The message.
    /// - `deadline`: How long to wait for room.
    /// - `id`: Number that the message got.
    ///
    /// Codes: `UnknownAtom`, `Busy`, `TooLarge`, `Callback`.
    #[link_name = "send"]
    pub fn send(to: *const u8, to_length: usize, draft: *const Draft, deadline: i64, id: *mut u64) -> i32;

    /// Sends a message that is to be answered; the answer comes to a future.
    ///
    /// - `to`: As in `send`.
    /// - `draft`: The message.
    /// - `deadline`: How long to wait for room.
    /// - `expires`: When the future fails with `TimedOut`; negative: never.
    /// - `future`: The future.
    ///
    /// Codes: `UnknownAtom`, `Busy`, `TooLarge`, `Callback`.
    #[link_name = "call"]
    pub fn call(
        to: *const u8,
        to_length: usize,
        draft: *const Draft,
        deadline: i64,
        expires: i64,
        future: *mut u64,
    ) -> i32;

    /// Waits for a future, and takes its answer; the future is gone then.
    ///
    /// - `future`: The future.
    /// - `deadline`: How long to wait; `TimedOut` leaves the future as it is.
    /// - `into`: Room for texts and data.
    /// - `head`: The answer; kind 3 when the call failed.
    ///
    /// Codes: `TimedOut`, `UnknownFuture`, `TooSmall`, `Callback`.
    #[link_name = "await"]
    pub fn await_(future: u64, deadline: i64, into: *mut u8, into_capacity: usize, head: *mut Head) -> i32;

    /// Gives a future up; an answer that comes later is dropped.
    ///
    /// - `future`: The future.
    ///
    /// Codes: `UnknownFuture`.
    #[link_name = "cancel"]
    pub fn cancel(future: u64) -> i32;

    /// Answers a message. Waits for room like `send`.
    ///
    /// - `call`: `call` of the message's head.
    /// - `draft`: The answer.
    /// - `deadline`: How long to wait for room.
    ///
    /// Codes: `UnknownCall`, `Busy`, `TooLarge`, `Callback`.
    #[link_name = "reply"]
    pub fn reply(call: u64, draft: *const Draft, deadline: i64) -> i32;

    /// Takes the next message. In `handle` of a reactive atom there is one already.
    ///
    /// - `deadline`: How long to wait.
    /// - `into`: Room for texts and data; when it is too small the message stays, and `needed` tells how
    ///   much it takes.
    /// - `head`: The message.
    ///
    /// Codes: `TimedOut`, `TooSmall`, `Callback`.
    #[link_name = "receive"]
    pub fn receive(deadline: i64, into: *mut u8, into_capacity: usize, head: *mut Head) -> i32;

    /// Interrupts become callbacks from now on; those that came before are due at once. Without it they are
    /// messages.
    ///
    /// - `context`: Given to the callback, such as a function's index; 0: no callbacks any more.
    /// - `flags`: 1: also while another callback runs.
    #[link_name = "on_interrupt"]
    pub fn on_interrupt(context: u64, flags: u32) -> i32;

    /// The answer of a future becomes a callback instead of waiting for `await`; the future is gone when it
    /// is due.
    ///
    /// - `future`: The future.
    /// - `context`: Given to the callback.
    /// - `flags`: As in `on_interrupt`.
    ///
    /// Codes: `UnknownFuture`.
    #[link_name = "on_future"]
    pub fn on_future(future: u64, context: u64, flags: u32) -> i32;

    /// Takes the callback that is due, and begins it.
    ///
    /// - `into`: Room for texts and data.
    /// - `head`: The message that it is about.
    /// - `context`: What was given for it.
    ///
    /// Codes: `NothingDue`, `TooSmall`.
    #[link_name = "callback"]
    pub fn callback(into: *mut u8, into_capacity: usize, head: *mut Head, context: *mut u64) -> i32;

    /// The callback that began last has ended.
    ///
    /// Codes: `NothingDue`.
    #[link_name = "callback_end"]
    pub fn callback_end() -> i32;

    /// Starts an atom at this node.
    ///
    /// - `module`: Empty: the module of the caller; the name of an atom: its module; 64 hexadecimal digits:
    ///   the module with this hash.
    /// - `name`: Its name; empty: one is chosen.
    /// - `argument`: Its first argument.
    /// - `flags`: 1: watched by the caller; 2: linked to it.
    /// - `into`: Room for its global name: at least 129 bytes.
    /// - `length`: Bytes of its name.
    ///
    /// Codes: `AtomNameTaken`, `InvalidName`, `NoRoom`, `MissingContent`, `InvalidModule`, `TooSmall`,
    /// `TooLarge`, `UnknownAtom`, `Callback`.
    #[link_name = "spawn"]
    pub fn spawn(
        module: *const u8,
        module_length: usize,
        name: *const u8,
        name_length: usize,
        argument: *const u8,
        argument_length: usize,
        flags: u32,
        into: *mut u8,
        into_capacity: usize,
        length: *mut u32,
    ) -> i32;

    /// Ends the atom with this status. Does not return.
    ///
    /// - `status`: The status.
    #[link_name = "exit"]
    pub fn exit(status: u32) -> i32;

    /// The atom's own global name, the one that it was born with.
    ///
    /// - `into`: Room for it.
    /// - `length`: Bytes that it has.
    ///
    /// Codes: `TooSmall`.
    #[link_name = "self"]
    pub fn self_(into: *mut u8, into_capacity: usize, length: *mut u32) -> i32;

    /// A message of kind 4 comes, once, when the atom ends; at once when there is none. Its type tells how:
    /// `exited` (`code` is the status), `stopped`, `failed` (the subject tells why), `lost` with its node
    /// (`code` 16; or 13 when that node has not answered for 10 s, and the atom may live), `ended` when
    /// there is no such atom (`code` 1).
    ///
    /// - `name`: The atom.
    /// - `flags`: 2: linked: when either ends otherwise than with status 0, the other is ended, too.
    ///
    /// Codes: `Busy`, `InvalidName`.
    #[link_name = "watch"]
    pub fn watch(name: *const u8, name_length: usize, flags: u32) -> i32;

    /// Takes `watch` back.
    ///
    /// - `name`: The atom.
    ///
    /// Codes: `UnknownAtom`.
    #[link_name = "unwatch"]
    pub fn unwatch(name: *const u8, name_length: usize) -> i32;

    /// Gives the atom an alias; it may have many, and many atoms may have the same.
    ///
    /// - `scope`: The scope of the alias, such as `topic`.
    /// - `alias`: The alias.
    ///
    /// Codes: `InvalidName`, `TooLarge`.
    #[link_name = "alias_set"]
    pub fn alias_set(scope: *const u8, scope_length: usize, alias: *const u8, alias_length: usize) -> i32;

    /// Takes an alias back.
    ///
    /// - `scope`: The scope.
    /// - `alias`: The alias; empty: all of the scope.
    ///
    /// Codes: `InvalidName`.
    #[link_name = "alias_clear"]
    pub fn alias_clear(scope: *const u8, scope_length: usize, alias: *const u8, alias_length: usize) -> i32;

    /// The name of any atom that fits; the nearest: one of this node if there is one.
    ///
    /// - `scope`: Empty: names are matched; otherwise aliases of this scope.
    /// - `pattern`: A regular expression for the whole name or alias.
    /// - `into`: Room for its global name.
    /// - `length`: Bytes of it.
    ///
    /// Codes: `UnknownAtom`, `InvalidPattern`, `TooSmall`.
    #[link_name = "find_any"]
    pub fn find_any(
        scope: *const u8,
        scope_length: usize,
        pattern: *const u8,
        pattern_length: usize,
        into: *mut u8,
        into_capacity: usize,
        length: *mut u32,
    ) -> i32;

    /// The names of all atoms that fit, in order, with a newline after each.
    ///
    /// - `scope`: As in `find_any`.
    /// - `pattern`: As in `find_any`.
    /// - `into`: Room for the names.
    /// - `length`: Bytes of all of them, also when the room is too small.
    ///
    /// Codes: `InvalidPattern`, `TooSmall`.
    #[link_name = "find_all"]
    pub fn find_all(
        scope: *const u8,
        scope_length: usize,
        pattern: *const u8,
        pattern_length: usize,
        into: *mut u8,
        into_capacity: usize,
        length: *mut u32,
    ) -> i32;

    /// The value of a key.
    ///
    /// - `key`: The key.
    /// - `into`: Room for the value.
    /// - `length`: Bytes of it, also when the room is too small.
    /// - `version`: Its version, for `kv_compare_and_set`.
    ///
    /// Codes: `NoKey`, `TooSmall`.
    #[link_name = "kv_get"]
    pub fn kv_get(
        key: *const u8,
        key_length: usize,
        into: *mut u8,
        into_capacity: usize,
        length: *mut u32,
        version: *mut u64,
    ) -> i32;

    /// Sets a key.
    ///
    /// - `key`: The key.
    /// - `value`: The value.
    /// - `version`: Its version now.
    ///
    /// Codes: `TooLarge`, `NoRoom`, `DiskFull`.
    #[link_name = "kv_put"]
    pub fn kv_put(
        key: *const u8,
        key_length: usize,
        value: *const u8,
        value_length: usize,
        version: *mut u64,
    ) -> i32;

    /// Removes a key.
    ///
    /// - `key`: The key.
    ///
    /// Codes: `NoKey`, `DiskFull`.
    #[link_name = "kv_delete"]
    pub fn kv_delete(key: *const u8, key_length: usize) -> i32;

    /// Sets a key if it still has this version.
    ///
    /// - `key`: The key.
    /// - `expected`: The version; 0: if there is no such key.
    /// - `value`: The value.
    /// - `version`: Its version now, also when it was another one.
    ///
    /// Codes: `Conflict`, `TooLarge`, `NoRoom`, `DiskFull`.
    #[link_name = "kv_compare_and_set"]
    pub fn kv_compare_and_set(
        key: *const u8,
        key_length: usize,
        expected: u64,
        value: *const u8,
        value_length: usize,
        version: *mut u64,
    ) -> i32;

    /// Keys with a prefix, in order, each with its length before it (4 bytes).
    ///
    /// - `prefix`: The prefix.
    /// - `after`: Only keys after this one; empty: from the first on.
    /// - `into`: Room; as many keys as fit are given.
    /// - `length`: Bytes written.
    /// - `more`: 1 when there are more.
    ///
    /// Codes: `TooSmall`.
    #[link_name = "kv_list"]
    pub fn kv_list(
        prefix: *const u8,
        prefix_length: usize,
        after: *const u8,
        after_length: usize,
        into: *mut u8,
        into_capacity: usize,
        length: *mut u32,
        more: *mut u32,
    ) -> i32;

    /// Changes of keys with this prefix come as messages of kind 5 from the atom itself: type `put` or
    /// `delete`, subject the key as text (bytes that are none are replaced), data the new value, or for
    /// `delete` the key byte for byte; the id is the version. A change for which the mailbox has no room is
    /// refused with `NoRoom`.
    ///
    /// - `prefix`: The prefix.
    /// - `on`: 1: from now on; 0: no more.
    ///
    /// Codes: `NoRoom`.
    #[link_name = "kv_watch"]
    pub fn kv_watch(prefix: *const u8, prefix_length: usize, on: u32) -> i32;

    /// Opens a TCP connection, if the atom may.
    ///
    /// - `address`: `host:port`.
    /// - `deadline`: How long to wait.
    /// - `fd`: Its descriptor, also for WASI calls.
    ///
    /// Codes: `NotGranted`, `Unreachable`, `TimedOut`, `Address`, `NoRoom`, `Callback`.
    #[link_name = "connect"]
    pub fn connect(address: *const u8, address_length: usize, deadline: i64, fd: *mut u32) -> i32;

    /// Listens for TCP connections, if the atom may: at the node where it opened its first connection or
    /// listener, wherever it is now.
    ///
    /// - `address`: `host:port`; port 0: any.
    /// - `fd`: Its descriptor.
    ///
    /// Codes: `NotGranted`, `Address`, `NoRoom`.
    #[link_name = "listen"]
    pub fn listen(address: *const u8, address_length: usize, fd: *mut u32) -> i32;

    /// Takes the next connection of a listener.
    ///
    /// - `listener`: The listener.
    /// - `deadline`: How long to wait.
    /// - `fd`: The connection's descriptor.
    ///
    /// Codes: `TimedOut`, `BadDescriptor`, `NoRoom`, `Callback`.
    #[link_name = "accept"]
    pub fn accept(listener: u32, deadline: i64, fd: *mut u32) -> i32;

    /// Reads from a connection what is there; 0 bytes at the end.
    ///
    /// - `fd`: The connection.
    /// - `into`: Room for the bytes.
    /// - `deadline`: How long to wait.
    /// - `length`: Bytes read.
    ///
    /// Codes: `TimedOut`, `BadDescriptor`, `Reset`, `Callback`.
    #[link_name = "read"]
    pub fn read(fd: u32, into: *mut u8, into_capacity: usize, deadline: i64, length: *mut u32) -> i32;

    /// Writes to a connection as much as it takes, at least a byte.
    ///
    /// - `fd`: The connection.
    /// - `bytes`: What to write.
    /// - `deadline`: How long to wait.
    /// - `length`: Bytes written.
    ///
    /// Codes: `TimedOut`, `BadDescriptor`, `Reset`, `Callback`.
    #[link_name = "write"]
    pub fn write(fd: u32, bytes: *const u8, bytes_length: usize, deadline: i64, length: *mut u32) -> i32;

    /// Closes a connection or listener; what was written still goes out.
    ///
    /// - `fd`: Which.
    ///
    /// Codes: `BadDescriptor`.
    #[link_name = "close"]
    pub fn close(fd: u32) -> i32;

    /// A line to the atom's standard error, as `level: line`. Waits for room as a write does; a line is
    /// never cut. Nothing happens when nobody can read it any more.
    ///
    /// - `level`: 0 debug, 1 info, 2 warning, 3 error.
    /// - `line`: The line, at most 64 KiB.
    ///
    /// Codes: `TooLarge`, `Callback`.
    #[link_name = "log"]
    pub fn log(level: u32, line: *const u8, line_length: usize) -> i32;

    /// Where the atom is.
    ///
    /// - `into`: Room for texts.
    /// - `place`: Where it is.
    ///
    /// Codes: `TooSmall`.
    #[link_name = "here"]
    pub fn here(into: *mut u8, into_capacity: usize, place: *mut Place) -> i32;

    /// The atom does not move until `wander`, or until this time is over; at most 1 s.
    ///
    /// - `nanoseconds`: How long.
    ///
    /// Codes: `TooLarge`.
    #[link_name = "stay"]
    pub fn stay(nanoseconds: u64) -> i32;

    /// The atom may move again.
    #[link_name = "wander"]
    pub fn wander() -> i32;

    /// Nanoseconds on a clock that never goes back, also when the atom moves: the clock of deadlines.
    ///
    /// - `nanoseconds`: The time.
    #[link_name = "now"]
    pub fn now(nanoseconds: *mut u64) -> i32;
}
