//! Ends when it is told to.

use answer::{answer, done, request, unknown};
use sojourn::Result;

sojourn::atom! {
    name: "mortal",
    kind: daemon(run),
    restart: never,
}

fn argument() -> String {
    let arguments = sojourn::arguments();
    arguments.get(1).map(|argument| String::from_utf8_lossy(argument).into_owned()).unwrap_or_default()
}

fn run() -> Result<()> {
    loop {
        let message = sojourn::receive(None)?;
        match request(&message) {
            "argument" => answer(&message, "argument", Ok(argument()))?,
            "exit" => {
                done(&message, "exit", Ok(()))?;
                sojourn::exit(message.text().parse().unwrap_or(0));
            }
            _ => unknown(&message)?,
        }
    }
}
