//! `environ_*`.

use super::args::{put, put_sizes, sizes};
use super::{Call, Outcome};

pub(super) fn get(call: &mut Call<'_>) -> Outcome {
    let strings = call.wasi.state.environment.clone();
    put(call, &strings)
}

pub(super) fn sizes_get(call: &mut Call<'_>) -> Outcome {
    let sizes = sizes(&call.wasi.state.environment);
    put_sizes(call, sizes)
}
