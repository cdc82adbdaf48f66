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

const TYPED: &str = "typed references, which are not among what moves";
const TYPED_ELEMENTS: &str = "a table of typed references, which are not among what moves";

/// Modules that do not go through the pass, or whose values do not cross: script, part of the reason given, why.
/// Only those modules of a script are left out; a row that no module needs fails the test.
pub const REFUSED: &[(&str, &str, &str)] = &[
    ("bulk-memory/table_init.wast", "elements of a type that cannot be moved", "a table of arrays"),
    ("call_ref.wast", "a value lives here whose type cannot be moved", TYPED),
    ("linking.wast", "elements of a type that cannot be moved", TYPED_ELEMENTS),
    ("linking.wast", "mutable and of a type that cannot be moved", "a global of a typed reference"),
    ("memory64/table_init64.wast", "elements of a type that cannot be moved", "a table of arrays"),
    ("ref_is_null.wast", "elements of a type that cannot be moved", TYPED_ELEMENTS),
    ("ref_null.wast", "values that cannot cross", "objects and exceptions do not cross the engine traits"),
    ("return_call_ref.wast", "returns a reference that is never null", TYPED),
];
