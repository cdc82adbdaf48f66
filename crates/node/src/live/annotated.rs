//! What a module says of itself: an atom of it begins so, and only where there is what it needs.

use super::atom::Failure;
use super::node::Shared;
use super::verbs::Start;
use crate::module::Module;
use sojourn_abi::{Annotation, Code};
use sojourn_host::{GUEST_CALLS, PREVIEW0, PREVIEW1};

impl Shared {
    /// A start with what the module says where the start says nothing.
    ///
    /// # Errors
    /// `InvalidAnnotation`; what this node lacks: `NoRoom`, `MissingFeature`, `MissingFunction`.
    pub(super) fn annotated(&self, order: Start, module: &Module) -> Result<Start, Failure> {
        let said = self.suited(module, &order.name)?;
        let mut life = order.life.unwrap_or_else(|| said.life());
        let mut channels = life.channels.take().unwrap_or_default();
        channels.retain(|channel| order.channels.iter().all(|given| given.path != channel.path));
        channels.extend(order.channels.iter().cloned());
        let begun = sojourn_abi::Life {
            arguments: order.arguments.clone(),
            environment: order.environment.clone(),
            channels: (!channels.is_empty()).then_some(channels),
            channel_to: order.channel_to.clone().or(life.channel_to.take()),
            ..life
        };
        let or = |asked: u64, said: u64| if asked == 0 { said } else { asked };
        Ok(Start {
            images_every_ms: or(order.images_every_ms, said.checkpoint_ms),
            memory_bytes: or(order.memory_bytes, said.limits.memory_bytes),
            atom: order.atom.or(said.name),
            life: Some(begun),
            aliases: order.aliases.or_else(|| (!said.aliases.is_empty()).then_some(said.aliases)),
            ..order
        })
    }

    /// What a module says, if this node has what it needs; `name` is for people.
    ///
    /// # Errors
    /// Those of `annotated`.
    pub(super) fn suited(&self, module: &Module, name: &str) -> Result<Annotation, Failure> {
        let me = &self.settings.name;
        let said = Annotation::of(module.wasm())
            .map_err(|error| (Code::InvalidAnnotation, format!("{name}: {error}")))?;
        if let Some(tag) = said.needs.tags.iter().find(|tag| !self.settings.tags.contains(tag)) {
            let text = format!("{name} needs a node with the tag {tag}, which {me} has not");
            return Err((Code::MissingFeature, text));
        }
        if let Some(function) = said.needs.functions.iter().find(|function| !offered(function)) {
            let text = format!("{name} needs the host function {function}, which {me} does not offer");
            return Err((Code::MissingFunction, text));
        }
        self.room_for(said.needs.memory_bytes)?;
        Ok(said)
    }
}

/// Whether guests can call `module.function`.
fn offered(function: &str) -> bool {
    let Some((module, name)) = function.split_once('.') else { return false };
    match module {
        PREVIEW1 | PREVIEW0 => sojourn_host::functions().any(|(known, _)| known == name),
        GUEST_CALLS => sojourn_host::guest_calls().any(|call| call.name == name),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::offered;

    #[test]
    fn functions_are_offered_by_module_and_name() {
        for known in [
            "sojourn_v1.send",
            "sojourn_v1.kv_get",
            "wasi_snapshot_preview1.fd_read",
            "wasi_unstable.fd_read",
        ] {
            assert!(offered(known), "{known}");
        }
        for strange in
            ["sojourn_v1.fly", "sojourn_v2.send", "env.send", "send", "wasi_snapshot_preview1.", "."]
        {
            assert!(!offered(strange), "{strange}");
        }
    }
}
