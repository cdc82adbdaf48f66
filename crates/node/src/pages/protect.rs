//! Writes noted by Linux: pages are protected against writing through `userfaultfd` in its asynchronous mode, where
//! the kernel lifts the protection by itself at the first write. `PAGEMAP_SCAN` tells which pages have lost it, and
//! protects them again, in one step.
//!
//! All of the address space that is set aside for the memory is watched, so that what it grows by is too. Pages that
//! were never touched have no entry in the page tables: nothing is found there and nothing is made there.
//!
//! Kernel documentation: admin-guide/mm/userfaultfd and admin-guide/mm/pagemap.

use super::{PAGE_BYTES, Pages, add, gone, page};
use sojourn_engine::Window;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

/// `struct uffdio_api`.
#[repr(C)]
struct Handshake {
    api: u64,
    features: u64,
    ioctls: u64,
}

/// `struct uffdio_register`.
#[repr(C)]
struct Registration {
    start: u64,
    length: u64,
    mode: u64,
    ioctls: u64,
}

/// `struct pm_scan_arg`.
#[repr(C)]
struct Scan {
    size: u64,
    flags: u64,
    start: u64,
    end: u64,
    walk_end: u64,
    regions: u64,
    region_count: u64,
    most_pages: u64,
    inverted: u64,
    all_of: u64,
    any_of: u64,
    told: u64,
}

/// `struct page_region`.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Region {
    start: u64,
    end: u64,
    categories: u64,
}

const _: () = assert!(size_of::<Handshake>() == 24 && size_of::<Registration>() == 32);
const _: () = assert!(size_of::<Scan>() == 96 && size_of::<Region>() == 24);

/// Version of the interface.
const UFFD_API: u64 = 0xAA;
/// Faults while the kernel itself writes are taken care of without us, so no privilege is needed.
const USER_MODE_ONLY: libc::c_int = 1;
/// The kernel lifts the protection by itself.
const FEATURE_WP_ASYNC: u64 = 1 << 15;
const MODE_WRITE_PROTECT: u64 = 2;
const UFFDIO_API: u32 = request(0xAA, 0x3F, 24);
const UFFDIO_REGISTER: u32 = request(0xAA, 0x00, 32);
const PAGEMAP_SCAN: u32 = request(b'f', 16, 96);

/// Flags of a scan: protect what is found again; fail for memory that is not watched.
const PROTECT_AGAIN: u64 = 1 | 2;
/// Categories of pages.
const WRITTEN: u64 = 1 << 1;
const FILE: u64 = 1 << 2;
const PRESENT: u64 = 1 << 3;
const SWAPPED: u64 = 1 << 4;
const ZERO: u64 = 1 << 5;

/// Regions fetched together: 96 KiB.
const REGIONS: usize = 4096;

/// `_IOWR` of the systems that this is built for; `bytes` are those of the argument.
const fn request(kind: u8, number: u8, bytes: u32) -> u32 {
    3 << 30 | bytes << 16 | (kind as u32) << 8 | number as u32
}

/// What a scan looks for.
struct Query {
    flags: u64,
    all_of: u64,
    any_of: u64,
    told: u64,
}

/// Pages that are there and were written. `any_of` also keeps the kernel from its shortcut for `all_of` alone, which
/// takes pages that were never touched for written ones. `FILE` is not asked for: it would cost a look at every page
/// beside the one at its entry, 5 ms instead of 0.3 for 256 MiB.
///
/// A page that was only read, for the first time, counts as written: it is there, and was never protected.
const DIRTY: Query =
    Query { flags: PROTECT_AGAIN, all_of: WRITTEN, any_of: PRESENT | SWAPPED, told: WRITTEN };
/// Pages that are there, and whether they are zero or still those of the module's file.
const POPULATED: Query = Query { flags: 0, all_of: 0, any_of: PRESENT | SWAPPED, told: ZERO | FILE };

/// A memory that is watched.
pub(super) struct Protection {
    /// Ends the watch when it is closed.
    _watch: OwnedFd,
    pagemap: File,
}

impl Protection {
    /// Watches the memory behind a window.
    pub(super) fn new(window: &dyn Window) -> io::Result<Self> {
        let watch = open()?;
        let mut registered = Err(gone());
        window.hold(&mut |address, capacity| registered = register(&watch, address, capacity));
        registered?;
        let pagemap = File::open("/proc/self/pagemap")?;
        let protection = Self { _watch: watch, pagemap };
        // Tells whether this kernel knows the scan, and arms.
        protection.take(window)?;
        Ok(protection)
    }

    pub(super) fn take(&self, window: &dyn Window) -> io::Result<Pages> {
        let mut pages = Pages::new();
        self.scan(window, &DIRTY, |start, end, _| add(&mut pages, page(start)..page(end)))?;
        Ok(pages)
    }

    /// The pages that may differ from a fresh instance's. Pages of a file are those of the module's data that nobody
    /// has written: writing gives a guest a page of its own.
    pub(super) fn populated(&self, window: &dyn Window, zero_from: u64) -> io::Result<Pages> {
        let mut pages = Pages::new();
        self.scan(window, &POPULATED, |start, end, categories| {
            let end = if categories & ZERO == 0 { end } else { end.min(zero_from).max(start) };
            if categories & FILE == 0 {
                let end = end.next_multiple_of(PAGE_BYTES as u64);
                add(&mut pages, page(start)..page(end));
            }
        })?;
        Ok(pages)
    }

    /// Copies. What lies beyond the bytes that the window knows of, the kernel copies: it fails where there is
    /// nothing, instead of faulting.
    pub(super) fn read(window: &dyn Window, offset: u64, into: &mut [u8]) -> usize {
        let copied = window.read(offset, into);
        let rest = &mut into[copied..];
        if rest.is_empty() {
            return copied;
        }
        let mut more = 0;
        window.hold(&mut |address, capacity| {
            let offset = usize::try_from(offset).unwrap_or(usize::MAX).saturating_add(copied);
            let length = rest.len().min(capacity.saturating_sub(offset));
            more = copy_checked(address.saturating_add(offset), &mut rest[..length]);
        });
        copied + more
    }

    /// Calls `found` with offsets and categories of the regions that a query finds.
    fn scan(
        &self,
        window: &dyn Window,
        query: &Query,
        mut found: impl FnMut(u64, u64, u64),
    ) -> io::Result<()> {
        let mut scanned = Err(gone());
        window.hold(&mut |address, capacity| {
            let (base, end) = (address as u64, address as u64 + capacity as u64);
            scanned = scan(&self.pagemap, base, end, query, |region| {
                found(region.start - base, region.end - base, region.categories);
            });
        });
        scanned
    }
}

/// Opens the door, and agrees on what goes through it.
fn open() -> io::Result<OwnedFd> {
    let flags = libc::O_CLOEXEC | libc::O_NONBLOCK | USER_MODE_ONLY;
    // SAFETY: the call takes flags only.
    let opened = unsafe { libc::syscall(libc::SYS_userfaultfd, flags) };
    let opened = i32::try_from(opened).ok().filter(|opened| *opened >= 0);
    let Some(opened) = opened else { return Err(io::Error::last_os_error()) };
    // SAFETY: it was just opened, and is nobody else's.
    let watch = unsafe { OwnedFd::from_raw_fd(opened) };
    let mut handshake = Handshake { api: UFFD_API, features: FEATURE_WP_ASYNC, ioctls: 0 };
    // SAFETY: the request reads and writes this structure, whose layout is the kernel's.
    unsafe { control(&watch, UFFDIO_API, &raw mut handshake) }?;
    Ok(watch)
}

fn register(watch: &OwnedFd, address: usize, capacity: usize) -> io::Result<()> {
    let (start, length) = (address as u64, capacity as u64);
    let mut registration = Registration { start, length, mode: MODE_WRITE_PROTECT, ioctls: 0 };
    // SAFETY: as above. The range is set aside for the guest's memory; nothing but faults changes there.
    unsafe { control(watch, UFFDIO_REGISTER, &raw mut registration) }.map(drop)
}

fn scan(
    pagemap: &File,
    mut start: u64,
    end: u64,
    query: &Query,
    mut found: impl FnMut(Region),
) -> io::Result<()> {
    let mut regions = vec![Region::default(); REGIONS];
    while start < end {
        let mut scan = Scan {
            size: size_of::<Scan>() as u64,
            flags: query.flags,
            start,
            end,
            walk_end: 0,
            regions: regions.as_mut_ptr() as u64,
            region_count: REGIONS as u64,
            most_pages: 0,
            inverted: 0,
            all_of: query.all_of,
            any_of: query.any_of,
            told: query.told,
        };
        // SAFETY: the request reads and writes this structure, whose layout is the kernel's, and writes at most
        // `REGIONS` regions to `regions`.
        let count = unsafe { control(pagemap, PAGEMAP_SCAN, &raw mut scan) }?;
        regions[..count.min(REGIONS)].iter().copied().for_each(&mut found);
        if scan.walk_end <= start {
            return Err(io::Error::other("the scan of the guest's memory does not get on"));
        }
        start = scan.walk_end;
    }
    Ok(())
}

/// A request to the kernel; gives what it returns.
///
/// # Safety
/// The request must take an argument of this type.
unsafe fn control<T>(file: &impl AsRawFd, request: u32, argument: *mut T) -> io::Result<usize> {
    // SAFETY: the caller says that the argument is the request's.
    let returned =
        unsafe { libc::syscall(libc::SYS_ioctl, file.as_raw_fd(), libc::c_ulong::from(request), argument) };
    usize::try_from(returned).map_err(|_| io::Error::last_os_error())
}

/// Copies from this process's memory as far as it can be read.
fn copy_checked(from: usize, into: &mut [u8]) -> usize {
    let local = libc::iovec { iov_base: into.as_mut_ptr().cast(), iov_len: into.len() };
    let remote = libc::iovec { iov_base: from as *mut libc::c_void, iov_len: into.len() };
    // SAFETY: the kernel writes to `into` at most, and checks what it reads.
    let copied =
        unsafe { libc::process_vm_readv(libc::getpid(), &raw const local, 1, &raw const remote, 1, 0) };
    usize::try_from(copied).unwrap_or(0)
}
