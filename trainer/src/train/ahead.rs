//! What a loop needs, made while it runs.

use std::ops::Range;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

/// How many are made before they are asked for: one is ready whenever the loop comes, and no more lie in memory.
const AHEAD: usize = 1;

/// Calls `make` for each step in order on a thread of its own, and hands what comes of it to `work`, in order. When
/// `work` returns, no more is made.
pub fn ahead<T: Send, R>(
    steps: Range<usize>,
    make: impl Fn(usize) -> T + Send,
    work: impl FnOnce(Receiver<T>) -> R,
) -> R {
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(AHEAD);
        scope.spawn(move || {
            for step in steps {
                if sender.send(make(step)).is_err() {
                    // The work is over.
                    return;
                }
            }
        });
        work(receiver)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    #[test]
    fn all_are_made_in_order() {
        let made: Vec<usize> = ahead(3..50, |step| step * 2, |made| made.iter().collect());
        assert_eq!(made, (3..50).map(|step| step * 2).collect::<Vec<_>>());
    }

    #[test]
    fn when_the_work_is_over_no_more_is_made() {
        let made = AtomicUsize::new(0);
        let make = |_| made.fetch_add(1, Ordering::Relaxed);
        ahead(0..1_000_000, make, |made| made.iter().nth(9));
        assert!(made.into_inner() <= 10 + AHEAD + 2);
    }
}
