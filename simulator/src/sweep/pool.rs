//! Threads that share a sequence of tasks, with an outcome that does not depend on their number.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

/// The tasks of threads, and when they end.
pub struct Pool<'a, T> {
    /// Number of tasks, which are numbered from 0.
    pub tasks: u64,
    /// Number of threads.
    pub jobs: NonZeroUsize,
    /// Whether a task's result makes later tasks unnecessary.
    pub is_last: &'a (dyn Fn(&T) -> bool + Sync),
    /// Whether the threads are to stop.
    pub is_interrupted: &'a (dyn Fn() -> bool + Sync),
}

/// Runs the tasks on threads, each with its own worker, and returns the results in the order of the
/// tasks. A worker that is interrupted in a task returns `None`.
///
/// After the first task (the one with the lowest number) whose result is the last one there are no
/// results, whatever was done there. If interrupted, there may be gaps.
pub fn on_threads<T: Send, W: FnMut(u64) -> Option<T>>(
    pool: &Pool<'_, T>,
    worker: impl Fn() -> W + Sync,
) -> Vec<T> {
    let next = AtomicU64::new(0);
    // Tasks from here on are unnecessary.
    let end = AtomicU64::new(pool.tasks);
    let work = || {
        let mut results: Vec<(u64, T)> = Vec::new();
        let mut worker = worker();
        while !(pool.is_interrupted)() {
            let task = next.fetch_add(1, Ordering::Relaxed);
            if task >= end.load(Ordering::Relaxed) {
                break;
            }
            let Some(result) = worker(task) else { break };
            if (pool.is_last)(&result) {
                end.fetch_min(task + 1, Ordering::Relaxed);
            }
            results.push((task, result));
        }
        results
    };
    let threads = u64::try_from(pool.jobs.get()).unwrap_or(u64::MAX).min(pool.tasks);
    #[expect(clippy::disallowed_methods, reason = "each simulation still lives on one thread")]
    let mut results: Vec<(u64, T)> = thread::scope(|scope| {
        // The system may refuse threads (`ulimit -u`): the existing ones then do all tasks.
        let start = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
        let threads: Vec<_> = (0..threads).map_while(start).collect();
        if threads.is_empty() {
            return work();
        }
        let joined = threads.into_iter().map(thread::ScopedJoinHandle::join);
        joined
            .flat_map(|joined| joined.unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let end = end.into_inner();
    results.retain(|(task, _)| *task < end);
    results.sort_unstable_by_key(|(task, _)| *task);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(tasks: u64, jobs: usize, is_last: &(dyn Fn(&u64) -> bool + Sync)) -> Vec<u64> {
        let jobs = NonZeroUsize::new(jobs).unwrap();
        on_threads(&Pool { tasks, jobs, is_last, is_interrupted: &|| false }, || |task| Some(task))
    }

    #[test]
    fn results_are_in_order_and_end_at_the_first_last_one() {
        for jobs in [1, 2, 7] {
            assert!(results(100, jobs, &|_| false).into_iter().eq(0..100));
            assert!(results(100, jobs, &|task| *task % 10 == 7).into_iter().eq(0..=7));
            assert!(results(0, jobs, &|_| false).is_empty());
        }
    }

    #[test]
    fn tasks_before_the_last_one_are_done_although_it_was_done_first() {
        // The other thread finds its last one while the first thread is still at work.
        let found = std::sync::Barrier::new(2);
        let pool = Pool {
            tasks: 1000,
            jobs: NonZeroUsize::new(2).unwrap(),
            is_last: &|task: &u64| *task > 0,
            is_interrupted: &|| false,
        };
        let worker = || {
            |task| {
                if task < 2 {
                    found.wait();
                }
                Some(task)
            }
        };
        assert_eq!(on_threads(&pool, worker), [0, 1]);
    }

    #[test]
    fn an_interrupted_worker_leaves_what_there_is() {
        let pool = Pool {
            tasks: 10,
            jobs: NonZeroUsize::MIN,
            is_last: &|_: &u64| false,
            is_interrupted: &|| false,
        };
        let results = on_threads(&pool, || |task| (task < 3).then_some(task));
        assert_eq!(results, [0, 1, 2]);
    }
}
