//! A guest's world on this machine: from options, or from an image.

use crate::error::Error;
use crate::options::{Console, Mount, MountSource, ResumeOptions, StartOptions, Stdin};
use crate::ports::{Input, Output, OutputTo, Streams, Waker, system};
use sojourn_host::{MemoryTree, Setup, Wasi};
use sojourn_image::Image;
use std::sync::Arc;

/// A world, and the other ends of its streams.
pub(crate) struct World {
    pub(crate) wasi: Wasi,
    pub(crate) waker: Waker,
    pub(crate) stdout: Option<Output>,
    pub(crate) stderr: Option<Output>,
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
        seed: None,
        listeners: 0,
    };
    let streams = open(&options.stdin, options.console)?;
    let (console, other_ends) = (streams.console, (streams.waker, streams.stdout, streams.stderr));
    Ok(world(Wasi::new(setup, system(console))?, other_ends))
}

/// The world of a guest that goes on.
pub(crate) fn restored(image: &Image, options: &ResumeOptions) -> Result<World, Error> {
    let mounts = options.mounts.iter().map(mount).collect::<Result<_, _>>()?;
    let streams = open(&options.stdin, options.console)?;
    let (console, other_ends) = (streams.console, (streams.waker, streams.stdout, streams.stderr));
    Ok(world(Wasi::restore(&image.host, mounts, system(console))?, other_ends))
}

fn world(wasi: Wasi, (waker, stdout, stderr): (Waker, Option<Output>, Option<Output>)) -> World {
    World { wasi, waker, stdout, stderr }
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
