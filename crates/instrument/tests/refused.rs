//! What cannot move is refused in one line with function, byte offset and reason; what is damaged, as invalid.

use sojourn_image::Point;
use sojourn_instrument::{
    Continuations, Error, Flavour, Options, Spot, instrument, load_frames, read_frames, spots,
};

const OPTIONS: Options = Options { flavour: Flavour::Atomic, allow_pinned: false };

/// Modules that cannot move, and what the refusal says.
const REFUSED: &[(&str, &str)] = &[
    ("(module (memory 1 1 shared))", "shared memory"),
    (r#"(module (func (export "sojourn:top")))"#, "reserved name `sojourn:top`"),
    (
        r"(module (type $s (struct (field i32)))
            (func $keeps (local $o (ref null $s))
              (local.set $o (struct.new $s (i32.const 1)))
              (loop $l (br_if $l (struct.get $s 0 (local.get $o))))))",
        "function `keeps`",
    ),
    (
        r"(module (type $s (struct (field i32)))
            (func $holds
              (struct.new $s (i32.const 1))
              (loop $l (br_if $l (i32.const 0)))
              drop))",
        "function `holds`",
    ),
    (
        r"(module (func $never (result (ref func)) (loop $l (br_if $l (i32.const 0))) (ref.func $never))
            (elem declare func $never))",
        "never null",
    ),
    (r"(module (global (mut anyref) (ref.null any)))", "global 0 is mutable"),
    ("(component)", "component"),
];

#[test]
fn refusals_name_function_and_reason() {
    for (text, reason) in REFUSED {
        let wasm = wat::parse_str(text).expect("valid text");
        let error = instrument(&wasm, OPTIONS).expect_err(text);
        let said = error.to_string();
        assert!(matches!(error, Error::Refused { .. }), "{text}: {said}");
        assert!(said.contains(reason), "{text}: {said}");
        assert!(said.contains("at byte") && !said.contains('\n'), "{text}: {said}");
    }
}

#[test]
fn a_refused_module_can_be_pinned() {
    let wasm = wat::parse_str(REFUSED[0].0).expect("valid text");
    let made = instrument(&wasm, Options { allow_pinned: true, ..OPTIONS }).expect("let through");
    assert_eq!(made.wasm, wasm);
    assert!(made.info.pinned.expect("a reason").contains("shared memory"));
}

const LOOPS: &str = r#"(module (memory 1) (data "words")
    (func (export "run") (param i32) (result i32)
      (loop $l (result i32)
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_if $l (local.get 0) (local.get 0)) )))"#;

fn loops() -> Vec<u8> {
    let text =
        LOOPS.replace("(br_if $l (local.get 0) (local.get 0)) ", "(br_if $l (local.get 0)) (local.get 0)");
    wat::parse_str(text).expect("valid text")
}

#[test]
fn every_cut_and_every_changed_byte_is_taken_or_said_to_be_invalid() {
    let wasm = loops();
    for length in 0..wasm.len() {
        // Where a section ends, what is left can be a module.
        let valid = wasmparser::Validator::new().validate_all(&wasm[..length]).is_ok();
        assert_eq!(instrument(&wasm[..length], OPTIONS).is_ok(), valid, "cut to {length} bytes");
    }
    for at in 0..wasm.len() {
        for bit in 0..8 {
            let mut damaged = wasm.clone();
            damaged[at] ^= 1 << bit;
            if let Ok(made) = instrument(&damaged, OPTIONS) {
                wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
                    .validate_all(&made.wasm)
                    .expect("what is taken becomes a valid module");
            }
        }
    }
}

#[test]
fn frames_that_do_not_fit_are_an_error() {
    let wasm = loops();
    let info = instrument(&wasm, OPTIONS).expect("a module that can move").info;
    let said =
        |result: Result<_, Error>| result.err().map(|error: Error| error.to_string()).unwrap_or_default();
    assert!(said(read_frames(&info, &[1, 2, 3], &[], &[])).contains("ends in a frame"));
    assert!(said(read_frames(&info, &99_u32.to_le_bytes(), &[], &[])).contains("does not exist"));
    let mut frames = read_frames(&info, &[0, 0, 0, 0, 5, 0, 0, 0], &[], &[]).expect("a frame at the loop");
    let load = |frames: &[_]| {
        let spots = spots(&info, frames)?;
        load_frames(&info, frames, &spots, &vec![0; spots.len()])
    };
    assert!(load(&frames).is_ok());
    assert!(said(load(&[]).map(|_| frames.clone())).contains("none"));
    let spot = Spot::of(&frames[0]);
    let mut continuations = Continuations::new(&wasm, &info, Flavour::Atomic).expect("it was read before");
    assert!(continuations.module(&spot).is_ok());
    assert!(continuations.module(&Spot { point: Point::HostCall, ..spot }).is_err());
    assert!(continuations.module(&Spot { function: 99, ..spot }).is_err());
    frames[0].offset += 1;
    assert!(load(&frames).expect_err("no such point").to_string().contains("no such point"));
    frames[0].offset -= 1;
    assert!(load_frames(&info, &frames, &[], &[]).is_err());
    frames.push(frames[0].clone());
    assert!(load(&frames).is_err());
    frames.pop();
    frames[0].values.clear();
    assert!(load(&frames).expect_err("a value is missing").to_string().contains("missing"));
}

#[test]
fn a_function_without_points_stays_byte_for_byte() {
    let wasm = wat::parse_str(
        r#"(module (func $a (param i32) (result i32) (i32.add (local.get 0) (i32.const 1234567)))
             (func (export "run") (result i32) (loop $l (br_if $l (i32.const 0))) (call $a (i32.const 1))))"#,
    )
    .expect("valid text");
    let body = |wasm: &[u8]| {
        let mut bodies = wasmparser::Parser::new(0).parse_all(wasm).filter_map(|payload| match payload {
            Ok(wasmparser::Payload::CodeSectionEntry(body)) => Some(body.as_bytes().to_vec()),
            _ => None,
        });
        bodies.next().expect("a body")
    };
    for flavour in [Flavour::Atomic, Flavour::Counter] {
        let made =
            instrument(&wasm, Options { flavour, allow_pinned: false }).expect("a module that can move");
        assert_eq!(body(&wasm), body(&made.wasm));
    }
}

#[test]
fn both_flavours_have_the_same_sites() {
    let wasm = loops();
    let sites = |flavour| {
        instrument(&wasm, Options { flavour, allow_pinned: false })
            .expect("a module that can move")
            .info
            .sites
    };
    assert_eq!(sites(Flavour::Atomic), sites(Flavour::Counter));
}
