//! Counts the positions that chess can reach in so many moves (known as *perft*), with the move generator `cozy-chess`.
//!
//! `chess.wasm [DEPTH [FEN]]`; prints one line for each first move, then the sum. It asks the world through WASI
//! itself, so that it builds for any wasm32 target, also one without an operating system's standard library.
#![no_std]
#![cfg_attr(target_family = "wasm", no_main)]

#[cfg(target_family = "wasm")]
mod wasi;

use cozy_chess::Board;
use core::fmt::{Result, Write};

const USUAL_DEPTH: u32 = 5;

fn positions(board: &Board, depth: u32) -> u64 {
    let mut sum = 0;
    board.generate_moves(|moves| {
        if depth == 1 {
            sum += moves.len() as u64;
            return false;
        }
        for step in moves {
            let mut next = board.clone();
            next.play_unchecked(step);
            sum += positions(&next, depth - 1);
        }
        false
    });
    sum
}

/// Writes the count of each first move, and the sum.
///
/// # Errors
/// When `out` cannot be written.
pub fn count(board: &Board, depth: u32, out: &mut impl Write) -> Result {
    let mut sum = 0;
    let mut result = Ok(());
    board.generate_moves(|moves| {
        for step in moves {
            let mut next = board.clone();
            next.play_unchecked(step);
            let count = if depth > 1 { positions(&next, depth - 1) } else { 1 };
            sum += count;
            result = writeln!(out, "{step} {count}");
            if result.is_err() {
                return true;
            }
        }
        false
    });
    result?;
    writeln!(out, "{sum}")
}
