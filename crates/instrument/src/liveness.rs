//! Which locals live at each site: a backward walk over structured code, again while a loop learns more.

use alloc::collections::BTreeMap;
use alloc::vec;
use alloc::vec::Vec;
use wasmparser::{Catch, Operator};

use crate::code::{Code, ENTRY, is_unconditional, mark};

/// Fills `live` of every site.
pub(crate) fn fill(code: &mut Code<'_>) {
    if code.sites.is_empty() {
        return;
    }
    let mut walk = Walk::new(code);
    while walk.pass() {}
    let found = walk.found;
    for (site, live) in code.sites.iter_mut().zip(found) {
        site.live = live;
    }
}

/// A set of locals.
#[derive(Clone, PartialEq, Eq)]
struct Locals(Vec<u64>);

impl Locals {
    fn none(count: usize) -> Self {
        Self(vec![0; count.div_ceil(64)])
    }

    fn add(&mut self, local: u32) {
        self.0[local as usize / 64] |= 1 << (local % 64);
    }

    fn remove(&mut self, local: u32) {
        self.0[local as usize / 64] &= !(1 << (local % 64));
    }

    fn join(&mut self, other: &Self) {
        for (word, more) in self.0.iter_mut().zip(&other.0) {
            *word |= more;
        }
    }

    fn list(&self) -> Vec<u32> {
        let mut list = Vec::new();
        for (index, &word) in self.0.iter().enumerate() {
            let mut rest = word;
            while rest != 0 {
                let bit = rest.trailing_zeros();
                list.push(u32::try_from(index).expect("few locals") * 64 + bit);
                rest &= rest - 1;
            }
        }
        list
    }
}

/// A construct that the walk is inside of.
struct Inside {
    is_loop: bool,
    start: u32,
    /// Live after its end.
    after: Locals,
    /// Live at the start of its second arm.
    other_arm: Option<Locals>,
    /// Live where an exception of its body may be caught.
    caught: Option<Locals>,
}

struct Walk<'c, 'a> {
    code: &'c Code<'a>,
    /// Starts of constructs by their ends, ascending.
    starts: Vec<(u32, u32)>,
    /// Live at the header of each loop, as far as known.
    headers: BTreeMap<u32, Locals>,
    inside: Vec<Inside>,
    live: Locals,
    /// Whether anything is caught here.
    catches: bool,
    found: Vec<Vec<u32>>,
}

impl<'c, 'a> Walk<'c, 'a> {
    fn new(code: &'c Code<'a>) -> Self {
        let mut starts: Vec<(u32, u32)> =
            code.constructs.iter().map(|construct| (construct.end, construct.start)).collect();
        starts.sort_unstable();
        Self {
            code,
            starts,
            headers: BTreeMap::new(),
            inside: Vec::new(),
            live: Locals::none(code.original_locals),
            catches: code.operators.iter().any(|operator| matches!(operator, Operator::TryTable { .. })),
            found: vec![Vec::new(); code.sites.len()],
        }
    }

    /// One walk from the end to the start; whether a loop header has learned something.
    fn pass(&mut self) -> bool {
        let mut learned = false;
        let mut site = self.code.sites.len();
        self.live = Locals::none(self.code.original_locals);
        for position in (0..self.code.operators.len()).rev() {
            let at = u32::try_from(position).expect("validated size");
            if self.code.is(at, mark::DEAD) {
                continue;
            }
            while site > 0 && self.code.sites[site - 1].check == at {
                site -= 1;
                self.found[site] = self.live.list();
            }
            learned |= self.instruction(at);
        }
        while site > 0 {
            site -= 1;
            debug_assert_eq!(self.code.sites[site].check, ENTRY);
            self.found[site] = self.live.list();
        }
        learned
    }

    fn instruction(&mut self, at: u32) -> bool {
        let operator = &self.code.operators[at as usize];
        match *operator {
            Operator::End => self.enter(at),
            Operator::Else => {
                let inside = self.inside.last_mut().expect("validated nesting");
                inside.other_arm = Some(core::mem::replace(&mut self.live, inside.after.clone()));
            }
            Operator::Block { .. } | Operator::TryTable { .. } => {
                self.inside.pop();
            }
            Operator::If { .. } => {
                let inside = self.inside.pop().expect("validated nesting");
                self.live.join(inside.other_arm.as_ref().unwrap_or(&inside.after));
            }
            Operator::Loop { .. } => {
                self.inside.pop();
                return self.learn(at);
            }
            Operator::LocalGet { local_index } => self.live.add(local_index),
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => {
                self.live.remove(local_index);
            }
            _ => self.other(operator),
        }
        false
    }

    fn other(&mut self, operator: &Operator<'a>) {
        if is_unconditional(operator) {
            self.live.0.fill(0);
        }
        if is_branch(operator) {
            for label in labels(operator) {
                self.join_target(label);
            }
        }
        if self.catches
            && may_throw(operator)
            && let Some(caught) = self.inside.iter().rev().find_map(|inside| inside.caught.clone())
        {
            self.live.join(&caught);
        }
    }

    /// The walk comes to the end of a construct: it goes inside.
    fn enter(&mut self, end: u32) {
        let Ok(found) = self.starts.binary_search_by_key(&end, |&(end, _)| end) else { return };
        let start = self.starts[found].1;
        let operator = &self.code.operators[start as usize];
        let mut caught = None;
        if let Operator::TryTable { try_table } = operator {
            let mut locals = self.inside.iter().rev().find_map(|inside| inside.caught.clone());
            for catch in &try_table.catches {
                let target = self.target(catch_label(catch));
                locals.get_or_insert_with(|| Locals::none(self.code.original_locals)).join(&target);
            }
            caught = locals;
        }
        self.inside.push(Inside {
            is_loop: matches!(operator, Operator::Loop { .. }),
            start,
            after: self.live.clone(),
            other_arm: None,
            caught,
        });
    }

    fn learn(&mut self, start: u32) -> bool {
        let known = self.headers.get(&start);
        if known == Some(&self.live) {
            return false;
        }
        self.headers.insert(start, self.live.clone());
        true
    }

    /// Adds what lives at the target of a branch.
    fn join_target(&mut self, label: u32) {
        let Some(index) = self.inside.len().checked_sub(label as usize + 1) else { return };
        let inside = &self.inside[index];
        let target = if inside.is_loop { self.headers.get(&inside.start) } else { Some(&inside.after) };
        if let Some(target) = target {
            self.live.join(target);
        }
    }

    /// Live at the target of a branch.
    fn target(&self, label: u32) -> Locals {
        let none = || Locals::none(self.code.original_locals);
        let Some(index) = self.inside.len().checked_sub(label as usize + 1) else { return none() };
        let inside = &self.inside[index];
        if inside.is_loop {
            self.headers.get(&inside.start).cloned().unwrap_or_else(none)
        } else {
            inside.after.clone()
        }
    }
}

fn is_branch(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::Br { .. }
            | Operator::BrIf { .. }
            | Operator::BrTable { .. }
            | Operator::BrOnNull { .. }
            | Operator::BrOnNonNull { .. }
            | Operator::BrOnCast { .. }
            | Operator::BrOnCastFail { .. }
    )
}

/// Labels an instruction can branch to.
pub(crate) fn labels(operator: &Operator<'_>) -> Vec<u32> {
    match operator {
        Operator::Br { relative_depth }
        | Operator::BrIf { relative_depth }
        | Operator::BrOnNull { relative_depth }
        | Operator::BrOnNonNull { relative_depth }
        | Operator::BrOnCast { relative_depth, .. }
        | Operator::BrOnCastFail { relative_depth, .. } => vec![*relative_depth],
        Operator::BrTable { targets } => {
            let mut labels: Vec<u32> = targets.targets().filter_map(Result::ok).collect();
            labels.push(targets.default());
            labels.sort_unstable();
            labels.dedup();
            labels
        }
        _ => Vec::new(),
    }
}

/// Label of a catch clause, relative to outside the `try_table`.
pub(crate) fn catch_label(catch: &Catch) -> u32 {
    match *catch {
        Catch::One { label, .. }
        | Catch::OneRef { label, .. }
        | Catch::All { label }
        | Catch::AllRef { label } => label,
    }
}

fn may_throw(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::Call { .. }
            | Operator::CallIndirect { .. }
            | Operator::CallRef { .. }
            | Operator::Throw { .. }
            | Operator::ThrowRef
    )
}
