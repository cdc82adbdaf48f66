//! What the pass refuses before it looks at a body, one reason each.

use crate::error::Error;
use crate::parse::{Module, refused_module};
use crate::scan::Scan;
use crate::section::saved_type;

/// Refuses what cannot move whatever its functions do.
pub(crate) fn check(module: &Module<'_>, scan: &Scan) -> Result<(), Error> {
    if module.memories.iter().any(|memory| memory.shared) {
        return Err(refused_module(0, "it has a shared memory, which other threads may change at any time"));
    }
    for (index, global) in module.globals.iter().enumerate() {
        if global.mutable && saved_type(global.content_type).is_none() {
            return Err(refused(&alloc::format!(
                "global {index} is mutable and of a type that cannot be moved"
            )));
        }
    }
    for (index, table) in (0..).zip(&module.tables) {
        // What instantiation gives need not be moved.
        if !scan.may_change(module, index) {
            continue;
        }
        let element = wasmparser::ValType::Ref(table.element_type);
        if saved_type(element).is_none() {
            return Err(refused(&alloc::format!(
                "table {index} has elements of a type that cannot be moved"
            )));
        }
    }
    if let Some(export) = module.exports.iter().find(|export| export.name.starts_with("sojourn:")) {
        return Err(refused(&alloc::format!("it exports the reserved name `{}`", export.name)));
    }
    Ok(())
}

fn refused(reason: &str) -> Error {
    refused_module(0, reason)
}
