//! The table of functions.

use sojourn_engine::{FunctionType, Host, Import, Provided};
use sojourn_host::{PREVIEW0, PREVIEW1, Setup, functions, never_suspend};
use std::collections::BTreeSet;

use super::world::World;

#[test]
fn the_pass_and_the_host_agree_on_what_never_waits() {
    let host: BTreeSet<&str> = never_suspend().collect();
    let pass: BTreeSet<&str> = sojourn_instrument::suspend::NEVER_SUSPEND.iter().copied().collect();
    assert_eq!(host, pass);
    assert_eq!(host.len(), sojourn_instrument::suspend::NEVER_SUSPEND.len());
}

#[test]
fn both_previews_are_whole_and_signatures_are_checked() {
    let world = World::new(Setup::default());
    let provide = |module, name, function| world.wasi.provide(&Import { module, name, function });
    let mut numbers = BTreeSet::new();
    for (name, signature) in functions() {
        for module in [PREVIEW1, PREVIEW0] {
            let provided = provide(module, name, Some(signature.clone()));
            let absent = module == PREVIEW0 && name == "sock_accept";
            assert_eq!(provided.is_none(), absent, "{module} {name}");
            if let Some(Provided::Function(number)) = provided {
                assert!(numbers.insert(number), "{module} {name}");
            }
        }
        let mut other = signature;
        other.parameters.push(sojourn_engine::ValueType::F32);
        assert_eq!(provide(PREVIEW1, name, Some(other)), None, "{name} with another signature");
        assert_eq!(provide(PREVIEW1, name, None), None, "{name} as a memory");
        assert_eq!(provide("env", name, None), None);
    }
    assert_eq!(numbers.len(), 46 + 45);
    let nothing = FunctionType { parameters: Vec::new(), results: Vec::new() };
    assert_eq!(provide(PREVIEW1, "fd_fly", Some(nothing)), None);
}
