//! What every engine adapter must do, in tests that are generic over the engine.
//!
//! An adapter's test includes this file by path and names its engines:
//!
//! ```text
//! #[path = "../../engine/conformance/mod.rs"]
//! mod conformance;
//! conformance::suite!(plain: Wasmi::new(Settings::default()));
//! ```
//!
//! The modules are written by hand as the pass would write them, so that a fault here is the adapter's.

pub mod arriving;
pub mod calls;
pub mod continuing;
pub mod limits;
pub mod linking;
pub mod pausing;
pub mod state;
pub mod stopping;
pub mod windows;
pub mod world;

use sojourn_engine::{Engine, EngineError, Instance};
use world::World;

/// Compiles and instantiates a module in text format over the test host.
pub fn instance<E: Engine>(engine: &E, text: &str) -> E::Instance<World> {
    instantiate(engine, text).expect("the module instantiates")
}

/// As `instance`, for modules that may not instantiate.
pub fn instantiate<E: Engine>(engine: &E, text: &str) -> Result<E::Instance<World>, EngineError> {
    let module = engine.compile(&wat::parse_str(text).expect("the text is a module"))?;
    engine.instantiate(&module, World::default())
}

/// Calls an export that must end, and gives its results.
pub fn results<I: Instance>(
    instance: &mut I,
    export: &str,
    arguments: &[sojourn_engine::Value],
) -> Vec<sojourn_engine::Value> {
    match instance.call(export, arguments).expect("the export takes these arguments") {
        sojourn_engine::Outcome::Finished(results) => results,
        other => panic!("{export} ended as {other:?}"),
    }
}

/// Makes a test of each function named.
#[macro_export]
macro_rules! tests {
    ($engine:expr; $($room:ident :: { $($name:ident),* $(,)? })*) => {
        $($(
            #[test]
            fn $name() {
                $crate::conformance::$room::$name(&$engine);
            }
        )*)*
    };
}

/// The suite for each engine named.
#[macro_export]
macro_rules! suite {
    ($($label:ident: $engine:expr),* $(,)?) => {
        $(mod $label {
            use super::*;
            $crate::tests! { $engine;
                calls::{
                    values_of_every_type_cross, nan_payloads_survive, wrong_arguments_are_an_error,
                    host_calls_see_memory_and_arguments, many_parameters_and_results, references_cross_host_calls,
                    traps_are_outcomes, exit_is_an_outcome, host_traps_keep_their_words,
                    endless_recursion_traps, deep_recursion_fits, missing_import_is_named,
                    import_of_another_kind_is_refused, host_gives_globals_memories_tables,
                    instantiation_traps_are_told, modules_without_the_pass_run,
                }
                state::{
                    globals_of_every_type, immutable_globals_stay, memories_grow_and_are_written,
                    memories_beyond_limits_are_an_error, several_memories, tables_of_functions,
                    tables_of_host_references, tables_grow, unknown_names_are_errors,
                }
                stopping::{
                    a_request_before_the_call_stops_at_the_first_poll, another_thread_stops_a_loop,
                    clearing_takes_a_request_back, exact_polls, a_suspended_host_call_unwinds,
                    a_suspended_call_gives_zeros, plain_modules_cannot_suspend,
                }
                pausing::{
                    a_paused_loop_stands_still, a_pause_before_the_call_holds_it, many_pauses_change_nothing,
                    a_stop_ends_a_pause, a_pause_is_over_when_it_is_taken_back,
                }
                linking::{
                    a_continuation_shares_the_instance, a_continuation_of_another_module_is_refused,
                    references_keep_their_identity, compiled_code_survives_bytes, spots_keep_their_slots,
                }
                continuing::{
                    frames_written_back_go_on, on_every_poll, large_loops_go_on, start_then_export, hostile_images_are_refused,
                    deep_stacks_go_on, what_is_at_rest_is_called_again,
                }
                arriving::{
                    stops_in_place_change_nothing, every_poll_goes_on_in_place, a_stop_while_it_stood_is_taken_back,
                    start_functions_go_on_in_place, pages_equal_an_image, hostile_pages_are_refused,
                    hostile_endings_are_refused,
                }
                limits::{
                    memory_beyond_the_limit_does_not_grow, several_memories_count_together,
                    tables_beyond_the_limit_do_not_grow, a_beginning_beyond_the_limit_is_refused,
                    a_full_guest_stops_and_goes_on, arrivals_keep_to_the_limit,
                }
                windows::{
                    a_window_shows_what_is_written, a_window_grows_with_its_memory, a_window_goes_with_its_instance,
                    what_may_move_has_no_window,
                }
            }
        })*
    };
}
pub use suite;
