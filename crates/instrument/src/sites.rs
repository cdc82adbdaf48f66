//! What each site saves, in the order in which the frame memory holds it.

use alloc::vec::Vec;
use sojourn_image::{Point, Slot};
use wasmparser::Operator;

use crate::code::{Code, Draft, Origin};
use crate::emit::{Kept, is_result};
use crate::error::Error;
use crate::info::Site;
use crate::parse::Module;
use crate::section::{parsed_type, saved_type};

/// Values that a site saves, ordered by type and then by what they are.
pub(crate) fn kept(module: &Module<'_>, code: &Code<'_>, draft: &Draft) -> Result<Vec<Kept>, Error> {
    let mut kept: Vec<Kept> = Vec::with_capacity(draft.live.len());
    for &local in &draft.live {
        kept.push(keep(module, code, draft, Slot::Local(local), local)?);
    }
    for (height, operand) in (0_u32..).zip(&draft.operands) {
        match operand.origin {
            Origin::Local(local) if draft.live.binary_search(&local).is_err() => {
                let entry = keep(module, code, draft, Slot::Local(local), local)?;
                if !kept.contains(&entry) {
                    kept.push(entry);
                }
            }
            Origin::Temporary(local) => {
                kept.push(keep(module, code, draft, Slot::Stack(height), local)?);
            }
            Origin::Local(_) | Origin::Constant(_) => {}
        }
    }
    kept.sort_unstable_by_key(|&(slot, ty, _)| (ty, slot));
    Ok(kept)
}

fn keep(module: &Module<'_>, code: &Code<'_>, draft: &Draft, slot: Slot, local: u32) -> Result<Kept, Error> {
    match saved_type(code.locals[local as usize]) {
        Some(ty) => Ok((slot, ty, local)),
        None => Err(Error::Refused {
            function: module.name(code.function),
            offset: code.site_offset(draft),
            reason:
                "a value lives here whose type cannot be moved (an object, an exception or a typed reference)"
                    .into(),
        }),
    }
}

/// Result types of the call at a site, where there is one.
pub(crate) fn call_results<'m>(
    module: &'m Module<'_>,
    code: &Code<'_>,
    draft: &Draft,
) -> Option<&'m [wasmparser::ValType]> {
    if draft.point != Point::InProgress {
        return None;
    }
    let ty = match code.operators[draft.instruction as usize] {
        Operator::Call { function_index } => module.function_type(function_index),
        Operator::CallIndirect { type_index, .. } | Operator::CallRef { type_index } => {
            module.types[type_index as usize].as_ref().expect("validated call")
        }
        _ => return None,
    };
    Some(ty.results())
}

/// The record of a site.
pub(crate) fn site(code: &Code<'_>, draft: &Draft, kept: &[Kept]) -> Site {
    let given = |&&(slot, _, _): &&Kept| match slot {
        Slot::Local(local) => draft.assigned == Some(local),
        Slot::Stack(height) => is_result(draft, height as usize),
    };
    Site {
        function: code.function,
        offset: u32::try_from(code.site_offset(draft)).unwrap_or(u32::MAX),
        point: draft.point,
        values: kept.iter().map(|&(slot, ty, _)| (slot, ty)).collect(),
        given: if draft.point == Point::InProgress {
            kept.iter().filter(given).map(|&(slot, _, _)| slot).collect()
        } else {
            Vec::new()
        },
    }
}

/// Result types must have a zero or null, or nothing could be returned while the stack unwinds.
pub(crate) fn check_results(module: &Module<'_>, code: &Code<'_>) -> Result<(), Error> {
    let results = module.function_type(code.function).results();
    if results.iter().all(wasmparser::ValType::is_defaultable) {
        return Ok(());
    }
    Err(Error::Refused {
        function: module.name(code.function),
        offset: code.offsets[0],
        reason: "it returns a reference that is never null and can be stopped".into(),
    })
}

/// The wrapper of a host function: its arguments are saved so that the call can be issued again.
pub(crate) fn host_call(module: &Module<'_>, function: u32) -> Option<Site> {
    let ty = module.function_type(function);
    if !ty.results().iter().all(wasmparser::ValType::is_defaultable) {
        return None;
    }
    let mut values = Vec::new();
    for (parameter, ty) in (0..).zip(ty.params()) {
        values.push((Slot::Local(parameter), saved_type(*ty)?));
    }
    values.sort_unstable_by_key(|&(slot, ty)| (ty, slot));
    Some(Site { function, offset: 0, point: Point::HostCall, values, given: Vec::new() })
}

/// Values of a host call's site with the locals that hold them.
pub(crate) fn host_kept(site: &Site) -> Vec<Kept> {
    let local = |slot: Slot| match slot {
        Slot::Local(local) | Slot::Stack(local) => local,
    };
    site.values.iter().map(|&(slot, ty)| (slot, ty, local(slot))).collect()
}

/// All locals of a body and its temporaries, as a continuation declares them.
pub(crate) fn local_types(code: &Code<'_>) -> Vec<wasmparser::ValType> {
    code.locals.iter().map(|ty| saved_type(*ty).map_or(*ty, parsed_type)).collect()
}
