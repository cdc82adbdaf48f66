//! A server over a real C library (`examples/serve`), given a listener and a directory.

use sojourn_node::{
    Ending, EngineName, Image, Module, Mount, MountSource, ResumeOptions, Run, RunOutput, StartOptions,
    resume, start,
};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

const ENGINES: [EngineName; 2] = [EngineName::Wasmtime, EngineName::Wasmi];
const GREETING: &[u8] = b"welcome\nto this server\n";
const BOUND: Duration = Duration::from_mins(1);

/// The server, if it is built.
fn server() -> Option<Module> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../build/guests/serve.wasm");
    let Ok(wasm) = std::fs::read(path) else {
        eprintln!("SKIPPED: serve is not built; examples/build.py builds it");
        return None;
    };
    Some(Module::new(wasm).unwrap())
}

/// Serves so many connections, then ends.
fn begin(module: &Module, engine: EngineName, count: u32) -> Run {
    let files = vec![("motd".to_string(), GREETING.to_vec())];
    let options = StartOptions {
        args: vec!["serve".into(), "motd".into(), count.to_string()],
        mounts: vec![Mount { guest: "/".into(), source: MountSource::Memory(files) }],
        listen: vec!["127.0.0.1:0".into()],
        engine,
        ..StartOptions::default()
    };
    let run = start(module, &options).unwrap();
    assert_eq!(read(&run.stdout().unwrap(), 8), b"serving\n");
    run
}

/// So many bytes of what it writes, or fewer at its end.
fn read(output: &RunOutput, length: usize) -> Vec<u8> {
    let mut all = Vec::new();
    while all.len() < length {
        match output.read(length - all.len()) {
            part if part.is_empty() => break,
            part => all.extend(part),
        }
    }
    all
}

fn connect(run: &Run) -> TcpStream {
    let stream = TcpStream::connect(run.listening()[0]).unwrap();
    stream.set_read_timeout(Some(BOUND)).unwrap();
    stream
}

fn stopped(run: &Run) -> Arc<Image> {
    match run.stop().unwrap() {
        Ending::Stopped(image) => Arc::new(Image::decode(&image.encode().unwrap()).unwrap()),
        other => panic!("ended as {other:?}"),
    }
}

#[test]
fn a_c_program_finds_its_listener_and_its_directory() {
    let Some(module) = server() else { return };
    for engine in ENGINES {
        let run = begin(&module, engine, 8);
        let clients: Vec<_> = (0..8_u8)
            .map(|n| {
                let mut stream = connect(&run);
                thread::spawn(move || {
                    let bytes = vec![n; 300_000];
                    let mut writer = stream.try_clone().unwrap();
                    let sent = bytes.clone();
                    let writing = thread::spawn(move || {
                        writer.write_all(&sent).unwrap();
                        writer.shutdown(Shutdown::Write).unwrap();
                    });
                    let mut all = Vec::new();
                    stream.read_to_end(&mut all).unwrap();
                    writing.join().unwrap();
                    all == [GREETING, &bytes].concat()
                })
            })
            .collect();
        assert!(clients.into_iter().all(|client| client.join().unwrap()));
        assert!(matches!(run.wait().unwrap(), Ending::Exited(0)));
        assert_eq!(read(&run.stdout().unwrap(), 9), b"done\n");
    }
}

#[test]
fn a_resumed_server_finds_its_connections_reset_and_serves_others() {
    let Some(module) = server() else { return };
    for engines in [ENGINES, [EngineName::Wasmi, EngineName::Wasmtime]] {
        let run = begin(&module, engines[0], 3);
        let mut lost = connect(&run);
        let mut greeting = vec![0; GREETING.len()];
        lost.read_exact(&mut greeting).unwrap();
        assert_eq!(greeting, GREETING);
        let image = stopped(&run);
        assert_eq!(lost.read(&mut greeting).unwrap_err().kind(), ErrorKind::ConnectionReset);
        let listen = vec!["127.0.0.1:0".to_string()];
        let run =
            resume(image, &ResumeOptions { engine: engines[1], listen, ..ResumeOptions::default() }).unwrap();
        for text in [b"once", b"more"] {
            let mut stream = connect(&run);
            stream.write_all(text).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
            let mut all = Vec::new();
            stream.read_to_end(&mut all).unwrap();
            assert_eq!(all, [GREETING, text].concat());
        }
        assert!(matches!(run.wait().unwrap(), Ending::Exited(0)));
    }
}

#[test]
fn without_a_listener_a_resumed_server_hears_so() {
    let Some(module) = server() else { return };
    let run = begin(&module, EngineName::Wasmtime, 3);
    let image = stopped(&run);
    let run = resume(image, &ResumeOptions::default()).unwrap();
    let said = read(&run.stderr().unwrap(), 1000);
    assert_eq!(String::from_utf8_lossy(&said), "serve: accept: Invalid argument\n");
    assert!(matches!(run.wait().unwrap(), Ending::Exited(1)));
}

#[test]
fn a_taken_address_is_told_before_anything_runs() {
    let Some(module) = server() else { return };
    let first = begin(&module, EngineName::Wasmtime, 1);
    let listen = vec![first.listening()[0].to_string()];
    let refused = start(&module, &StartOptions { listen, ..StartOptions::default() }).err().unwrap();
    assert_eq!(refused.kind(), "World");
    assert!(refused.to_string().starts_with("cannot listen on \"127.0.0.1:"), "{refused}");
}
