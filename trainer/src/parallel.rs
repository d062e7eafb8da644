//! Work on several threads, its results in order.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

/// Items that are on their way for each worker: one that it works on, one that waits for it.
const AHEAD: usize = 2;

/// An item, and where its result is waited for.
type Job<I, T> = (I, SyncSender<T>);

/// All cores.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// Does `work` on every item, on `workers` threads, and hands the results to `consume` on this thread, in the order of
/// the items. `work` is told which worker it runs on. However many items there are, only a few are held at a time.
///
/// # Errors
/// The first error of `consume`: no more items are taken then.
///
/// # Panics
/// If a worker panics.
pub fn in_order<I: Send, T: Send, E>(
    items: impl Iterator<Item = I>,
    workers: usize,
    work: impl Fn(usize, I) -> T + Sync,
    consume: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let workers = items
        .size_hint()
        .1
        .map_or(workers, |most| workers.min(most));
    let (jobs, queue) = channel();
    let queue = Mutex::new(queue);
    thread::scope(|scope| {
        let (queue, work) = (&queue, &work);
        for worker in 0..workers {
            scope.spawn(move || serve(queue, |item| work(worker, item)));
        }
        hand_over(items, jobs, AHEAD * workers, consume)
    })
}

/// Works on what comes in the queue until its other end is dropped.
fn serve<I, T>(queue: &Mutex<Receiver<Job<I, T>>>, work: impl Fn(I) -> T) {
    let next = || queue.lock().ok()?.recv().ok();
    while let Some((item, result)) = next() {
        // Nobody waits any more after an error.
        let _ = result.send(work(item));
    }
}

fn hand_over<I, T, E>(
    items: impl Iterator<Item = I>,
    jobs: Sender<Job<I, T>>,
    most: usize,
    mut consume: impl FnMut(T) -> Result<(), E>,
) -> Result<(), E> {
    let mut items = items.fuse();
    let mut pending = VecDeque::with_capacity(most);
    loop {
        while pending.len() < most
            && let Some(item) = items.next()
        {
            let (result, waiting) = sync_channel(1);
            // The queue outlives the threads that serve it.
            let _ = jobs.send((item, result));
            pending.push_back(waiting);
        }
        // Without a result its worker has panicked, which the scope of the threads passes on.
        let Some(Ok(result)) = pending.pop_front().map(|waiting| waiting.recv()) else {
            return Ok(());
        };
        consume(result)?;
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items_and_few_are_held() {
        let (taken, mut consumed) = (AtomicUsize::new(0), 0);
        let items = (0..500_usize).inspect(|_| {
            taken.fetch_add(1, Ordering::Relaxed);
        });
        let work = |worker: usize, item: usize| {
            assert!(worker < 3);
            if item.is_multiple_of(7) {
                thread::yield_now();
            }
            item * item
        };
        let Ok(()) = in_order::<_, _, Infallible>(items, 3, work, |result| {
            assert_eq!(result, consumed * consumed);
            consumed += 1;
            let held = taken.load(Ordering::Relaxed) - consumed;
            assert!(held < AHEAD * 3, "{held} are held");
            Ok(())
        });
        assert_eq!(consumed, 500);
    }

    #[test]
    fn nothing_is_taken_after_an_error() {
        let mut seen = 0;
        let result = in_order(
            0..,
            2,
            |_, item: u64| item,
            |item| {
                seen += 1;
                if item == 5 { Err("enough") } else { Ok(()) }
            },
        );
        assert_eq!(result, Err("enough"));
        assert_eq!(seen, 6);
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_is_passed_on() {
        let work = |_, item: u32| assert!(item != 3, "on purpose");
        let Ok(()) = in_order::<_, _, Infallible>(0..100, 2, work, |()| Ok(()));
    }
}
