//! Has one connection that goes along with it.

use answer::{PATIENCE, answer, done, request, unknown};
use sojourn::{Code, Connection, Listener, Result};
use std::io::{Error, ErrorKind, Read, Write};

sojourn::atom! {
    name: "connector",
    kind: daemon(run),
    grant_connect: "127.0.0.1:*",
    grant_listen: "127.0.0.1:*",
}

/// The code within an error of the standard library.
fn code(error: Error) -> Code {
    error.downcast::<Code>().unwrap_or_else(|error| match error.kind() {
        ErrorKind::WriteZero | ErrorKind::UnexpectedEof => Code::Reset,
        _ => Code::Internal,
    })
}

fn write(connection: Option<&mut Connection>, bytes: &[u8]) -> Result<String> {
    let connection = connection.ok_or(Code::BadDescriptor)?;
    connection.write_all(bytes).map_err(code)?;
    Ok(bytes.len().to_string())
}

fn read(connection: Option<&mut Connection>, length: &str) -> Result<String> {
    let connection = connection.ok_or(Code::BadDescriptor)?;
    let mut bytes = Vec::new();
    connection.take(length.parse().unwrap_or(0)).read_to_end(&mut bytes).map_err(code)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn patient(mut connection: Connection) -> Connection {
    connection.set_timeout(PATIENCE);
    connection
}

fn run() -> Result<()> {
    let (mut connection, mut listener) = (None, None);
    loop {
        let message = sojourn::receive(None)?;
        match request(&message) {
            "connect" => {
                let opened = Connection::open(&message.text(), PATIENCE);
                done(&message, "connect", opened.map(|opened| connection = Some(patient(opened))))?;
            }
            "listen" => {
                let opened = Listener::open(&message.text());
                done(&message, "listen", opened.map(|opened| listener = Some(opened)))?;
            }
            "accept" => {
                let listener = listener.as_ref().ok_or(Code::BadDescriptor);
                let taken = listener.and_then(|listener: &Listener| listener.accept(PATIENCE));
                done(&message, "accept", taken.map(|taken| connection = Some(patient(taken))))?;
            }
            "write" => answer(&message, "write", write(connection.as_mut(), &message.data))?,
            "read" => answer(&message, "read", read(connection.as_mut(), &message.text()))?,
            "close" => done(&message, "close", connection.take().map(drop).ok_or(Code::BadDescriptor))?,
            _ => unknown(&message)?,
        }
    }
}
