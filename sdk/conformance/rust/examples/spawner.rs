//! Starts atoms, and hears of their ends.

use answer::{answer, done, request, unknown};
use sojourn::{Kind, Result, Spawn};

sojourn::atom! {
    name: "spawner",
    kind: daemon(run),
    restart: never,
}

fn run() -> Result<()> {
    let mut ends = Vec::new();
    loop {
        let message = sojourn::receive(None)?;
        let subject = message.subject.as_str();
        if let Kind::Ended(status) = message.kind {
            ends.push(format!("{} {status}", message.source));
            continue;
        }
        match request(&message) {
            "spawn" => {
                let spawn = Spawn::of(subject);
                answer(&message, "spawn", spawn.name(&message.text()).argument("child").watched().start())?;
            }
            "watch" => done(&message, "watch", sojourn::watch(subject))?,
            "unwatch" => done(&message, "unwatch", sojourn::unwatch(subject))?,
            "ends" => answer(&message, "ends", Ok(ends.join(",")))?,
            _ => unknown(&message)?,
        }
    }
}
