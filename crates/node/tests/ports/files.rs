//! Directories of this machine: nothing leads out of them, and files are found again.

use super::fakes::Shared;
use super::folder::Folder;
use super::world::{ALL, CREATE, DIRECTORY, READ, ROOT, World};
use sojourn_host::ports::Ports;
use sojourn_host::{Errno, Error, Mount, PREVIEW1, Setup, Wasi};
use sojourn_node::ports::HostFiles;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

fn ports(machine: &Shared) -> Ports {
    Ports { files: Box::new(HostFiles::new()), ..machine.ports() }
}

/// A guest that sees this folder as its only directory.
pub fn on_disk(folder: &Path) -> World {
    let machine = Shared::default();
    let mounts = vec![Mount::host("/".into(), folder.to_str().unwrap().into())];
    let wasi = Wasi::new(Setup { mounts, ..Setup::default() }, ports(&machine)).unwrap();
    World { wasi, memory: vec![0; super::world::MEMORY], machine, module: PREVIEW1 }
}

fn moved(mut world: World) -> Result<World, Error> {
    let bytes = world.wasi.state()?;
    let wasi = Wasi::restore(&bytes, Vec::new(), ports(&world.machine))?;
    Ok(World { wasi, ..world })
}

#[test]
fn links_on_the_disk_do_not_lead_out() {
    let folder = Folder::new();
    let inside = folder.path().join("inside");
    fs::create_dir(&inside).unwrap();
    fs::write(folder.path().join("secret"), "secret").unwrap();
    fs::write(inside.join("file"), "public").unwrap();
    symlink("../secret", inside.join("relative")).unwrap();
    symlink(folder.path().join("secret"), inside.join("absolute")).unwrap();
    symlink(folder.path(), inside.join("directory")).unwrap();
    symlink("..", inside.join("up")).unwrap();
    symlink("file", inside.join("harmless")).unwrap();
    let mut world = on_disk(&inside);
    for path in ["relative", "absolute", "directory/secret", "up/secret", "up/inside/file", "../secret"] {
        assert_eq!(world.open_as(ROOT, path, 0, READ, 0), Err(Errno::Permission), "{path}");
        assert_eq!(world.open(path, CREATE), Err(Errno::Permission), "{path}");
        assert_eq!(world.stat(path, 1), Err(Errno::Permission), "{path}");
    }
    assert_eq!(world.mkdir("up/x"), Err(Errno::Permission));
    assert_eq!(world.unlink("directory/secret"), Err(Errno::Permission));
    assert_eq!(world.rename("file", "up/file"), Err(Errno::Permission));
    assert_eq!(world.link("absolute", "copy"), Ok(()), "of the link itself");
    assert_eq!(world.open_as(ROOT, "copy", 0, READ, 0), Err(Errno::Permission));
    let fd = world.open_as(ROOT, "harmless", 0, READ, 0).unwrap();
    assert_eq!(world.read(fd, 9).unwrap(), b"public");
    assert_eq!(fs::read(folder.path().join("secret")).unwrap(), b"secret");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
}

#[test]
fn open_files_are_found_again_and_those_without_a_name_travel() {
    let folder = Folder::new();
    let mut world = on_disk(folder.path());
    world.mkdir("d").unwrap();
    let file = world.open("d/f", CREATE).unwrap();
    world.write(file, b"0123456789").unwrap();
    world.seek(file, 3, 0).unwrap();
    let gone = world.open("tmp", CREATE).unwrap();
    world.write(gone, b"scratch").unwrap();
    world.unlink("tmp").unwrap();
    let dir = world.open_as(ROOT, "d", DIRECTORY, ALL, 0).unwrap();
    let mut world = moved(world).unwrap();
    assert_eq!(world.read(file, 2).unwrap(), b"34");
    world.write(file, b"X").unwrap();
    assert_eq!(world.pread(gone, 9, 0).unwrap(), b"scratch");
    assert_eq!(world.names(dir, 100).unwrap(), [".", "..", "f"]);
    assert_eq!(fs::read(folder.path().join("d/f")).unwrap(), b"01234X6789");
    fs::remove_file(folder.path().join("d/f")).unwrap();
    fs::create_dir(folder.path().join("d/f")).unwrap();
    let bytes = world.wasi.state().unwrap();
    fs::remove_dir(folder.path().join("d/f")).unwrap();
    world.close(dir).unwrap();
    let machine = Shared::default();
    assert!(Wasi::restore(&bytes, Vec::new(), ports(&machine)).is_ok(), "the file without a name travels");
}

#[test]
fn a_file_that_is_gone_at_the_target_is_named() {
    let folder = Folder::new();
    let mut world = on_disk(folder.path());
    world.open("f", CREATE).unwrap();
    let bytes = world.wasi.state().unwrap();
    fs::remove_file(folder.path().join("f")).unwrap();
    let machine = Shared::default();
    let missing = Wasi::restore(&bytes, Vec::new(), ports(&machine)).map(|_| ());
    let (guest, host) = ("/".into(), folder.text());
    assert_eq!(missing, Err(Error::MissingFile { guest, host, file: "f".into(), errno: Errno::NoEntry }));
}

#[test]
fn a_file_with_another_name_only_is_not_copied_behind_its_back() {
    let folder = Folder::new();
    let mut world = on_disk(folder.path());
    world.open("f", CREATE).unwrap();
    fs::rename(folder.path().join("f"), folder.path().join("g")).unwrap();
    let Err(error) = world.wasi.state() else { panic!("writes to f would be lost") };
    assert!(matches!(error, Error::Unsaved { file, errno: Errno::Stale, .. } if file == "f"));
}

#[test]
fn devices_are_read_and_pipes_refused() {
    let mut world = on_disk(Path::new("/dev"));
    let zero = world.open_as(ROOT, "zero", 0, READ, 0).unwrap();
    assert_eq!(world.read(zero, 3).unwrap(), [0, 0, 0]);
    let null = world.open("null", 0).unwrap();
    assert_eq!(world.write(null, b"abc"), Ok(3));
    let mut world = moved(world).unwrap();
    assert_eq!(world.read(zero, 3).unwrap(), [0, 0, 0]);
    let folder = Folder::new();
    let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe")).status().unwrap();
    assert!(made.success());
    let mut world = on_disk(folder.path());
    assert_eq!(world.open_as(ROOT, "pipe", 0, READ, 0), Err(Errno::NotSupported));
}
