//! Serves HTTP in all the ways that there are.

use sojourn::http::{Accept, Failure, Fetch, Fetched, Frame, Full, Response, Server, Stream, Upload};
use sojourn::{Message, Result};
use std::cell::{Cell, RefCell};

sojourn::atom! {
    name: "web",
    kind: reactive(handle),
    alias: "sdk:web",
    grant_connect: "example.org:443",
}

thread_local! {
    static SERVER: Server = serving();
    static NUMBERED: Cell<u64> = const { Cell::new(0) };
    static TICKS: Cell<u64> = const { Cell::new(0) };
    static GONE: Cell<u64> = const { Cell::new(0) };
    static KEPT: RefCell<Option<Stream>> = const { RefCell::new(None) };
}

fn went() {
    GONE.set(GONE.get() + 1);
}

fn made(place: u64) -> u8 {
    u8::try_from(place * 31 % 251).unwrap_or(0)
}

struct Hash {
    count: u64,
    hash: u64,
}

impl Upload for Hash {
    fn piece(&mut self, data: &[u8]) -> Option<Response> {
        for byte in data {
            self.hash = (self.hash ^ u64::from(*byte)).wrapping_mul(1_099_511_628_211);
        }
        self.count += data.len() as u64;
        None
    }

    fn end(self: Box<Self>) -> Response {
        Response::text(format!("{} {:016x}", self.count, self.hash))
    }

    fn gone(&mut self, _why: &str) {
        went();
    }
}

fn download(end: u64) -> Response {
    let pieces =
        (0..end.div_ceil(1000)).map(move |n| (n * 1000..(n * 1000 + 1000).min(end)).map(made).collect());
    Response::stream("application/octet-stream", pieces).gone(|_| went())
}

fn number(text: &str) -> u64 {
    text.parse().unwrap_or(0)
}

fn room(socket: &sojourn::http::Socket, path: &str, frame: Frame) {
    let count = NUMBERED.get() + 1;
    NUMBERED.set(count);
    let line = match frame {
        Frame::Text(text) => Frame::Text(format!("{count} {text}")),
        Frame::Binary(data) => Frame::Binary([format!("{count} ").as_bytes(), &data].concat()),
    };
    socket.server().broadcast(path, line);
}

fn fetched(answer: std::result::Result<Fetched, Failure>) -> Response {
    match answer {
        Ok(answer) => Response::text(format!("{} {} {}", answer.status, answer.body.len(), answer.text())),
        Err(failure) => Response::text(format!("{} {failure}", failure.code.name())).status(502),
    }
}

fn fetch(request: &sojourn::http::Request) -> Response {
    let url = request.query("url").unwrap_or("");
    let ask = Fetch::new(request.method(), url).header("x-test", "yes").body(request.body());
    if request.query("wait").is_some() {
        return fetched(ask.send());
    }
    let stream = request.stream();
    // Nobody may wait any more.
    let give = move |answer| stream.answer(fetched(answer)).unwrap_or(());
    match ask.then(give) {
        Ok(()) => Response::later(),
        Err(failure) => fetched(Err(failure)),
    }
}

fn serving() -> Server {
    Server::new()
        .get("/hello/{name}", |request| {
            format!("{}, {}\n", request.query("greeting").unwrap_or("hello"), request.param("name"))
        })
        .route("", "/echo", echo)
        .post("/small", echo)
        .limit(16)
        .get("/files/*", |request| request.param("*").to_owned())
        .upload("POST", "/upload", |_| Hash { count: 0, hash: 0 })
        .get("/download/{bytes}", |request| download(number(request.param("bytes"))))
        .get("/whole/{bytes}", |request| {
            let data: Vec<u8> = (0..number(request.param("bytes"))).map(made).collect();
            Response::bytes("application/octet-stream", data).gone(|_| went())
        })
        .get("/later", |request| {
            KEPT.replace(Some(request.stream()));
            Response::later().gone(|_| went())
        })
        .get("/ticks", |_| Response::events().gone(|_| went()))
        .route("", "/fetch", fetch)
        .socket("/ws/echo", |request, _| {
            if request.query("refuse").is_some() {
                return Accept::refused(Response::problem(403, "refused"));
            }
            let accept = Accept::new(|socket, frame| match frame {
                Frame::Text(text) if text == "bye" => socket.close(4000, "goodbye"),
                frame => drop(socket.send(frame)),
            });
            let accept = accept.closed(|_, _| went());
            match request.header("sec-websocket-protocol") {
                Some(offered) if offered.contains("echo") => accept.protocol("echo"),
                _ => accept,
            }
        })
        .socket("/ws/room", |_, _| {
            Accept::new(|socket, frame| room(socket, "/ws/room", frame)).closed(|_, _| went())
        })
        .socket("/ws/lossy", |_, _| {
            Accept::new(|socket, frame| room(socket, "/ws/lossy", frame)).closed(|_, _| went())
        })
        .full(Full::Drop)
        .other(|message| other(&message).unwrap_or(()))
}

fn echo(request: &sojourn::http::Request) -> Response {
    let content_type = request.header("content-type").unwrap_or("application/octet-stream");
    Response::bytes(content_type, request.body()).header("x-method", request.method())
}

fn other(message: &Message) -> Result<()> {
    SERVER.with(|server| {
        match message.ty.as_str() {
            "release" => {
                if let Some(stream) = KEPT.take() {
                    // Nobody may wait any more.
                    let _ = stream.answer(Response::bytes("text/plain", message.data.as_slice()));
                }
            }
            "tick" => {
                TICKS.set(TICKS.get() + 1);
                for stream in server.sending("/ticks") {
                    stream.event(&TICKS.get().to_string(), "tick", &message.text())?;
                }
            }
            "stop" => server.sending("/ticks").iter().try_for_each(Stream::end)?,
            _ => {}
        }
        match message.ty.as_str() {
            _ if !message.is_call() => Ok(()),
            "streams" => message.reply(("streams", &format!("{} {}", server.streams(), GONE.get()))),
            ty => message.reply((ty, &message.data)),
        }
    })
}

fn handle() -> Result<()> {
    SERVER.with(Server::handle)
}
