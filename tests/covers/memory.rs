//! A small file that claims an immense picture must not take memory before it is refused.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use undercover::cover::Cover;

use crate::pictures;

thread_local! {
    /// Bytes held by this thread, and the most it has held.
    static HELD: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// The system's allocator, counting per thread.
struct Counting;

// SAFETY: every call is passed on unchanged to `System`, which keeps the contract; counting touches only a
// thread-local number that needs no allocation and no destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        HELD.with(|held| {
            let now = held.get().0 + layout.size();
            held.set((now, held.get().1.max(now)));
        });
        // SAFETY: the caller's promises on `layout` are handed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // Memory may have been taken by another thread.
        HELD.with(|held| held.set((held.get().0.saturating_sub(layout.size()), held.get().1)));
        // SAFETY: the caller's promises on `pointer` and `layout` are handed on.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes held above what is held now, while `work` runs.
fn most_bytes_held(work: impl FnOnce()) -> usize {
    let before = HELD.get().0;
    HELD.set((before, before));
    work();
    HELD.get().1 - before
}

#[test]
fn the_count_counts() {
    let most = most_bytes_held(|| drop(std::hint::black_box(vec![1_u8; 3 << 20])));
    assert!((3 << 20..4 << 20).contains(&most), "{most}");
}

#[test]
fn an_immense_header_takes_no_memory() {
    for (format, bytes) in pictures::immense() {
        let most = most_bytes_held(|| {
            assert!(Cover::decode(&bytes, 192).is_err());
        });
        // A row of 20,000 pixels is 60 kB; the picture would be 1.2 GB.
        assert!(most < 1 << 20, "{format:?}: {most} bytes");
    }
}
