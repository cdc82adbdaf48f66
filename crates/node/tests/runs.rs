//! Whole runs: started, stopped, resumed on another engine, through files.

use sojourn_node::{
    Ending, EngineName, Error, Image, Module, Mount, MountSource, ResumeOptions, Run, StartOptions, Stdin,
    load, resume, save, start,
};
use std::path::{Path, PathBuf};
use std::sync::Arc;

const ENGINES: [EngineName; 2] = [EngineName::Wasmtime, EngineName::Wasmi];

fn guest(text: &str) -> Module {
    Module::new(wat::parse_str(text).unwrap()).unwrap()
}

fn count() -> Module {
    guest(include_str!("guests/count.wat"))
}

fn on(engine: EngineName) -> StartOptions {
    StartOptions { engine, ..StartOptions::default() }
}

fn going_on(engine: EngineName) -> ResumeOptions {
    ResumeOptions { engine, ..ResumeOptions::default() }
}

/// All that a run still writes.
fn output(run: &Run) -> String {
    let stdout = run.stdout().expect("output is captured");
    let mut text = Vec::new();
    loop {
        match stdout.read(1 << 16) {
            bytes if bytes.is_empty() => return String::from_utf8(text).unwrap(),
            bytes => text.extend(bytes),
        }
    }
}

fn stopped(ending: Ending) -> Arc<Image> {
    match ending {
        Ending::Stopped(image) => image,
        other => panic!("ended as {other:?}"),
    }
}

fn through_bytes(image: &Image) -> Arc<Image> {
    Arc::new(Image::decode(&image.encode().unwrap()).unwrap())
}

/// What `count` prints.
fn expected() -> String {
    let lines = (0..40).map(|line| line * 100_000).chain([3_999_999 * 4_000_000 / 2]);
    lines.flat_map(|number: u64| [number.to_string(), "\n".to_string()]).collect()
}

#[test]
fn runs_to_the_end_on_each_engine() {
    for engine in ENGINES {
        let run = start(&count(), &on(engine)).unwrap();
        assert_eq!(output(&run), expected());
        assert!(matches!(run.wait().unwrap(), Ending::Exited(3)));
        assert!(matches!(run.stop().unwrap(), Ending::Exited(3)));
    }
}

#[test]
fn stops_at_any_moment_and_goes_on_on_the_other_engine() {
    for engines in [ENGINES, [EngineName::Wasmi, EngineName::Wasmtime]] {
        let mut run = start(&count(), &on(engines[0])).unwrap();
        let first_line = run.stdout().unwrap().read(1);
        let mut text = String::from_utf8(first_line).unwrap();
        for hop in 1.. {
            match run.stop().unwrap() {
                Ending::Stopped(image) if hop < 5 => {
                    text += &output(&run);
                    run = resume(through_bytes(&image), &going_on(engines[hop % 2])).unwrap();
                }
                Ending::Stopped(image) => {
                    text += &output(&run);
                    run = resume(image, &going_on(EngineName::Wasmtime)).unwrap();
                    break;
                }
                _ => break,
            }
        }
        text += &output(&run);
        assert_eq!(text, expected());
        assert!(matches!(run.wait().unwrap(), Ending::Exited(3)));
    }
}

#[test]
fn exact_stops_are_the_same_on_each_engine() {
    let images = ENGINES.map(|engine| {
        let run = start(&count(), &on(engine)).unwrap();
        let image = stopped(run.stop_at(1_234_567).unwrap());
        assert_eq!(run.polls(), Some(1_234_567));
        image
    });
    let same = |pick: fn(&Image) -> String| assert_eq!(pick(&images[0]), pick(&images[1]));
    same(|image| format!("{:?}", image.frames));
    same(|image| format!("{:?}", image.memories));
    let run = resume(Arc::clone(&images[0]), &going_on(EngineName::Wasmtime)).unwrap();
    let image = stopped(run.stop_at(100).unwrap());
    let options = StartOptions { stop_at: Some(1_234_667), ..on(EngineName::Wasmi) };
    let straight = stopped(start(&count(), &options).unwrap().wait().unwrap());
    assert_eq!((&image.frames, &image.memories), (&straight.frames, &straight.memories));
}

#[test]
fn an_exact_stop_is_too_late_once_the_guest_runs() {
    let run = start(&count(), &on(EngineName::Wasmtime)).unwrap();
    assert!(!run.stdout().unwrap().read(1).is_empty());
    assert!(matches!(run.stop_at(5), Err(Error::TooLate)));
}

#[test]
fn a_counted_run_can_still_be_stopped_from_outside() {
    for engine in ENGINES {
        let options = StartOptions { stop_at: Some(u64::MAX), ..on(engine) };
        let run = start(&guest(include_str!("guests/deep.wat")), &options).unwrap();
        stopped(run.stop().unwrap());
    }
}

#[test]
fn a_sleeping_guest_stops_at_once() {
    for engine in ENGINES {
        let run = start(&guest(include_str!("guests/sleep.wat")), &on(engine)).unwrap();
        assert_eq!(run.stdout().unwrap().read(7), b"before\n");
        let image = stopped(run.stop().unwrap());
        assert_eq!(output(&run), "");
        let again = resume(through_bytes(&image), &going_on(engine)).unwrap();
        let image = stopped(again.stop().unwrap());
        assert_eq!(output(&again), "");
        assert_eq!(image.frames.last().unwrap().point, sojourn_image::Point::HostCall);
    }
}

#[test]
fn input_that_was_not_read_moves() {
    let text: String = (0..5000).flat_map(|line| [line.to_string(), "\n".to_string()]).collect();
    let stdin = Stdin::Bytes(text.clone().into_bytes());
    let options = StartOptions { stdin, ..on(EngineName::Wasmi) };
    let run = start(&guest(include_str!("guests/echo.wat")), &options).unwrap();
    let image = stopped(run.stop_at(2000).unwrap());
    let mut copied = output(&run);
    assert!(copied.len() > 500 && copied.len() < text.len());
    let run = resume(image, &going_on(EngineName::Wasmtime)).unwrap();
    copied += &output(&run);
    assert_eq!(copied, text);
}

#[test]
fn deep_stacks_move() {
    for engines in [ENGINES, [EngineName::Wasmi, EngineName::Wasmtime]] {
        let run = start(&guest(include_str!("guests/deep.wat")), &on(engines[0])).unwrap();
        let image = stopped(run.stop_at(1000).unwrap());
        assert_eq!(image.frames.len(), 100_002);
        let run = resume(through_bytes(&image), &going_on(engines[1])).unwrap();
        let image = stopped(run.stop_at(1000).unwrap());
        assert_eq!(image.frames.len(), 100_002);
    }
}

#[test]
fn traps_name_their_functions() {
    let run =
        start(&guest("(module (func $f unreachable) (func (export \"_start\") (call $f)))"), &on(ENGINES[0]));
    match run.unwrap().wait().unwrap() {
        Ending::Trapped(trap) => assert_eq!(trap.functions, [0, 1]),
        other => panic!("ended as {other:?}"),
    }
}

#[test]
fn endless_recursion_traps() {
    let text = "(module (func $f (export \"_start\") (local i64) (call $f) (drop (local.get 0))))";
    for engine in ENGINES {
        assert!(matches!(start(&guest(text), &on(engine)).unwrap().wait().unwrap(), Ending::Trapped(_)));
    }
}

#[test]
fn errors_come_early_and_by_name() {
    let kind = |text: &str| start(&guest(text), &on(EngineName::Wasmtime)).err().map(|error| error.kind());
    assert_eq!(kind("(module)"), Some("MissingExport"));
    assert_eq!(kind(r#"(module (import "a" "b" (func)) (func (export "_start")))"#), Some("MissingImport"));
    assert_eq!(Module::new(b"\0asm").err().map(|error| error.kind()), Some("InvalidModule"));
}

#[test]
fn a_dropped_run_ends_its_guest() {
    let run = start(&guest(include_str!("guests/sleep.wat")), &on(EngineName::Wasmtime)).unwrap();
    let stdout = run.stdout().unwrap();
    assert_eq!(stdout.read(7), b"before\n");
    drop(run);
    assert_eq!(stdout.read(1), b"");
}

#[test]
fn a_guest_that_cannot_travel_goes_on_where_it_is() {
    let folder = std::env::temp_dir().join(format!("sojourn-open-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (file, elsewhere) = (folder.join("f"), folder.join("g"));
    for engine in ENGINES {
        let mount = Mount { guest: "/".into(), source: MountSource::HostDirectory(folder.clone()) };
        let options = StartOptions { mounts: vec![mount], ..on(engine) };
        let run = start(&guest(include_str!("guests/open.wat")), &options).unwrap();
        assert_eq!(run.stdout().unwrap().read(5), b"open\n");
        // A file that is open for writing under a name which it has no more cannot be opened elsewhere.
        std::fs::rename(&file, &elsewhere).unwrap();
        assert_eq!(run.stop().err().map(|error| error.kind()), Some("World"));
        assert!(run.ending().is_none());
        std::fs::rename(&elsewhere, &file).unwrap();
        let image = stopped(run.stop().unwrap());
        let run = resume(image, &going_on(engine)).unwrap();
        stopped(run.stop().unwrap());
        std::fs::remove_file(&file).unwrap();
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn images_go_through_files() {
    let folder = std::env::temp_dir().join(format!("sojourn-runs-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path: PathBuf = folder.join("image");
    let image = stopped(start(&count(), &on(EngineName::Wasmtime)).unwrap().stop_at(1000).unwrap());
    save(&image, &path).unwrap();
    assert_eq!(load(&path).unwrap(), *image);
    assert!(matches!(save(&image, &folder.join("no").join("image")), Err(Error::Io { .. })));
    assert!(matches!(save(&image, Path::new("/dev/full")), Err(Error::DiskFull { .. })));
    assert!(matches!(load(&folder.join("none")), Err(Error::Io { .. })));
    std::fs::write(&path, b"nonsense").unwrap();
    assert_eq!(load(&path).err().map(|error| error.kind()), Some("InvalidImage"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no temporary file is left");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_image_needs_its_own_module() {
    let image = stopped(start(&count(), &on(EngineName::Wasmtime)).unwrap().stop_at(1000).unwrap());
    let other = Some(guest(include_str!("guests/sleep.wat")));
    let refused = resume(Arc::clone(&image), &ResumeOptions { module: other, ..ResumeOptions::default() });
    assert_eq!(refused.err().map(|error| error.kind()), Some("WrongModule"));
    let mut unknown = Image::clone(&image);
    unknown.module_hash = sojourn_image::ModuleHash::of(b"never seen");
    let refused = resume(Arc::new(unknown), &ResumeOptions::default());
    assert_eq!(refused.err().map(|error| error.kind()), Some("MissingModule"));
    let mut hostile = Image::clone(&image);
    hostile.frames.pop();
    hostile.globals.push((0, sojourn_image::Value::I32(0)));
    let refused = resume(Arc::new(hostile), &ResumeOptions::default());
    assert_eq!(refused.err().map(|error| error.kind()), Some("InvalidImage"));
}
