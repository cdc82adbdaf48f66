//! Every bound and every time of the kernel, with its default.

use alloc::string::String;
use sojourn_abi::Role;

/// Nanoseconds in a millisecond.
const MS: u64 = 1_000_000;

/// How much there may be of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the control lane to one peer, waiting or under way.
    pub control_bytes: u64,
    /// Bytes of the bulk lane to one peer, waiting or under way.
    pub bulk_bytes: u64,
    /// Messages of a lane to one peer, waiting or under way.
    pub messages: usize,
    /// Peers known at once.
    pub peers: usize,
    /// Atoms in the directory.
    pub places: usize,
    /// Aliases of one atom.
    pub aliases: usize,
    /// Bytes of the aliases of one atom, their scopes counted.
    pub alias_bytes: usize,
    /// Bytes of all aliases of atoms that others speak for.
    pub directory_alias_bytes: usize,
    /// Moves away from here at once.
    pub leaving: usize,
    /// Moves to here at once.
    pub coming: usize,
    /// Bytes of the name of a peer.
    pub peer_name_bytes: usize,
    /// Bytes of the name of an atom.
    pub atom_name_bytes: usize,
    /// Bytes of a text from a peer that is shown to people.
    pub text_bytes: usize,
    /// Strangers told in one second that they may not join.
    pub denials: u32,
    /// Ended processes of one name that are remembered, so that their late frames do nothing.
    pub past: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            control_bytes: 4 << 20,
            bulk_bytes: 16 << 20,
            messages: 16 << 10,
            peers: 1024,
            places: 100_000,
            aliases: 64,
            alias_bytes: 8 << 10,
            directory_alias_bytes: 64 << 20,
            leaving: 64,
            coming: 64,
            peer_name_bytes: 64,
            atom_name_bytes: 256,
            text_bytes: 512,
            denials: 100,
            past: 16,
        }
    }
}

/// How long things take; nanoseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Times {
    /// The first hello is sent again after it, each further one after twice as long.
    pub hello_ns: u64,
    /// Longest time between hellos.
    pub hello_most_ns: u64,
    /// No answer for so long: disconnected.
    pub silence_ns: u64,
    /// Longest time that an acknowledgement waits for a message that takes it along.
    pub acknowledge_ns: u64,
    /// A message without acknowledgement is sent again after it, as long as no round trip was measured.
    pub resend_first_ns: u64,
    /// Shortest time after which a message is sent again unless later ones have arrived.
    pub resend_least_ns: u64,
    /// Longest such time.
    pub resend_most_ns: u64,
    /// How long a target may take to answer an offer.
    pub offer_ns: u64,
    /// How long a copy may stand still.
    pub copy_ns: u64,
    /// How long a target may take to run an atom once it has all of it; also how long a stop may take.
    pub seal_ns: u64,
    /// How long a source may say nothing while this node waits for pages.
    pub receive_ns: u64,
    /// How long a held atom waits before it asks its source, and between further questions.
    pub resolve_ns: u64,
    /// A client, or somebody never heard of again, is forgotten after it.
    pub forget_ns: u64,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            hello_ns: 100 * MS,
            hello_most_ns: 2_000 * MS,
            silence_ns: 10_000 * MS,
            acknowledge_ns: 3 * MS,
            resend_first_ns: 300 * MS,
            resend_least_ns: 200 * MS,
            resend_most_ns: 2_000 * MS,
            offer_ns: 5_000 * MS,
            copy_ns: 10_000 * MS,
            seal_ns: 10_000 * MS,
            receive_ns: 30_000 * MS,
            resolve_ns: 1_000 * MS,
            forget_ns: 600_000 * MS,
        }
    }
}

/// Who a kernel is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Its name, unique in the realm.
    pub name: String,
    /// Chosen at random when the process began.
    pub incarnation: u64,
    /// Kind.
    pub role: Role,
    /// The realm.
    pub realm: String,
    /// The right to join it.
    pub key: [u8; 32],
    /// How much there may be of what.
    pub limits: Limits,
    /// How long things take.
    pub times: Times,
}

impl Settings {
    /// With default limits and times, in the realm without name and with a key that everybody knows.
    pub fn new(name: impl Into<String>, incarnation: u64, role: Role) -> Self {
        Self {
            name: name.into(),
            incarnation,
            role,
            realm: String::new(),
            key: [0; 32],
            limits: Limits::default(),
            times: Times::default(),
        }
    }
}
