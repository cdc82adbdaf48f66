//! The program's border: its arguments, standard output and exit, as WASI preview 1 gives them.

use core::fmt;

use cozy_chess::Board;

const STDOUT: i32 = 1;
const STDERR: i32 = 2;
const ARGUMENTS: usize = 8;
const ARGUMENT_BYTES: usize = 512;

#[repr(C)]
struct Slice {
    start: *const u8,
    length: usize,
}

#[link(wasm_import_module = "wasi_snapshot_preview1")]
unsafe extern "C" {
    fn args_sizes_get(count: *mut usize, bytes: *mut usize) -> i32;
    fn args_get(starts: *mut *const u8, bytes: *mut u8) -> i32;
    fn fd_write(file: i32, slices: *const Slice, count: usize, written: *mut usize) -> i32;
    fn proc_exit(status: i32) -> !;
}

struct Stream(i32);

impl fmt::Write for Stream {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            let slice = Slice { start: rest.as_ptr(), length: rest.len() };
            let mut written = 0;
            // SAFETY: one slice, over bytes that live through the call.
            if unsafe { fd_write(self.0, &raw const slice, 1, &raw mut written) } != 0 {
                return Err(fmt::Error);
            }
            rest = &rest[written..];
        }
        Ok(())
    }
}

fn fail(message: fmt::Arguments<'_>) -> ! {
    let _ = fmt::write(&mut Stream(STDERR), format_args!("chess: {message}\n"));
    // SAFETY: takes a number and does not return.
    unsafe { proc_exit(1) }
}

/// Calls `each` with the number and text of every argument.
fn arguments(mut each: impl FnMut(usize, &str)) {
    let (mut count, mut length) = (0, 0);
    let mut starts = [core::ptr::null(); ARGUMENTS];
    let mut bytes = [0u8; ARGUMENT_BYTES];
    // SAFETY: two places for numbers.
    unsafe { args_sizes_get(&raw mut count, &raw mut length) };
    if count > ARGUMENTS || length > ARGUMENT_BYTES {
        fail(format_args!("too many arguments"));
    }
    // SAFETY: both buffers hold what was just asked for.
    unsafe { args_get(starts.as_mut_ptr(), bytes.as_mut_ptr()) };
    for (number, text) in bytes[..length].split(|&byte| byte == 0).take(count).enumerate() {
        each(number, core::str::from_utf8(text).unwrap_or_default());
    }
}

#[unsafe(no_mangle)]
extern "C" fn _start() {
    let mut board = Board::default();
    let mut depth = crate::USUAL_DEPTH;
    arguments(|number, text| match number {
        1 => depth = text.parse().unwrap_or_else(|_| fail(format_args!("not a depth: {text}"))),
        2 => board = text.parse().unwrap_or_else(|_| fail(format_args!("not a position: {text}"))),
        _ => {}
    });
    if depth == 0 || crate::count(&board, depth, &mut Stream(STDOUT)).is_err() {
        fail(format_args!("nothing to count, or nowhere to write it"));
    }
}

#[panic_handler]
fn panic(info: &core::panic::PanicInfo<'_>) -> ! {
    fail(format_args!("{info}"))
}
