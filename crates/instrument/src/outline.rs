//! Large loops get a function of their own: what their function does from the loop on.
//!
//! ```text
//! (func $f (param ..)                      (func $f (param ..)
//!   A                                        A
//!   (loop $large B (br_if $large ..))        (return (call $from_large (locals ..))))
//!   C)                                     (func $from_large (param locals ..)
//!                                            (loop $large B (br_if $large ..))
//!                                            C)
//! ```
//!
//! A frame that stands in the loop does what is left of its round and calls the same function. So an interpreter,
//! which spends its life in one loop of many KiB, runs the module's own code again after a moment, and what has to be
//! compiled for it to go on is no more than the rest of a round.

use alloc::vec::Vec;
use sojourn_image::Point;
use wasm_encoder::{Encode, Instruction};
use wasmparser::{BlockType, Operator, ValType};

use crate::code::{Code, Construct, ENTRY};
use crate::emit::Kept;
use crate::limit::{OUTLINED_LOCALS, OUTLINED_LOOP_BYTES};
use crate::section::{saved_type, val_type};
use crate::sites::local_types;

/// A loop that can be gone on with in a function.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outlined {
    /// Its site, by place among the function's.
    pub(crate) site: usize,
    /// Its first instruction.
    pub(crate) start: u32,
    /// Its `end`.
    pub(crate) end: u32,
    /// The site of the loop that the function is of: this one, or the one around it.
    pub(crate) head: usize,
}

impl Outlined {
    /// What the function is told: whether it is to begin in the inner loop.
    fn entry(self) -> i32 {
        i32::from(self.site != self.head)
    }
}

/// The loops of a body that have functions of their own: large, in no other loop and in no `try_table`, so that the
/// function never calls itself and nothing is caught twice. With each the inner loop that can be entered directly:
/// interpreters have loops around the loop.
pub(crate) fn loops(code: &Code<'_>) -> Vec<Outlined> {
    if code.locals.len() > OUTLINED_LOCALS || code.locals.iter().any(|ty| saved_type(*ty).is_none()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    // Up to here all is in a construct that must stay whole.
    let mut inside = 0;
    for construct in &code.constructs {
        if construct.start < inside {
            continue;
        }
        match code.operators[construct.start as usize] {
            Operator::TryTable { .. } => inside = construct.end,
            Operator::Loop { .. } => {
                inside = construct.end;
                if let Some(site) = large(code, construct) {
                    found.push(Outlined { site, start: construct.start, end: construct.end, head: site });
                    found.extend(inner(code, construct, site));
                }
            }
            _ => {}
        }
    }
    found
}

/// The site of a loop, when it is large and takes nothing from the stack.
fn large(code: &Code<'_>, construct: &Construct) -> Option<usize> {
    let Operator::Loop { blockty } = code.operators[construct.start as usize] else { return None };
    let bytes = code.offsets[construct.end as usize] - code.offsets[construct.start as usize];
    let plain = !matches!(blockty, BlockType::FuncType(_));
    if plain && bytes >= OUTLINED_LOOP_BYTES { site(code, construct.start) } else { None }
}

/// The innermost of the large loops in a loop that can be entered directly, each the largest in the one around it.
fn inner(code: &Code<'_>, outer: &Construct, head: usize) -> Option<Outlined> {
    let mut found = None;
    let mut around = outer;
    while let Some((construct, site)) = largest(code, outer, around) {
        // A loop that is not most of the one around it is not where the time goes.
        if found.is_some() && 2 * (construct.end - construct.start) < around.end - around.start {
            break;
        }
        found = Some(Outlined { site, start: construct.start, end: construct.end, head });
        around = construct;
    }
    found
}

/// The largest of the loops in a loop that are large and can be entered from `outer`, with its site.
fn largest<'c>(code: &'c Code<'_>, outer: &Construct, around: &Construct) -> Option<(&'c Construct, usize)> {
    let within = |inner: &&Construct| around.start < inner.start && inner.end < around.end;
    let enterable = |construct: &'c Construct| {
        let site = large(code, construct).filter(|_| construct.height == outer.height)?;
        path(code, outer, construct.start).map(|_| (construct, site))
    };
    let loops = code.constructs.iter().filter(within).filter_map(enterable);
    loops.max_by_key(|(construct, _)| construct.end - construct.start)
}

/// Where the constructs between a loop and an inner one begin, if all are blocks and loops with nothing
/// on the stack.
fn path(code: &Code<'_>, outer: &Construct, inner: u32) -> Option<Vec<u32>> {
    let mut starts = Vec::new();
    let between = |construct: &&Construct| {
        outer.start < construct.start && construct.start < inner && inner < construct.end
    };
    for construct in code.constructs.iter().filter(between) {
        match code.operators[construct.start as usize] {
            Operator::Block { blockty: BlockType::Empty | BlockType::Type(_) }
            | Operator::Loop { blockty: BlockType::Empty | BlockType::Type(_) }
                if construct.height == outer.height =>
            {
                starts.push(construct.start);
            }
            _ => return None,
        }
    }
    Some(starts)
}

/// How a loop's function gets into its inner loop: what comes before is passed over, once.
///
/// ```text
/// (loop $outer                              (loop $outer
///   poll, A                                   (if (not $entry) (then poll, A))
///   (block B (loop $inner ..)))               (block (if (not $entry) (then B)) $entry := 0 (loop $inner ..)))
/// ```
pub(crate) struct Entrance {
    /// The local that says whether to pass over.
    pub(crate) local: u32,
    /// Instructions after which what is passed over begins: the outer loop's, and those on the way.
    starts: Vec<u32>,
    /// First instruction of the inner loop.
    inner: u32,
}

impl Entrance {
    pub(crate) fn new(code: &Code<'_>, outer: Outlined, inner: Outlined) -> Option<Self> {
        let construct = code.constructs.iter().find(|construct| construct.start == outer.start)?;
        let mut starts = path(code, construct, inner.start)?;
        starts.insert(0, outer.start);
        let local = u32::try_from(code.locals.len()).ok()?;
        Some(Self { local, starts, inner: inner.start })
    }

    /// Whether what is passed over begins after this instruction.
    pub(crate) fn begins_after(&self, at: u32) -> bool {
        self.starts.contains(&at)
    }

    /// Whether it ends before this instruction.
    pub(crate) fn ends_before(&self, at: u32) -> bool {
        at == self.inner || self.starts[1..].contains(&at)
    }

    /// Whether this is the inner loop.
    pub(crate) fn is_inner(&self, at: u32) -> bool {
        at == self.inner
    }
}

fn site(code: &Code<'_>, start: u32) -> Option<usize> {
    let poll = |site: &crate::code::Draft| site.point == Point::Poll && site.check != ENTRY;
    code.sites.iter().position(|site| poll(site) && site.instruction == start)
}

/// The call of a loop's function: locals that live there as they are, zeros for the others, and where to begin.
pub(crate) fn call(code: &Code<'_>, kept: &[Kept], outlined: Outlined, function: u32, out: &mut Vec<u8>) {
    for (local, ty) in (0..).zip(&code.locals) {
        if kept.iter().any(|(_, _, known)| *known == local) {
            Instruction::LocalGet(local).encode(out);
        } else {
            zero(val_type(*ty), out);
        }
    }
    Instruction::I32Const(outlined.entry()).encode(out);
    Instruction::Call(function).encode(out);
}

/// Parameters of a loop's function.
pub(crate) fn parameters(code: &Code<'_>) -> Vec<ValType> {
    let mut types = local_types(code);
    types.push(ValType::I32);
    types
}

/// A zero or null.
pub(crate) fn zero(ty: wasm_encoder::ValType, out: &mut Vec<u8>) {
    use wasm_encoder::ValType;
    match ty {
        ValType::I32 => Instruction::I32Const(0).encode(out),
        ValType::I64 => Instruction::I64Const(0).encode(out),
        ValType::F32 => Instruction::F32Const(0.0.into()).encode(out),
        ValType::F64 => Instruction::F64Const(0.0.into()).encode(out),
        ValType::V128 => Instruction::V128Const(0).encode(out),
        ValType::Ref(reference) => Instruction::RefNull(reference.heap_type).encode(out),
    }
}
