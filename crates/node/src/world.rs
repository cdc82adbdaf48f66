//! A guest's world on this machine: from options, or from an image.

use crate::anchor::{self, Anchor, Connections};
use crate::error::Error;
use crate::options::{Console, Mount, MountSource, ResumeOptions, StartOptions, Stdin};
use crate::ports::{Input, Output, OutputTo, StreamConsole, Streams, Waker, system};
use sojourn_host::ports::Ports;
use sojourn_host::{MemoryTree, Setup, Wasi};
use sojourn_image::Image;
use std::net::SocketAddr;
use std::sync::Arc;

/// A world, and the other ends of its streams.
pub(crate) struct World {
    pub(crate) wasi: Wasi,
    pub(crate) served: Option<Served>,
    pub(crate) waker: Waker,
    pub(crate) stdout: Option<Output>,
    pub(crate) stderr: Option<Output>,
}

/// Listeners of a guest, which stays in this process.
pub(crate) struct Served {
    connections: Connections,
    anchor: Anchor,
}

impl Served {
    fn open(addresses: &[String], waker: &Waker) -> Result<Option<Self>, Error> {
        if addresses.is_empty() {
            return Ok(None);
        }
        let waker = waker.clone();
        let (connections, anchor) = anchor::local(addresses, move || waker.notify())
            .map_err(|error| Error::World(error.to_string()))?;
        Ok(Some(Self { connections, anchor }))
    }

    fn ports(served: Option<&Self>, console: StreamConsole) -> Ports {
        let mut ports = system(console);
        if let Some(served) = served {
            ports.sockets = Box::new(served.connections.clone());
        }
        ports
    }

    pub(crate) fn addresses(&self) -> &[SocketAddr] {
        self.anchor.addresses()
    }

    /// The guest has ended, and what it wrote still goes out; or it was stopped, and its connections are reset.
    pub(crate) fn end(&self, stopped: bool) {
        if !stopped {
            self.connections.close_all();
        }
        self.anchor.close();
    }
}

/// The world of a guest that starts.
pub(crate) fn fresh(options: &StartOptions) -> Result<World, Error> {
    let setup = Setup {
        arguments: options.args.iter().map(|argument| argument.clone().into_bytes()).collect(),
        environment: options
            .env
            .iter()
            .map(|(name, value)| (name.clone().into(), value.clone().into()))
            .collect(),
        mounts: options.mounts.iter().map(mount).collect::<Result<_, _>>()?,
        listeners: u32::try_from(options.listen.len()).unwrap_or(u32::MAX),
        ..Setup::default()
    };
    let streams = open(&options.stdin, options.console)?;
    let served = Served::open(&options.listen, &streams.waker)?;
    let wasi = Wasi::new(setup, Served::ports(served.as_ref(), streams.console))?;
    let (waker, stdout, stderr) = (streams.waker, streams.stdout, streams.stderr);
    Ok(World { wasi, served, waker, stdout, stderr })
}

/// The world of a guest that goes on.
pub(crate) fn restored(image: &Image, options: &ResumeOptions) -> Result<World, Error> {
    let mounts = options.mounts.iter().map(mount).collect::<Result<_, _>>()?;
    let streams = open(&options.stdin, options.console)?;
    let served = Served::open(&options.listen, &streams.waker)?;
    let wasi = Wasi::restore(&image.host, mounts, Served::ports(served.as_ref(), streams.console))?;
    let (waker, stdout, stderr) = (streams.waker, streams.stdout, streams.stderr);
    Ok(World { wasi, served, waker, stdout, stderr })
}

fn open(stdin: &Stdin, console: Console) -> Result<Streams, Error> {
    let input = match stdin {
        Stdin::Empty => Input::Bytes(Vec::new()),
        Stdin::Bytes(bytes) => Input::Bytes(bytes.clone()),
        Stdin::Descriptor(file) => Input::Descriptor(Arc::clone(file)),
        Stdin::Inherited => Input::Process,
    };
    let output = match console {
        Console::Captured => OutputTo::Buffers,
        Console::Inherited => OutputTo::Process,
    };
    Streams::open(input, output)
        .map_err(|error| Error::World(format!("the guest's streams cannot be opened: {error}")))
}

fn mount(mount: &Mount) -> Result<sojourn_host::Mount, Error> {
    let guest = mount.guest.clone();
    match &mount.source {
        MountSource::HostDirectory(path) => match path.to_str() {
            Some(path) => Ok(sojourn_host::Mount::host(guest, path.into())),
            None => {
                Err(Error::World(format!("the path {} is not UTF-8 and cannot be mounted", path.display())))
            }
        },
        MountSource::Memory(files) => {
            let mut tree = MemoryTree::new();
            for (path, contents) in files {
                tree.add_file(path, contents)
                    .map_err(|errno| Error::World(format!("the file {path:?} cannot be given: {errno}")))?;
            }
            Ok(sojourn_host::Mount::memory(guest, tree))
        }
    }
}
