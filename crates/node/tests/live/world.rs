//! What the tests share: a realm of nodes with folders that go away, and short ways to ask them.

use sojourn_abi::{AtomRow, Code, ImageRow, Mount, MoveRow, MoveState, Request, Response, Stream};
use sojourn_node::live::{Node, Settings};
use sojourn_node::mesh::loopback::Hub;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Bound of every wait.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A folder that goes away.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("sojourn-live-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Nodes `node-1`, `node-2` and so on, which know each other.
pub struct World {
    pub nodes: Vec<Node>,
    folders: Vec<Folder>,
}

impl World {
    pub fn new(nodes: usize, images_copies: usize) -> Self {
        Self::with(nodes, images_copies, |_, _| ())
    }

    /// As `new`; the settings of each node, by its place, are changed before it is opened.
    pub fn with(nodes: usize, images_copies: usize, change: impl Fn(usize, &mut Settings)) -> Self {
        let hub = Hub::new();
        let folders: Vec<Folder> = (0..nodes).map(|_| Folder::new()).collect();
        let open = |(number, folder): (usize, &Folder)| {
            let mut settings = Settings {
                name: format!("node-{}", number + 1),
                realm: "live".into(),
                folder: Some(folder.path().into()),
                images_copies,
                ..Settings::default()
            };
            change(number, &mut settings);
            Node::open_on(settings, |settings, sink| hub.open(settings, sink)).unwrap()
        };
        let nodes: Vec<Node> = folders.iter().enumerate().map(open).collect();
        let world = Self { nodes, folders };
        for node in &world.nodes {
            wait("all nodes know each other", || {
                let Response::NodeRows { rows } = node.request(Request::Node {}, None, PATIENCE) else {
                    return None;
                };
                (rows[0].peers.len() + 1 == world.nodes.len()).then_some(())
            });
        }
        world
    }

    /// The folder of a node, by its place.
    pub fn folder(&self, node: usize) -> &Path {
        self.folders[node].path()
    }

    /// Asks the first node.
    pub fn ask(&self, request: Request) -> Response {
        self.nodes[0].request(request, None, PATIENCE)
    }

    /// Has the first node ask one by name.
    pub fn ask_at(&self, node: &str, request: Request) -> Response {
        self.nodes[0].request(request, Some(node), PATIENCE)
    }

    /// Starts a guest on the first node.
    pub fn start(&self, guest: &str, memory_bytes: u64, mounts: Vec<Mount>) -> String {
        self.start_from(0, guest, memory_bytes, mounts)
    }

    /// Starts a guest: a node, by its place, is asked.
    pub fn start_from(&self, node: usize, guest: &str, memory_bytes: u64, mounts: Vec<Mount>) -> String {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/guests").join(guest);
        let mut order = Self::order(self.nodes[node].put(wat::parse_file(path).unwrap()));
        if let Request::Start { memory_bytes: most, mounts: given, .. } = &mut order {
            (*most, *given) = (memory_bytes, mounts);
        }
        match self.nodes[node].request(order, None, PATIENCE) {
            Response::Placed { atom, .. } => atom,
            other => panic!("{other:?}"),
        }
    }

    /// The order to start a module.
    pub fn order(module: [u8; 32]) -> Request {
        Request::Start {
            module,
            name: "guest".into(),
            arguments: vec!["guest".into()],
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
        }
    }

    /// Moves an atom, and waits for the end of that.
    pub fn hop(&self, atom: &str, target: &str) -> MoveRow {
        let asked = Request::Move { atom: atom.into(), target: target.into(), cause: "test".into() };
        let Response::Moving { source, id } = self.ask(asked) else { panic!("{atom} does not move") };
        wait("the move ends", || {
            let state = Request::MoveState { atom: atom.into(), source: source.clone(), id, wait_ms: 1000 };
            let Response::MoveRows { rows } = self.ask(state) else { return None };
            let ended = matches!(rows[0].state, MoveState::Done | MoveState::Failed | MoveState::Lost);
            ended.then(|| rows[0].clone())
        })
    }

    /// What an atom has written, once there are so many bytes.
    pub fn output(&self, atom: &str, bytes: usize) -> Vec<u8> {
        let mut all = Vec::new();
        wait("output", || {
            let read = Request::Read {
                atom: atom.into(),
                stream: Stream::Stdout,
                from: all.len() as u64,
                most: 65536,
                wait_ms: 1000,
            };
            match self.ask(read) {
                Response::Output { bytes, .. } => all.extend(bytes),
                other => panic!("{other:?}"),
            }
            (all.len() >= bytes).then_some(())
        });
        all
    }

    pub fn row(&self, atom: &str) -> AtomRow {
        let Response::AtomRows { rows } = self.ask(Request::Atoms {}) else { panic!("no atoms") };
        rows.into_iter().find(|row| row.atom == atom).unwrap()
    }

    /// Keeps an image: a row for each copy.
    pub fn checkpoint(&self, atom: &str) -> Vec<ImageRow> {
        match self.ask(Request::Checkpoint { atom: atom.into() }) {
            Response::ImageRows { rows } => rows,
            other => panic!("{other:?}"),
        }
    }

    pub fn stop(&self, atom: &str, keep: bool) {
        let stopped = self.ask(Request::Stop { atom: atom.into(), keep });
        assert!(matches!(stopped, Response::Stopped { .. }), "{stopped:?}");
    }

    pub fn restore(&self, atom: &str, image: Option<u64>, target: &str) -> Response {
        self.ask(Request::Restore { atom: atom.into(), image, keeper: None, target: Some(target.into()) })
    }
}

/// Waits until there is an answer.
pub fn wait<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited too long: {what}");
        thread::yield_now();
    }
}

/// The text of a refusal with this code.
pub fn refused(response: Response, code: Code) -> String {
    match response {
        Response::Failed { code: found, text, .. } if found == code.number() => text,
        other => panic!("{other:?}"),
    }
}
