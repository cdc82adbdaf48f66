//! Bounds of a mesh.

use std::time::Duration;

/// The largest frame, and the most that waits for one member.
pub const QUEUE_BYTES: usize = 64 << 20;

/// What a waiting frame costs beside its bytes, so that empty frames are bounded too.
pub const FRAME_OVERHEAD: usize = 64;

/// A sender's thread ends after so long without a frame.
pub const SENDER_IDLE: Duration = Duration::from_secs(10);

/// Stack of a sender's thread.
pub const SENDER_STACK: usize = 256 << 10;

/// How long closing waits for frames that are on their way.
pub const CLOSE_PATIENCE: Duration = Duration::from_millis(250);

/// How long joining tries.
pub const JOIN_PATIENCE: Duration = Duration::from_secs(3);

/// Pause between two tries while joining.
pub const JOIN_PAUSE: Duration = Duration::from_millis(20);

/// How long an opening node that looks for others on the network waits for the first.
pub const DISCOVER_PATIENCE: Duration = Duration::from_millis(300);

/// A link on which nothing comes for so long is given up: the peer is frozen or cut off.
pub const LEASE: Duration = Duration::from_secs(4);

/// Signs of life in one lease.
pub const SIGNS_PER_LEASE: usize = 4;

/// How long a frame waits for a member that takes none before the link is given up.
pub const BLOCK: Duration = Duration::from_secs(5);

/// A question from member to member waits so long for its answer.
pub const ASK_PATIENCE: Duration = Duration::from_secs(1);

/// A member asks one other, in turn, whom it sees; so parts that were apart find together.
pub const ASK_PERIOD: Duration = Duration::from_secs(5);

/// First and longest pause between two tries to reach a member.
pub const DIAL_PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(8));

/// A call that has not ended by then is given up.
pub const DIAL_PATIENCE: Duration = Duration::from_secs(15);

/// A member that nobody has seen for so long is not looked for any more.
pub const DIAL_FORGET: Duration = Duration::from_mins(10);

/// The most members that are taken from one answer.
pub const ANSWER_MEMBERS: usize = 4096;

/// The most addresses of one member.
pub const MEMBER_ADDRESSES: usize = 16;
