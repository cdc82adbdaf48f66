//! What happens around the writing of an image: room is made, packs go, and what a crash has left is put in order.

use std::io;

use super::error::Error;
use super::index::Fault;
use super::pack::{Head, place_from, placed, read_block};
use super::record::{Block, KeptInfo};
use super::tables::{self, Leftover, Tables};
use super::{Images, Packs};

impl Images {
    /// Lets older images go, so that one which has just been entered keeps to the settings.
    pub(super) fn make_room(&self, tables: &mut Tables<'_>, entered: &KeptInfo) -> Result<(), Fault> {
        let of_atom = tables.of_atom(&entered.atom)?;
        let excess = of_atom.len().saturating_sub(self.settings.keep_per_atom.max(1));
        let older = of_atom.into_iter().filter(|id| *id != entered.id).take(excess);
        older.into_iter().try_for_each(|id| tables.drop_image(id))?;
        let max_bytes = self.settings.max_bytes;
        if tables.held_bytes()? <= max_bytes {
            return Ok(());
        }
        for id in tables.replaced(entered.id)? {
            tables.drop_image(id)?;
            if tables.held_bytes()? <= max_bytes {
                return Ok(());
            }
        }
        let (folder, needed_bytes) = (self.folder.clone(), tables.held_bytes()?);
        Err(Fault::Own(Error::NoRoom { folder, needed_bytes, max_bytes }))
    }

    /// Does to the packs what the index has said already.
    pub(super) fn settle(&self, leftover: &Leftover) {
        leftover.gone.iter().for_each(|id| self.packs.remove(*id));
        leftover.retired.iter().for_each(|id| self.packs.retire(*id));
        self.compact(&leftover.thinned);
    }

    /// Writes one pack anew that is mostly not in use: at most one, since somebody waits.
    ///
    /// Where that fails the pack stays as it is, which costs room but no image; and what is damaged in it is found
    /// when an image with it is loaded.
    fn compact(&self, among: &[u64]) {
        if among.is_empty() {
            return;
        }
        let mut written = None;
        let done = self.index.write(|transaction| {
            let mut tables = Tables::open(transaction, self.index.path())?;
            let Some(from) = tables.sparse(among)? else { return Err(Fault::Own(Error::Missing { id: 0 })) };
            let to = tables.next()?;
            written = Some(to);
            let places = copy(&self.packs, &tables, from, to)?;
            tables.relocate(from, to, &places)?;
            Ok(tables.leftover)
        });
        match (done, written) {
            (Ok(leftover), _) => leftover.gone.iter().for_each(|id| self.packs.remove(*id)),
            (Err(_), Some(to)) => self.disown(to),
            (Err(_), None) => {}
        }
    }

    /// Removes a pack if the index does not know it; where the index cannot tell, the next start does it.
    pub(super) fn disown(&self, id: u64) {
        let known =
            self.index.write(|transaction| Tables::open(transaction, self.index.path())?.has_pack(id));
        if known.is_ok_and(|known| !known) {
            self.packs.remove(id);
        }
    }

    /// After a crash: a pack that was written whole becomes an image, any other that the index does not know goes.
    pub(super) fn adopt(&self) -> Result<(), Error> {
        let there = self.packs.list()?;
        let (next, known) = self.index.read(tables::packs)?;
        for id in there.into_iter().filter(|id| !known.contains(id)) {
            if id < next || !self.adopt_pack(id)? {
                self.packs.remove(id);
            }
        }
        Ok(())
    }

    fn adopt_pack(&self, id: u64) -> Result<bool, Error> {
        let Ok((head, start)) = self.packs.head(id) else { return Ok(false) };
        let Some(record) = head.record.filter(|record| record.id == id) else { return Ok(false) };
        let places = whole(&self.packs, id, start, &head.places);
        if places.len() < head.places.len() {
            return Ok(false);
        }
        let entered = self.index.write(|transaction| {
            let mut tables = Tables::open(transaction, self.index.path())?;
            tables.lay(id, &places)?;
            if !tables.has_all(&head.manifest)? {
                return Err(Fault::Own(Error::Missing { id }));
            }
            tables.enter(&record, &head.manifest)?;
            self.make_room(&mut tables, &record)?;
            Ok(tables.leftover)
        });
        match entered {
            Ok(leftover) => {
                self.settle(&leftover);
                Ok(true)
            }
            Err(Error::Missing { .. } | Error::NoRoom { .. }) => Ok(false),
            // Nobody was told that it is kept; it stays until there is room.
            Err(Error::DiskFull { .. }) => Ok(true),
            Err(error) => Err(error),
        }
    }
}

/// Copies what is in use of pack `from` to the new pack `to`: which blocks these are, and where they lie there.
fn copy(packs: &Packs, tables: &Tables<'_>, from: u64, to: u64) -> Result<Vec<(Block, u64)>, Fault> {
    let (head, _) = packs.head(from).map_err(Fault::Own)?;
    let places = tables.in_use(from, &head.places)?;
    let blocks: Vec<Block> = places.iter().map(|place| place.block).collect();
    let file = packs.file(from).map_err(|error| Fault::Own(Error::file(&packs.path(from), error)))?;
    let head = Head { record: None, manifest: Vec::new(), places: blocks.clone() }.encode();
    let written = packs.write(to, &head, |out| {
        places.iter().try_for_each(|place| {
            let bytes = read_block(&file, place.offset, place.block);
            out.write_all(&bytes.ok_or(io::ErrorKind::InvalidData)?)
        })
    });
    written.map_err(Fault::Own)?;
    Ok(placed(&head, &blocks))
}

/// The blocks of a pack that are what was written, with where each lies.
pub(super) fn whole(packs: &Packs, id: u64, start: u64, places: &[Block]) -> Vec<(Block, u64)> {
    let Ok(file) = packs.file(id) else { return Vec::new() };
    let lying = place_from(start, places).into_iter();
    lying.filter(|(block, at)| read_block(&file, *at, *block).is_some()).collect()
}
