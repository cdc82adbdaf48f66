//! Reading a tree from an image, and whether what was read is a tree.

use super::{Kind, Live, MemoryNode, MemoryTree, ROOT, Stored};
use crate::limit;
use crate::state::{Decoded, Decoder, Encoded, Encoder, Field};
use crate::tree::Node;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};

impl Field for MemoryTree {
    fn put(&self, e: &mut Encoder) -> Encoded {
        e.array(3)?;
        self.nodes.put(e)?;
        e.u64(self.next)?.u64(self.limit_bytes)?.ok()
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        let Stored { nodes, next, limit_bytes } = Field::get(d)?;
        let used_bytes = nodes.values().map(MemoryNode::bytes).sum();
        Ok(Self { nodes, next, limit_bytes, live: Live { used_bytes, ..Live::default() } })
    }
}

impl MemoryTree {
    /// Why this is no tree: every directory has one name, in the one that it calls its parent, and all hang
    /// together under the root.
    pub(crate) fn check(&self) -> Result<(), String> {
        let names = self.count_names()?;
        for (number, node) in &self.nodes {
            let count = names.get(number).copied().unwrap_or(0) + u32::from(*number == ROOT);
            let directory = matches!(node.kind, Kind::Directory { .. });
            if count != node.links || *number >= self.next || (directory && count > 1) {
                return Err(format!("file {number} is not counted right"));
            }
        }
        match self.nodes.get(&ROOT).map(|node| &node.kind) {
            Some(Kind::Directory { parent: ROOT, .. }) if self.hangs_together() => Ok(()),
            _ => Err("its directories do not hang together".to_string()),
        }
    }

    /// How many names each node has.
    fn count_names(&self) -> Result<BTreeMap<Node, u32>, String> {
        let mut names = BTreeMap::new();
        for (number, node) in &self.nodes {
            let Kind::Directory { entries, .. } = &node.kind else { continue };
            for (name, child) in entries {
                self.check_entry(*number, name, *child)?;
                *names.entry(*child).or_insert(0) += 1;
            }
        }
        Ok(names)
    }

    fn check_entry(&self, dir: Node, name: &[u8], child: Node) -> Result<(), String> {
        let odd = name.is_empty() || name.len() > limit::NAME_BYTES || name == b"." || name == b"..";
        if odd || name.contains(&b'/') || name.contains(&0) {
            return Err(format!("a name in directory {dir} is none"));
        }
        match self.nodes.get(&child).map(|node| &node.kind) {
            None => Err(format!("directory {dir} names a file that is not there")),
            Some(Kind::Directory { parent, .. }) if *parent != dir || child == ROOT => {
                Err(format!("directory {child} is in two places"))
            }
            Some(_) => Ok(()),
        }
    }

    /// Whether every directory that has a name is under the root, in as many steps as there are at most.
    fn hangs_together(&self) -> bool {
        let directories = self.nodes.values().filter(|node| matches!(node.kind, Kind::Directory { .. }));
        let named = directories.filter(|node| node.links > 0).count();
        let mut reached = 0;
        let mut ways = alloc::vec![ROOT];
        while let Some(number) = ways.pop() {
            if let Some(Kind::Directory { entries, .. }) = self.nodes.get(&number).map(|node| &node.kind) {
                reached += 1;
                ways.extend(entries.values());
            }
        }
        reached == named
    }
}
