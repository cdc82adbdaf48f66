//! What bare Zenoh takes for a message between two processes: `cargo run --release --example zenoh_speed -- BYTES`.
//!
//! Prints the round trip, p50 in microseconds, and messages a second. The sender has at most `WINDOW` on their way, as
//! no program that must lose nothing can do without.

use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Instant;

use zenoh::qos::CongestionControl;
use zenoh::{Config, Session, Wait};

const TURNS: usize = 5000;
const MESSAGES: usize = 500_000;
const WINDOW: usize = 1024;
/// So many messages have one answer.
const TOLD: usize = 64;

fn open(listen: Option<&str>, connect: Option<&str>) -> Session {
    let mut config = Config::default();
    let list = |address: Option<&str>| address.map_or("[]".into(), |address| format!("[\"{address}\"]"));
    for (key, value) in [
        ("mode", "\"peer\"".to_string()),
        ("listen/endpoints", list(listen)),
        ("connect/endpoints", list(connect)),
        ("scouting/multicast/enabled", "false".into()),
        ("scouting/delay", "0".into()),
    ] {
        config.insert_json5(key, &value).expect("a setting of Zenoh's");
    }
    zenoh::open(config).wait().expect("a session")
}

fn put(publisher: &zenoh::pubsub::Publisher<'_>, bytes: Vec<u8>) {
    publisher.put(bytes).wait().expect("a message goes");
}

fn publisher(session: &Session, key: &'static str) -> zenoh::pubsub::Publisher<'static> {
    let publisher = session.declare_publisher(key).congestion_control(CongestionControl::Block);
    publisher.wait().expect("a publisher")
}

/// Answers each ping, and every so many items.
fn answer(address: &str) {
    let session = open(None, Some(address));
    let (back, told) = (publisher(&session, "speed/pong"), publisher(&session, "speed/told"));
    let asked = session.declare_subscriber("speed/ping").callback(move |sample| {
        put(&back, sample.payload().to_bytes().into_owned());
    });
    let _asked = asked.wait().expect("a subscriber");
    let count = std::sync::atomic::AtomicUsize::new(0);
    let items = session.declare_subscriber("speed/item").callback(move |_| {
        let came = count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        if came.is_multiple_of(TOLD) {
            put(&told, came.to_le_bytes().to_vec());
        }
    });
    let _items = items.wait().expect("a subscriber");
    let _ = std::io::stdin().lines().count();
}

fn hear(session: &Session, key: &'static str) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    let heard = session.declare_subscriber(key).callback(move |sample| {
        // Whoever asked has ended.
        let _ = sender.send(sample.payload().to_bytes().into_owned());
    });
    heard.background().wait().expect("a subscriber");
    receiver
}

fn round_trip(session: &Session, bytes: usize) -> f64 {
    let (pings, answers) = (publisher(session, "speed/ping"), hear(session, "speed/pong"));
    let mut times: Vec<f64> = (0..TURNS)
        .map(|_| {
            let began = Instant::now();
            put(&pings, vec![1; bytes]);
            answers.recv().expect("an answer");
            began.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn rate(session: &Session, bytes: usize) -> f64 {
    let (items, told) = (publisher(session, "speed/item"), hear(session, "speed/told"));
    let (began, mut known) = (Instant::now(), 0);
    let count = MESSAGES / TOLD * TOLD;
    for sent in 0..count {
        while sent - known >= WINDOW {
            let came = told.recv().expect("an answer");
            known = usize::from_le_bytes(came.try_into().expect("a number"));
        }
        put(&items, vec![1; bytes]);
    }
    while known < count {
        let came = told.recv().expect("an answer");
        known = usize::from_le_bytes(came.try_into().expect("a number"));
    }
    #[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
    let count = count as f64;
    count / began.elapsed().as_secs_f64()
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [role, address] = arguments.as_slice()
        && role == "answer"
    {
        return answer(address);
    }
    let bytes = arguments.first().and_then(|bytes| bytes.parse().ok()).unwrap_or(64);
    let free = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let address = format!("tcp/{}", free.expect("a free port"));
    let session = open(Some(&address), None);
    let mut other = Command::new(std::env::current_exe().expect("this program"))
        .args(["answer", &address])
        .stdin(Stdio::piped())
        .spawn()
        .expect("another process");
    let answers = hear(&session, "speed/pong");
    let pings = publisher(&session, "speed/ping");
    // Until it is there.
    while answers.recv_timeout(std::time::Duration::from_millis(50)).is_err() {
        put(&pings, vec![1; bytes]);
    }
    drop(answers);
    println!("{:.2} {:.0}", round_trip(&session, bytes), rate(&session, bytes));
    drop(other.stdin.take());
    let _ = other.wait();
}
