//! The table of calls.

use super::guest::Guest;
use sojourn_engine::{Host, Import, Provided, ValueType};
use sojourn_host::{GUEST_CALLS, PREVIEW1, guest_calls};
use std::collections::BTreeSet;

#[test]
fn the_pass_and_the_host_agree_on_what_never_waits() {
    use sojourn_instrument::guest_calls as pass;
    let host: Vec<&str> = guest_calls().filter(|call| !call.waits).map(|call| call.name).collect();
    assert_eq!(host, pass::NEVER_SUSPEND);
    assert_eq!(pass::MODULE, GUEST_CALLS);
    for call in guest_calls() {
        let suspends = sojourn_instrument::suspend::may_suspend(GUEST_CALLS, call.name);
        assert_eq!(suspends, call.waits, "{}", call.name);
        assert!(sojourn_instrument::suspend::may_suspend("env", call.name));
    }
}

#[test]
fn calls_are_provided_by_their_signatures() {
    let guest = Guest::new();
    let provide = |module, name, function| guest.world.wasi.provide(&Import { module, name, function });
    let mut numbers = BTreeSet::new();
    for call in guest_calls() {
        let Some(Provided::Function(number)) = provide(GUEST_CALLS, call.name, Some(call.signature())) else {
            panic!("{} is not provided", call.name);
        };
        assert!(numbers.insert(number), "{}", call.name);
        let mut other = call.signature();
        other.parameters.push(ValueType::I32);
        assert_eq!(provide(GUEST_CALLS, call.name, Some(other)), None, "{} with a parameter more", call.name);
        let mut other = call.signature();
        other.results.clear();
        assert_eq!(provide(GUEST_CALLS, call.name, Some(other)), None, "{} without a result", call.name);
        assert_eq!(provide(GUEST_CALLS, call.name, None), None, "{} as a memory", call.name);
        assert_eq!(provide(PREVIEW1, call.name, Some(call.signature())), None);
    }
    let signature = guest_calls().next().map(sojourn_host::Function::signature);
    assert_eq!(provide(GUEST_CALLS, "fly", signature), None);
}
