//! What the index holds, and how it changes together.
//!
//! | table | key | value |
//! |---|---|---|
//! | images | number | record of the image |
//! | manifests | number | list of its blocks |
//! | atoms | atom, epoch, sequence | number of the image |
//! | blocks | hash | pack, offset there, bytes, images that have it |
//! | packs | number | bytes of its blocks that are in use, bytes of all its blocks |
//! | meta | `version`, `next`, `held` | version of the index, next number, bytes in use in all packs |
//!
//! A pack has the number of the image that it was written for. It goes when its image is not kept any more and none
//! of its blocks is in use.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata, Table, TableDefinition, WriteTransaction};
use sojourn_image::Hash;

use super::error::Error;
use super::index::Fault;
use super::record::{Block, KeptInfo, decode_blocks, encode_blocks};

pub(super) const VERSION: u64 = 1;

const IMAGES: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("images");
const MANIFESTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("manifests");
const ATOMS: TableDefinition<'_, (&str, u64, u64), u64> = TableDefinition::new("atoms");
const BLOCKS: TableDefinition<'_, &[u8; Hash::BYTES], (u64, u64, u32, u32)> = TableDefinition::new("blocks");
const PACKS: TableDefinition<'_, u64, (u64, u64)> = TableDefinition::new("packs");
const META: TableDefinition<'_, &str, u64> = TableDefinition::new("meta");

/// Where a block lies.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) block: Block,
    pub(super) pack: u64,
    pub(super) offset: u64,
}

/// Files to touch after the index has forgotten what is in them.
#[derive(Debug, Default)]
pub(super) struct Leftover {
    /// Packs of which nothing is in use.
    pub(super) gone: Vec<u64>,
    /// Packs whose image is not kept any more, but some of whose blocks are in use.
    pub(super) retired: Vec<u64>,
    /// Packs of which less is in use than before.
    pub(super) thinned: Vec<u64>,
}

/// All tables, to be changed together.
pub(super) struct Tables<'t> {
    path: &'t Path,
    images: Table<'t, u64, &'static [u8]>,
    manifests: Table<'t, u64, &'static [u8]>,
    atoms: Table<'t, (&'static str, u64, u64), u64>,
    blocks: Table<'t, &'static [u8; Hash::BYTES], (u64, u64, u32, u32)>,
    packs: Table<'t, u64, (u64, u64)>,
    meta: Table<'t, &'static str, u64>,
    pub(super) leftover: Leftover,
}

impl<'t> Tables<'t> {
    pub(super) fn open(transaction: &'t WriteTransaction, path: &'t Path) -> Result<Self, Fault> {
        Ok(Self {
            path,
            images: transaction.open_table(IMAGES)?,
            manifests: transaction.open_table(MANIFESTS)?,
            atoms: transaction.open_table(ATOMS)?,
            blocks: transaction.open_table(BLOCKS)?,
            packs: transaction.open_table(PACKS)?,
            meta: transaction.open_table(META)?,
            leftover: Leftover::default(),
        })
    }

    /// Makes a new index.
    pub(super) fn begin(&mut self) -> Result<(), Fault> {
        self.meta.insert("version", VERSION)?;
        Ok(())
    }

    /// The number that the next image gets; numbers never come again.
    pub(super) fn next(&self) -> Result<u64, Fault> {
        Ok(self.meta.get("next")?.map_or(1, |next| next.value()))
    }

    pub(super) fn held_bytes(&self) -> Result<u64, Fault> {
        Ok(self.meta.get("held")?.map_or(0, |held| held.value()))
    }

    fn hold(&mut self, more: u64, less: u64) -> Result<(), Fault> {
        let held = (self.held_bytes()? + more).checked_sub(less);
        let held = held.ok_or_else(|| self.damaged("it counts fewer bytes than it has"))?;
        self.meta.insert("held", held)?;
        Ok(())
    }

    pub(super) fn has_block(&self, hash: Hash) -> Result<bool, Fault> {
        Ok(self.blocks.get(&hash.0)?.is_some())
    }

    pub(super) fn has_pack(&self, id: u64) -> Result<bool, Fault> {
        Ok(self.packs.get(id)?.is_some())
    }

    pub(super) fn has_all(&self, manifest: &[Block]) -> Result<bool, Fault> {
        for hash in distinct(manifest) {
            if !self.has_block(hash)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Enters a pack with the blocks that lie in it, which nothing uses yet; those known from elsewhere stay there.
    pub(super) fn lay(&mut self, id: u64, places: &[(Block, u64)]) -> Result<(), Fault> {
        let mut total = 0;
        for (block, offset) in places {
            if !self.has_block(block.hash)? {
                self.blocks.insert(&block.hash.0, (id, *offset, block.bytes, 0))?;
            }
            total += u64::from(block.bytes);
        }
        self.packs.insert(id, (0, total))?;
        let next = self.next()?.max(id.saturating_add(1));
        self.meta.insert("next", next)?;
        Ok(())
    }

    /// Enters an image all of whose blocks are known. One of the same atom, epoch and sequence goes.
    pub(super) fn enter(&mut self, record: &KeptInfo, manifest: &[Block]) -> Result<(), Fault> {
        let id = record.id;
        self.images.insert(id, record.encode().as_slice())?;
        self.manifests.insert(id, encode_blocks(manifest).as_slice())?;
        let before = self
            .atoms
            .insert((record.atom.as_str(), record.epoch, record.sequence), id)?
            .map(|before| before.value());
        let mut used = BTreeMap::new();
        for hash in distinct(manifest) {
            let known = self.blocks.get(&hash.0)?.map(|row| row.value());
            let Some((pack, offset, bytes, images)) = known else {
                return Err(self.damaged("an image has a block that is nowhere"));
            };
            self.blocks.insert(&hash.0, (pack, offset, bytes, images + 1))?;
            if images == 0 {
                *used.entry(pack).or_insert(0) += u64::from(bytes);
            }
        }
        for (pack, more) in used {
            let (live, total) = self.pack(pack)?;
            self.packs.insert(pack, (live + more, total))?;
            self.hold(more, 0)?;
        }
        before.filter(|before| *before != id).map_or(Ok(()), |before| self.drop_image(before))
    }

    /// Forgets an image, and every block that only it had.
    pub(super) fn drop_image(&mut self, id: u64) -> Result<(), Fault> {
        let record = self.images.remove(id)?.map(|row| KeptInfo::decode(row.value()));
        let manifest = self.manifests.remove(id)?.map(|row| decode_blocks(row.value()));
        let (Some(Ok(record)), Some(Some(manifest))) = (record, manifest) else {
            return Err(self.damaged("an image is not in all tables"));
        };
        let key = (record.atom.as_str(), record.epoch, record.sequence);
        if self.atoms.get(key)?.is_some_and(|row| row.value() == id) {
            self.atoms.remove(key)?;
        }
        let mut freed = BTreeMap::from([(id, 0)]);
        for hash in distinct(&manifest) {
            let known = self.blocks.get(&hash.0)?.map(|row| row.value());
            match known {
                Some((pack, _, bytes, 1)) => {
                    self.blocks.remove(&hash.0)?;
                    *freed.entry(pack).or_insert(0) += u64::from(bytes);
                }
                Some((pack, offset, bytes, images @ 2..)) => {
                    self.blocks.insert(&hash.0, (pack, offset, bytes, images - 1))?;
                }
                _ => return Err(self.damaged("an image has a block that is nowhere")),
            }
        }
        self.leftover.retired.push(id);
        freed.into_iter().try_for_each(|(pack, less)| self.free(pack, less))
    }

    fn free(&mut self, pack: u64, less: u64) -> Result<(), Fault> {
        let (live, total) = self.pack(pack)?;
        let live =
            live.checked_sub(less).ok_or_else(|| self.damaged("a pack has fewer bytes than it lost"))?;
        self.hold(0, less)?;
        if live == 0 && self.images.get(pack)?.is_none() {
            self.packs.remove(pack)?;
            self.leftover.retired.retain(|retired| *retired != pack);
            self.leftover.gone.push(pack);
        } else {
            self.packs.insert(pack, (live, total))?;
            self.leftover.thinned.push(pack);
        }
        Ok(())
    }

    fn pack(&self, id: u64) -> Result<(u64, u64), Fault> {
        let known = self.packs.get(id)?.map(|row| row.value());
        known.ok_or_else(|| self.damaged("a block lies in a pack that is nowhere"))
    }

    /// Numbers of an atom's images, oldest first.
    pub(super) fn of_atom(&self, atom: &str) -> Result<Vec<u64>, Fault> {
        let range = (atom, 0, 0)..=(atom, u64::MAX, u64::MAX);
        self.atoms.range::<(&str, u64, u64)>(range)?.map(|row| Ok(row?.1.value())).collect()
    }

    /// Numbers of all images but the last of each atom, and but `spared`: those taken first come first.
    pub(super) fn replaced(&self, spared: u64) -> Result<Vec<u64>, Fault> {
        let mut found = Vec::new();
        let mut before: Option<(String, u64)> = None;
        for row in self.atoms.iter()? {
            let (key, id) = row?;
            let atom = key.value().0;
            found.extend(
                before.filter(|before| before.0 == atom && before.1 != spared).map(|before| before.1),
            );
            before = Some((atom.to_string(), id.value()));
        }
        let aged = found.into_iter().map(|id| {
            let record = self.images.get(id)?.and_then(|row| KeptInfo::decode(row.value()).ok());
            let record = record.ok_or_else(|| self.damaged("an image is not in all tables"))?;
            Ok((record.taken_at_ns, id))
        });
        let mut aged = aged.collect::<Result<Vec<_>, Fault>>()?;
        aged.sort_unstable();
        Ok(aged.into_iter().map(|(_, id)| id).collect())
    }

    /// One of these packs, if most of it is not in use and its image is not kept any more.
    pub(super) fn sparse(&self, among: &[u64]) -> Result<Option<u64>, Fault> {
        for id in among {
            let row = self.packs.get(id)?.map(|row| row.value());
            if row.is_some_and(|(live, total)| live < total / 2) && self.images.get(id)?.is_none() {
                return Ok(Some(*id));
            }
        }
        Ok(None)
    }

    /// Those of these blocks that are in use and lie in this pack.
    pub(super) fn in_use(&self, pack: u64, places: &[Block]) -> Result<Vec<Place>, Fault> {
        let mut found = Vec::new();
        for block in places {
            let row = self.blocks.get(&block.hash.0)?.map(|row| row.value());
            if let Some((_, offset, ..)) = row.filter(|row| row.0 == pack) {
                found.push(Place { block: *block, pack, offset });
            }
        }
        Ok(found)
    }

    /// Enters that these blocks, all that is in use of pack `from`, lie in the new pack `to`.
    pub(super) fn relocate(&mut self, from: u64, to: u64, places: &[(Block, u64)]) -> Result<(), Fault> {
        let mut total = 0;
        for (block, offset) in places {
            let row = self.blocks.get(&block.hash.0)?.map(|row| row.value());
            let (_, _, bytes, images) = row.ok_or_else(|| self.damaged("a block is gone"))?;
            self.blocks.insert(&block.hash.0, (to, *offset, bytes, images))?;
            total += u64::from(bytes);
        }
        self.packs.insert(to, (total, total))?;
        self.packs.remove(from)?;
        self.meta.insert("next", to + 1)?;
        self.leftover.gone.push(from);
        Ok(())
    }

    /// Forgets blocks that no image uses, and packs without a block in use or an image, after all were entered; how
    /// many images there are.
    pub(super) fn sweep(&mut self) -> Result<usize, Fault> {
        self.blocks.retain(|_, row| row.3 > 0)?;
        for row in self.packs.iter()? {
            let (id, row) = row?;
            if row.value().0 == 0 && self.images.get(id.value())?.is_none() {
                self.leftover.gone.push(id.value());
            }
        }
        self.leftover.gone.sort_unstable();
        self.leftover.gone.dedup();
        for id in &self.leftover.gone {
            self.packs.remove(id)?;
        }
        Ok(usize::try_from(self.images.len()?).expect("they were read one by one"))
    }

    pub(super) fn damaged(&self, reason: &str) -> Fault {
        Fault::Own(Error::damaged(self.path, reason))
    }
}

fn distinct(blocks: &[Block]) -> BTreeSet<Hash> {
    blocks.iter().map(|block| block.hash).collect()
}

/// Those of these blocks that come for the first time.
pub(super) fn first_of_each<'a>(blocks: &[(Block, &'a [u8])]) -> Vec<(Block, &'a [u8])> {
    let mut seen = HashSet::new();
    blocks.iter().filter(|(block, _)| seen.insert(block.hash.0)).copied().collect()
}

/// Version of an index; `None` for one that has just begun.
pub(super) fn version(transaction: &ReadTransaction) -> Result<Option<u64>, Fault> {
    match transaction.open_table(META) {
        Ok(meta) => Ok(Some(meta.get("version")?.map_or(0, |version| version.value()))),
        Err(redb::TableError::TableDoesNotExist(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// What is known of this image.
pub(super) fn record(transaction: &ReadTransaction, id: u64, path: &Path) -> Result<KeptInfo, Fault> {
    let row = transaction.open_table(IMAGES)?.get(id)?;
    let row = row.ok_or(Fault::Own(Error::Missing { id }))?;
    decode(row.value(), path)
}

/// Images of one atom or of all: by atom, the oldest of each first.
pub(super) fn list(
    transaction: &ReadTransaction,
    atom: Option<&str>,
    path: &Path,
) -> Result<Vec<KeptInfo>, Fault> {
    let (atoms, images) = (transaction.open_table(ATOMS)?, transaction.open_table(IMAGES)?);
    let rows = match atom {
        Some(atom) => atoms.range::<(&str, u64, u64)>((atom, 0, 0)..=(atom, u64::MAX, u64::MAX))?,
        None => atoms.iter()?,
    };
    rows.map(|row| {
        let record = images.get(row?.1.value())?;
        let record =
            record.ok_or_else(|| Fault::Own(Error::damaged(path, "an image is not in all tables")))?;
        decode(record.value(), path)
    })
    .collect()
}

/// An atom's image with the greatest epoch and sequence.
pub(super) fn newest(
    transaction: &ReadTransaction,
    atom: &str,
    path: &Path,
) -> Result<Option<KeptInfo>, Fault> {
    let atoms = transaction.open_table(ATOMS)?;
    let last = atoms.range::<(&str, u64, u64)>((atom, 0, 0)..=(atom, u64::MAX, u64::MAX))?.next_back();
    match last {
        Some(row) => record(transaction, row?.1.value(), path).map(Some),
        None => Ok(None),
    }
}

/// An image, and where each of its blocks lies.
pub(super) fn places(
    transaction: &ReadTransaction,
    id: u64,
    path: &Path,
) -> Result<(KeptInfo, Vec<Place>), Fault> {
    let record = record(transaction, id, path)?;
    let nowhere = |what: &str| Fault::Own(Error::damaged(path, what));
    let manifest = transaction.open_table(MANIFESTS)?.get(id)?.and_then(|row| decode_blocks(row.value()));
    let manifest = manifest.ok_or_else(|| nowhere("an image is not in all tables"))?;
    let blocks = transaction.open_table(BLOCKS)?;
    let place = |block: Block| {
        let row = blocks.get(&block.hash.0)?.map(|row| row.value());
        let (pack, offset, ..) = row
            .filter(|row| row.2 == block.bytes)
            .ok_or_else(|| nowhere("an image has a block that is nowhere"))?;
        Ok(Place { block, pack, offset })
    };
    let places = manifest.into_iter().map(place).collect::<Result<Vec<_>, Fault>>()?;
    Ok((record, places))
}

/// The number that the next image gets, and all packs.
pub(super) fn packs(transaction: &ReadTransaction) -> Result<(u64, HashSet<u64>), Fault> {
    let next = transaction.open_table(META)?.get("next")?.map_or(1, |next| next.value());
    let packs = transaction.open_table(PACKS)?;
    let ids = packs.iter()?.map(|row| Ok(row?.0.value())).collect::<Result<_, Fault>>()?;
    Ok((next, ids))
}

/// How many images there are, and the bytes in use and in all.
pub(super) fn usage(transaction: &ReadTransaction) -> Result<(u64, u64, u64), Fault> {
    let images = transaction.open_table(IMAGES)?.len()?;
    let packs = transaction.open_table(PACKS)?;
    let mut bytes = (0, 0);
    for row in packs.iter()? {
        let (live, total) = row?.1.value();
        bytes = (bytes.0 + live, bytes.1 + total);
    }
    Ok((images, bytes.0, bytes.1))
}

fn decode(row: &[u8], path: &Path) -> Result<KeptInfo, Fault> {
    KeptInfo::decode(row).map_err(|error| Fault::Own(Error::damaged(path, error.to_string())))
}
