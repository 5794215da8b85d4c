//! The same work for many items, on several threads, with the results in the order of the items.
//!
//! In: items with their weights, how many threads may work, what to do. Out: what doing it with one thread would give:
//! who did which item, and when, cannot be seen in the results.
//!
//! ```text
//! map(threads, &bodies, |body| body.len(), Worker::new, |worker, body| worker.check(body))   ⇒   one result a body
//! ```

use std::sync::atomic::{AtomicUsize, Ordering};

/// Stages recurse over the program's nesting, which the parser limits: deep, but not deeper than this.
pub const STACK: usize = 256 << 20;

/// Work of less weight is not worth a thread of its own. The weight of an expression is 1: so many are checked in about a
/// hundred times the time that it takes to start a thread.
const WORTH_A_THREAD: usize = 4_000;

/// Does `work` for each item. Each thread has a worker of its own, for what it wants to keep from item to item. A panic goes
/// on in the caller.
pub fn map<I: Sync, W, R: Send>(
    threads: usize,
    items: &[I],
    weight: impl Fn(&I) -> usize,
    worker: impl Fn() -> W + Sync,
    work: impl Fn(&mut W, &I) -> R + Sync,
) -> Vec<R> {
    let threads = match threads {
        0 | 1 => 1,
        threads => threads.min(items.iter().map(weight).sum::<usize>() / WORTH_A_THREAD),
    };
    if threads <= 1 {
        let mut worker = worker();
        return items.iter().map(|item| work(&mut worker, item)).collect();
    }
    let next = AtomicUsize::new(0);
    let share = || {
        let mut worker = worker();
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(item) = items.get(at) else { return done };
            done.push((at, work(&mut worker, item)));
        }
    };
    let mut done = std::thread::scope(|scope| {
        let start = |_| std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, share);
        // Where the system has no more threads for us, those that there are do everything.
        let others: Vec<_> = (1..threads).map(start).filter_map(Result::ok).collect();
        let mut done = share();
        for other in others {
            done.append(&mut other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|&(at, _)| at);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_stand_in_the_order_of_the_items() {
        let items: Vec<usize> = (0..1000).collect();
        let squares = |threads| map(threads, &items, |_| 1_000, || (), |_, item| item * item);
        assert_eq!(squares(1), squares(8));
        assert_eq!(squares(8)[31], 961);
    }

    #[test]
    fn little_work_stays_in_its_thread() {
        let here = std::thread::current().id();
        let ids = map(8, &[1, 2, 3], |_| 10, || (), |_, _| std::thread::current().id());
        assert!(ids.iter().all(|id| *id == here));
    }

    #[test]
    #[should_panic(expected = "the third")]
    fn a_panic_goes_on() {
        map(
            4,
            &[1, 2, 3, 4],
            |_| 10_000,
            || (),
            |_, item| {
                if *item == 3 {
                    panic!("the third")
                }
            },
        );
    }
}
