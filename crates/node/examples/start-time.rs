//! How long it takes to start an atom whose module is there: a line for each start, in microseconds.
//!
//!     start-time MODULE.wasm STARTS
//!
//! From the request, asked within the node's process, to just before the guest's first step.

use sojourn_abi::{Request, Response};
use sojourn_node::live::{Node, Settings};
use std::error::Error;
use std::time::{Duration, Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let (Some(path), Some(count)) = (words.next(), words.next()) else {
        return Err("start-time MODULE.wasm STARTS".into());
    };
    let settings = Settings { name: "start-time".into(), realm: "start-time".into(), ..Settings::default() };
    let node = Node::open(settings)?;
    let module = node.put(std::fs::read(path)?);
    for number in 0..count.parse::<u32>()? + 5 {
        let request = Request::Start {
            module,
            name: "guest".into(),
            arguments: vec!["guest".into(), "1".into()],
            environment: Vec::new(),
            mounts: Vec::new(),
            stdin: Vec::new(),
            listen: Vec::new(),
            engine: "wasmtime".into(),
            images_every_ms: 0,
            memory_bytes: 0,
            atom: None,
            life: None,
            aliases: None,
            channels: None,
            channel_to: None,
        };
        let began = Instant::now();
        let response = node.request(request, None, Duration::from_mins(1));
        let took = began.elapsed();
        if !matches!(response, Response::Placed { .. }) {
            return Err(format!("{response:?}").into());
        }
        // The first ones compile.
        if number >= 5 {
            println!("{:.1}", took.as_secs_f64() * 1e6);
        }
    }
    node.close();
    Ok(())
}
