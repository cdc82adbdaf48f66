//! `random_get`.

use super::{Call, Outcome};

pub(super) fn get(call: &mut Call<'_>) -> Outcome {
    let stretch = call.memory.stretch(call.u32(0), call.u32(1))?;
    let bytes = call.memory.bytes_mut(stretch);
    Ok(call.wasi.state.random.fill(&mut *call.wasi.ports.entropy, bytes)?)
}
