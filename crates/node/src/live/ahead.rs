//! Compiling ahead: where guests of a module have stopped lately is where the next one is likely to stop, so the node
//! that it moves to compiles what goes on from there while pages still come.
//!
//! Stacks are told one after the other, each from its outermost frame; all but the innermost frame of a stack are in a
//! call, so the list says itself where one ends.

use super::node::Shared;
use crate::guest::Expected;
use crate::limit::{STACK_FRAMES, STACKS};
use crate::module::Module;
use sojourn_abi::Point;
use sojourn_image::{Frame, Point as Kind};
use std::sync::Arc;

/// Kinds of points by their number.
const KINDS: [Kind; 4] = [Kind::Poll, Kind::InProgress, Kind::Returned, Kind::HostCall];

/// Where guests of a module have stopped lately.
pub(super) fn told(module: &Module) -> Vec<Point> {
    let number = |kind: Kind| KINDS.iter().position(|known| *known == kind).unwrap_or_default();
    let point = |frame: &Frame| Point {
        function: frame.function,
        offset: frame.offset,
        kind: u8::try_from(number(frame.point)).unwrap_or_default(),
    };
    module.stacks().iter().flatten().map(point).collect()
}

/// The stacks of such a list; what is none is left out.
fn heard(points: &[Point]) -> Vec<Vec<Frame>> {
    let (mut stacks, mut stack) = (Vec::new(), Vec::new());
    for point in points.iter().take(STACKS * STACK_FRAMES) {
        let Some(&kind) = KINDS.get(usize::from(point.kind)) else { break };
        stack.push(Frame { function: point.function, offset: point.offset, point: kind, values: Vec::new() });
        if kind != Kind::InProgress {
            stacks.push(std::mem::take(&mut stack));
        }
    }
    stacks.truncate(STACKS);
    stacks
}

impl Shared {
    /// Compiles what goes on from these stacks, beside everything else.
    pub(super) fn compile_ahead(self: &Arc<Self>, expected: Expected, points: &[Point]) {
        let stacks = heard(points);
        if stacks.is_empty() {
            return;
        }
        self.beside("compile", move |_| {
            for stack in stacks {
                // Whoever tells of stacks that cannot be only makes the move slower.
                let _ = expected.compile_ahead(&stack);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(function: u32, kind: u8) -> Point {
        Point { function, offset: function * 10, kind }
    }

    #[test]
    fn stacks_end_with_what_is_in_no_call() {
        let stacks = heard(&[point(1, 1), point(2, 0), point(3, 3), point(4, 1), point(5, 1), point(6, 2)]);
        let functions: Vec<Vec<u32>> =
            stacks.iter().map(|stack| stack.iter().map(|frame| frame.function).collect()).collect();
        assert_eq!(functions, [vec![1, 2], vec![3], vec![4, 5, 6]]);
        assert_eq!(stacks[0][0].point, Kind::InProgress);
    }

    #[test]
    fn lists_from_anybody_are_bounded() {
        assert!(heard(&[point(1, 4), point(2, 0)]).is_empty());
        assert!(heard(&[point(1, 1)]).is_empty());
        assert_eq!(heard(&vec![point(1, 0); 10_000]).len(), STACKS);
        assert!(heard(&vec![point(1, 1); 1_000_000]).is_empty());
    }

    #[test]
    fn what_is_told_is_heard() {
        let module = Module::new(wat::parse_str("(module (func (export \"_start\")))").unwrap()).unwrap();
        let frame = |function, point| Frame { function, offset: 7, point, values: Vec::new() };
        let stacks = [
            vec![frame(1, Kind::InProgress), frame(2, Kind::Poll)],
            vec![frame(3, Kind::HostCall)],
            vec![frame(1, Kind::InProgress), frame(2, Kind::Returned)],
        ];
        for stack in &stacks {
            module.met(stack);
        }
        module.met(&stacks[0]);
        assert_eq!(heard(&told(&module)), [&stacks[1..], &stacks[..1]].concat());
    }
}
