//! The values in images against Wasmtime's guest debugging, which knows nothing of the pass.

use sojourn_conformance::engines::{in_parallel, places};
use sojourn_conformance::guest_host::GuestHost;
use sojourn_conformance::oracle::{agree, stacks};
use sojourn_conformance::program::{PROGRAMS, Program, through};
use sojourn_conformance::sweep::Task;
use sojourn_image::{Image, Point};
use sojourn_instrument::Flavour;

const TASK: Task<'_, GuestHost> = Task { export: "run", arguments: &[], host: &GuestHost::default };
/// Polls of a program that are compared.
const POLLS: u64 = 200;

/// Programs that the debugger does not show as they are, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("deep-recursion", "ten thousand frames of code with debugging do not fit its stack"),
    (
        "if-else",
        "Wasmtime 48 goes on showing the parameters of an `if` where the first instruction in it has put its result",
    ),
];

#[test]
fn images_hold_what_the_debugger_sees() {
    let compared: Vec<Result<usize, String>> = in_parallel(PROGRAMS, compare);
    let wrong: Vec<String> = compared.iter().filter_map(|result| result.clone().err()).collect();
    let values: usize = compared.iter().flatten().sum();
    println!("{values} values agree");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(values > 3000, "only {values} values were compared");
}

/// Programs with imports and with a start function are left out: the debugger runs them bare.
fn compare(program: &Program) -> Result<usize, String> {
    let wasm = program.wasm();
    let named = |reason: String| format!("{}: {reason}", program.name);
    let made = through(&wasm, Flavour::Counter).map_err(|error| named(error.to_string()))?;
    let bare = !program.text.contains("(import") && made.info.start.is_none();
    if !bare || LEFT_OUT.iter().any(|(name, _)| *name == program.name) {
        return Ok(0);
    }
    let stacks = stacks(&wasm, &made.info, "run").map_err(|error| named(format!("{error:#}")))?;
    let places = places::<GuestHost>(&wasm, false).map_err(named)?;
    let whole = TASK.whole(&*places[0]).map_err(named)?;
    let mut witnessed = stacks.iter();
    let mut values = 0;
    for poll in 1..=whole.polls.min(POLLS) {
        let image = TASK.image_at(&*places[0], poll).map_err(named)?;
        let image = Image::decode(&image).map_err(|error| named(error.to_string()))?;
        if image.frames.last().is_none_or(|frame| frame.point != Point::Poll) {
            continue;
        }
        let stack =
            witnessed.next().ok_or_else(|| named(format!("the debugger does not get to poll {poll}")))?;
        values += agree(&image.frames, stack).map_err(|reason| named(format!("poll {poll}: {reason}")))?;
    }
    let left = witnessed.count();
    if whole.polls <= POLLS && left > 0 {
        return Err(named(format!("the debugger sees {left} more polls")));
    }
    Ok(values)
}
