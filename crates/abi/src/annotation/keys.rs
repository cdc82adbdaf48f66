//! What a module can say of itself. Made from `abi/annotation.toml`; do not edit.

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Letters, digits and `.` `_` `-`, 1 to 64.
    Name,
    /// `scope:alias`; the scope is as a name, the alias any text on one line, at most 256 bytes.
    Alias,
    /// One of some words.
    Choice,
    /// A number of bytes, also with a unit: `64MiB`.
    Bytes,
    /// A whole number from 0 on.
    Count,
    /// A number of seconds, also with a unit: `500ms`.
    Duration,
    /// `true` or `false`.
    Switch,
    /// As a name.
    Tag,
    /// `module.function`.
    Function,
    /// `host:port`; `*` stands for any host, or any port.
    Place,
    /// `path:mode`; the path is absolute and in a directory, the mode `r`, `w` or `rw`.
    Channel,
    /// Any text on one line, at most 1,024 bytes.
    Text,
}

/// A key of an annotation.
#[derive(Clone, Copy, Debug)]
pub struct AnnotationKey {
    /// What stands before the `=`.
    pub name: &'static str,
    /// What stands after it.
    pub kind: ValueKind,
    /// The words, where it is one of some.
    pub choices: &'static [&'static str],
    /// Whether each line adds to those before; otherwise the last one holds.
    pub repeats: bool,
    /// A value.
    pub example: &'static str,
    /// What it says.
    pub doc: &'static str,
}

/// All of them.
pub const ANNOTATION_KEYS: &[AnnotationKey] = &[
    AnnotationKey {
        name: "name",
        kind: ValueKind::Name,
        choices: &[],
        repeats: false,
        example: "counter",
        doc: "Local name that the atom gets. None: one is made from the program's.",
    },
    AnnotationKey {
        name: "alias",
        kind: ValueKind::Alias,
        choices: &[],
        repeats: true,
        example: "topic:prices",
        doc: "An alias that it has from the start: its scope, a colon, the alias.",
    },
    AnnotationKey {
        name: "kind",
        kind: ValueKind::Choice,
        choices: &["daemon", "reactive"],
        repeats: false,
        example: "reactive",
        doc: "`daemon`: it runs its `_start` until it ends. `reactive`: it runs its `handle` when a message comes. None: `reactive` if it exports `handle` and no `_start`.",
    },
    AnnotationKey {
        name: "objective",
        kind: ValueKind::Text,
        choices: &[],
        repeats: false,
        example: "latency_ms(client) + 0.05 * finish_ms",
        doc: "What costs, and is to be small, where it is placed: an expression over facts of nodes. None: the realm's.",
    },
    AnnotationKey {
        name: "policy",
        kind: ValueKind::Text,
        choices: &[],
        repeats: false,
        example: "spread",
        doc: "Placement policy. None: `objective`.",
    },
    AnnotationKey {
        name: "require",
        kind: ValueKind::Text,
        choices: &[],
        repeats: false,
        example: "arch == \"x86_64\" and memory_free >= 1GiB",
        doc: "What must hold of its node: an expression over facts of nodes.",
    },
    AnnotationKey {
        name: "needs.cores",
        kind: ValueKind::Text,
        choices: &[],
        repeats: false,
        example: "0.5",
        doc: "Cores that are kept for it, at the reference's speed.",
    },
    AnnotationKey {
        name: "work",
        kind: ValueKind::Duration,
        choices: &[],
        repeats: false,
        example: "90s",
        doc: "Processor time that its work takes, at the reference's speed. None: it goes on for ever.",
    },
    AnnotationKey {
        name: "period",
        kind: ValueKind::Duration,
        choices: &[],
        repeats: false,
        example: "100ms",
        doc: "Its work comes again after so long; with `period.work`.",
    },
    AnnotationKey {
        name: "period.work",
        kind: ValueKind::Duration,
        choices: &[],
        repeats: false,
        example: "20ms",
        doc: "Processor time that it takes each time, at the reference's speed. An atom is refused where it could come too late.",
    },
    AnnotationKey {
        name: "period.deadline",
        kind: ValueKind::Duration,
        choices: &[],
        repeats: false,
        example: "50ms",
        doc: "It has to be done so long after it came. None: before it comes again.",
    },
    AnnotationKey {
        name: "group",
        kind: ValueKind::Name,
        choices: &[],
        repeats: false,
        example: "ingest",
        doc: "Supervision group that it is part of.",
    },
    AnnotationKey {
        name: "strategy",
        kind: ValueKind::Choice,
        choices: &["one_for_one", "all_for_one"],
        repeats: false,
        example: "all_for_one",
        doc: "Who of its group begins again when it has failed. None: `one_for_one`.",
    },
    AnnotationKey {
        name: "needs.memory",
        kind: ValueKind::Bytes,
        choices: &[],
        repeats: false,
        example: "64MiB",
        doc: "Memory that its node must have room for.",
    },
    AnnotationKey {
        name: "needs.tag",
        kind: ValueKind::Tag,
        choices: &[],
        repeats: true,
        example: "gpu",
        doc: "A tag that its node must have (`node.tags`).",
    },
    AnnotationKey {
        name: "needs.function",
        kind: ValueKind::Function,
        choices: &[],
        repeats: true,
        example: "sojourn_v1.send",
        doc: "A host function that its node must offer. Those that it imports need no saying.",
    },
    AnnotationKey {
        name: "limit.memory",
        kind: ValueKind::Bytes,
        choices: &[],
        repeats: false,
        example: "256MiB",
        doc: "Most memory that it may have. None: its node's limit.",
    },
    AnnotationKey {
        name: "limit.mailbox",
        kind: ValueKind::Count,
        choices: &[],
        repeats: false,
        example: "1000",
        doc: "Most messages that may wait for it. None: its node's limit.",
    },
    AnnotationKey {
        name: "checkpoint",
        kind: ValueKind::Duration,
        choices: &[],
        repeats: false,
        example: "5s",
        doc: "How often an image of it is kept. None: as its node does.",
    },
    AnnotationKey {
        name: "restart",
        kind: ValueKind::Choice,
        choices: &["never", "start", "image"],
        repeats: false,
        example: "image",
        doc: "What is done when it ends by a trap or with a status other than 0 (or, under a controller, its node is lost): it stays down, begins anew, or goes on from its last image. None: `never`.",
    },
    AnnotationKey {
        name: "restarts",
        kind: ValueKind::Count,
        choices: &[],
        repeats: false,
        example: "5",
        doc: "How often it is restarted within a minute; then it stays down. None: 5.",
    },
    AnnotationKey {
        name: "durable",
        kind: ValueKind::Switch,
        choices: &[],
        repeats: false,
        example: "true",
        doc: "Messages to it are on the disk before they are acknowledged. None: `false`.",
    },
    AnnotationKey {
        name: "layout",
        kind: ValueKind::Name,
        choices: &[],
        repeats: false,
        example: "2",
        doc: "Which layout its memory has: a reload keeps the memory where both modules say the same, and what can be compared of them is the same.",
    },
    AnnotationKey {
        name: "grant.connect",
        kind: ValueKind::Place,
        choices: &[],
        repeats: true,
        example: "*:443",
        doc: "Where it may connect to.",
    },
    AnnotationKey {
        name: "grant.listen",
        kind: ValueKind::Place,
        choices: &[],
        repeats: true,
        example: "127.0.0.1:8080",
        doc: "Where it may listen.",
    },
    AnnotationKey {
        name: "channel",
        kind: ValueKind::Channel,
        choices: &[],
        repeats: true,
        example: "/ch/light/data:rw",
        doc: "A file of it that is a channel: reads take messages of type `channel` with this subject, writes send them.",
    },
    AnnotationKey {
        name: "channel.to",
        kind: ValueKind::Text,
        choices: &[],
        repeats: false,
        example: "doors/mqtt",
        doc: "Name of the atom that gets what it writes to channels.",
    },
];
