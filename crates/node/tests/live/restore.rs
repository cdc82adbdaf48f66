//! Atoms that go on from images, whole ones and others.

use crate::world::{Folder, World, refused};
use sojourn_abi::{Code, Mount, Request, Response};
use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;

/// Files of the images that a node keeps, and what they hold.
fn packs(world: &World, node: usize) -> HashMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(world.folder(node).join("images/packs")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// Turns every byte that was written since.
fn damage_since(world: &World, node: usize, before: &HashMap<PathBuf, Vec<u8>>) {
    let mut damaged = 0;
    for (path, mut bytes) in packs(world, node) {
        let whole = before.get(&path).map_or(0, Vec::len).min(bytes.len());
        damaged += bytes.len() - whole;
        bytes[whole..].iter_mut().for_each(|byte| *byte ^= 0xff);
        fs::write(path, bytes).unwrap();
    }
    assert!(damaged > 0);
}

/// An atom that has stopped, with two images at each keeper: the numbers of the newer ones, by keeper.
fn two_images(world: &World, damaged_at: usize) -> (String, HashMap<String, u64>) {
    let atom = world.start("grow.wat", 4 << 16, Vec::new());
    world.output(&atom, 1);
    world.checkpoint(&atom);
    let before = packs(world, damaged_at);
    let said = usize::try_from(world.row(&atom).stdout_bytes).unwrap();
    world.output(&atom, said + 1);
    let newer = world.checkpoint(&atom).into_iter().map(|row| (row.node, row.id)).collect();
    world.stop(&atom, false);
    damage_since(world, damaged_at, &before);
    (atom, newer)
}

#[test]
fn a_damaged_image_gives_way_to_an_older_one() {
    let world = World::new(1, 1);
    let (atom, newer) = two_images(&world, 0);
    let newer = newer["node-1"];
    refused(world.ask(Request::Fetch { id: newer }), Code::Internal);
    let text = refused(world.restore(&atom, Some(newer), "node-1"), Code::Internal);
    assert!(text.contains(&format!("image {newer} of {atom}, kept by node-1, cannot be used")), "{text}");
    let restored = world.restore(&atom, None, "node-1");
    assert!(matches!(restored, Response::Placed { .. }), "{restored:?}");
    let said = usize::try_from(world.row(&atom).stdout_bytes).unwrap();
    world.output(&atom, said + 1);
}

#[test]
fn a_damaged_image_gives_way_to_its_copy() {
    let world = World::new(2, 2);
    let (atom, newer) = two_images(&world, 0);
    refused(world.ask(Request::Fetch { id: newer["node-1"] }), Code::Internal);
    let restored = world.restore(&atom, None, "node-1");
    let Response::Placed { epoch, .. } = restored else { panic!("{restored:?}") };
    // The second lineage; a third one would mean that it was begun twice.
    assert_eq!(epoch, 2 << 32);
    let said = usize::try_from(world.row(&atom).stdout_bytes).unwrap();
    world.output(&atom, said + 1);
}

#[test]
fn without_a_whole_image_all_are_told_of() {
    let world = World::new(1, 1);
    let atom = world.start("grow.wat", 4 << 16, Vec::new());
    world.output(&atom, 1);
    world.checkpoint(&atom);
    world.checkpoint(&atom);
    world.stop(&atom, false);
    damage_since(&world, 0, &HashMap::new());
    let text = refused(world.restore(&atom, None, "node-1"), Code::Internal);
    assert!(text.ends_with("none of the other 1 can be used either"), "{text}");
}

#[test]
fn a_restored_atom_with_a_directory_of_its_machine_stays_there() {
    let world = World::new(2, 1);
    let directory = Folder::new();
    let host = directory.path().to_str().unwrap().to_string();
    let mounts = vec![Mount { guest: "/data".into(), host: Some(host), files: Vec::new() }];
    let atom = world.start("sleep.wat", 0, mounts);
    world.output(&atom, "before\n".len());
    world.stop(&atom, true);
    let restored = world.restore(&atom, None, "node-1");
    assert!(matches!(restored, Response::Placed { .. }), "{restored:?}");
    let asked = Request::Move { atom: atom.clone(), target: "node-2".into(), cause: "test".into() };
    let text = refused(world.ask(asked), Code::Pinned);
    assert!(text.contains("/data") && text.contains("node-1"), "{text}");
    assert_eq!(world.row(&atom).node, "node-1");
}
