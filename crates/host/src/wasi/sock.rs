//! `sock_*`: no descriptor is a socket, so each says what a call on something else says.

use super::{Call, Outcome};
use crate::Errno;

fn not_a_socket(call: &Call<'_>) -> Outcome {
    call.wasi.descriptor(call.u32(0))?;
    Err(Errno::NotSocket.into())
}

pub(super) fn accept(call: &mut Call<'_>) -> Outcome {
    call.writable(2, 4)?;
    not_a_socket(call)
}

pub(super) fn recv(call: &mut Call<'_>) -> Outcome {
    call.buffers(1)?;
    call.writable(4, 4)?;
    call.writable(5, 2)?;
    not_a_socket(call)
}

pub(super) fn send(call: &mut Call<'_>) -> Outcome {
    call.buffers(1)?;
    call.writable(4, 4)?;
    not_a_socket(call)
}

pub(super) fn shutdown(call: &mut Call<'_>) -> Outcome {
    if !(1..=3).contains(&call.u32(1)) {
        return Err(Errno::Invalid.into());
    }
    not_a_socket(call)
}
