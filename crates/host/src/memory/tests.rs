//! What only a damaged image can hold.

use super::{Kind, MemoryTree, ROOT};
use crate::Errno;
use crate::tree::Tree;

#[test]
fn removed_directories_that_call_each_other_parent_hang_nobody_up() {
    let mut tree = MemoryTree::new();
    let removed = [b"a", b"b"].map(|name| {
        tree.make_directory(ROOT, name).unwrap();
        let node = tree.enter(ROOT, name).unwrap();
        tree.remove_directory(ROOT, name).unwrap();
        node
    });
    for (node, other) in [(removed[0], removed[1]), (removed[1], removed[0])] {
        let Kind::Directory { parent, .. } = &mut tree.node_mut(node).unwrap().kind else {
            panic!("a directory")
        };
        *parent = other;
    }
    assert_eq!(tree.check(), Ok(()));
    tree.make_directory(ROOT, b"c").unwrap();
    assert_eq!(tree.rename(ROOT, b"c", removed[0], b"c"), Err(Errno::NoEntry));
}

#[test]
fn a_root_under_one_of_its_own_directories_is_no_tree() {
    let mut tree = MemoryTree::new();
    tree.make_directory(ROOT, b"a").unwrap();
    let below = tree.enter(ROOT, b"a").unwrap();
    let Kind::Directory { parent, .. } = &mut tree.node_mut(ROOT).unwrap().kind else {
        panic!("a directory")
    };
    *parent = below;
    assert!(tree.check().is_err());
}
