//! What is left out of the specification tests, and why. Everything else must hold.

/// What an engine does not have: engine, part of what it says of such a module, why.
pub const LACKING: &[(&str, &str, &str)] = &[
    ("wasmi", "function references", "wasmi 2.0 has no typed function references"),
    ("wasmi", "function-references", "wasmi 2.0 has no typed function references"),
    ("wasmi", "gc", "wasmi 2.0 has no garbage collection, nor its recursive types"),
    ("wasmi", "exception", "wasmi 2.0 has no exceptions"),
    (
        "wasmi",
        "global.get of locally defined global",
        "comes with garbage collection, which wasmi 2.0 has not",
    ),
];

/// What the pass refuses: script, part of its reason.
pub const REFUSED: &[(&str, &str)] = &[];
