//! How fast a mesh is between two processes, and what an idle one costs: `cargo run --release --example mesh_speed`.

use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use sojourn_node::mesh::{Member, Mesh, MeshEvent, MeshSettings, Role, zenoh};

const FRAME: usize = 1 << 20;
const FRAMES: usize = 256;
/// Frames on their way before one is acknowledged.
const WINDOW: usize = 32;
const TURNS: usize = 5000;
const IDLE: Duration = Duration::from_secs(20);

fn settings(name: &str, join: Vec<String>) -> MeshSettings {
    MeshSettings {
        realm: "speed".into(),
        me: Member { name: name.into(), incarnation: u64::from(std::process::id()), role: Role::Node },
        listen: vec!["tcp/127.0.0.1:0".into()],
        join,
        discover: false,
        router: false,
        tls: None,
    }
}

/// Answers every frame with its first bytes.
fn answer(address: String) {
    let mesh: Arc<OnceLock<Arc<dyn Mesh>>> = Arc::default();
    let own = Arc::clone(&mesh);
    let sink = move |event| {
        if let (MeshEvent::Frame(mut frame), Some(mesh)) = (event, own.get()) {
            frame.truncate(64);
            mesh.send("asks", frame);
        }
    };
    let opened =
        zenoh::open(&settings("answers", vec![address]), Arc::new(sink)).expect("the other is there");
    assert!(mesh.set(opened).is_ok());
    let _ = std::io::stdin().lines().count();
}

fn copy(mesh: &dyn Mesh, frames: &Receiver<MeshEvent>) -> f64 {
    let begin = Instant::now();
    let mut sent = 0;
    for done in 0..FRAMES {
        while sent < FRAMES && sent < done + WINDOW {
            mesh.send("answers", vec![1; FRAME]);
            sent += 1;
        }
        frames.recv().expect("an answer");
    }
    #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
    let bytes = (FRAMES * FRAME) as f64;
    bytes / 1e6 / begin.elapsed().as_secs_f64()
}

/// Half of the round trips take no longer, and 99 in 100.
fn turns(mesh: &dyn Mesh, frames: &Receiver<MeshEvent>) -> (Duration, Duration) {
    let mut times = Vec::new();
    for _ in 0..TURNS {
        let begin = Instant::now();
        mesh.send("answers", vec![1; 64]);
        frames.recv().expect("an answer");
        times.push(begin.elapsed());
    }
    times.sort();
    (times[TURNS / 2], times[TURNS * 99 / 100])
}

/// Resident MiB, threads, and ticks of the processor so far.
fn cost(process: u32) -> (u64, u64, u64) {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let field = |name: &str| {
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or(0)
    };
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let ticks = stat.split(' ').skip(13).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    (field("VmRSS:") >> 10, field("Threads:"), ticks)
}

fn other(address: &str) -> Child {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg(address).stdin(Stdio::piped()).spawn().expect("a second process")
}

fn main() {
    if let Some(address) = std::env::args().nth(1) {
        return answer(address);
    }
    let (hears, frames) = mpsc::channel();
    let sink = move |event| {
        if let MeshEvent::Frame(_) = event {
            let _ = hears.send(event);
        }
    };
    let mesh = zenoh::open(&settings("asks", Vec::new()), Arc::new(sink)).expect("a free port");
    let mut child = other(&mesh.addresses()[0]);
    let (mib, threads, _) = cost(std::process::id());
    println!("alone: {mib} MiB, {threads} threads");
    // Until it is there, frames are lost.
    while frames.recv_timeout(Duration::from_millis(50)).is_err() {
        mesh.send("answers", vec![0; 64]);
    }
    while frames.recv_timeout(Duration::from_millis(200)).is_ok() {}
    let before = cost(child.id());
    std::thread::sleep(IDLE);
    let (mib, threads, ticks) = cost(child.id());
    println!("idle, linked: {mib} MiB, {threads} threads, {} ticks in {IDLE:?}", ticks - before.2);
    let (half, most) = turns(&*mesh, &frames);
    println!("round trip of 64 B: p50 {half:?}, p99 {most:?}");
    for _ in 0..5 {
        println!("copy of 256 MiB: {:.0} MB/s", copy(&*mesh, &frames));
    }
    let (mib, threads, _) = cost(child.id());
    println!("afterwards: {mib} MiB, {threads} threads");
    drop(child.stdin.take());
    let _ = child.wait();
}
