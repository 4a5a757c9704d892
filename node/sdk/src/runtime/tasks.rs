//! A single-threaded executor: runs ready tasks in first-in, first-out order.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// A running handler, or a spawned future.
pub(super) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// The tasks of one node.
#[derive(Default)]
pub(super) struct Tasks {
    slots: Vec<Slot>,
    free: Vec<usize>,
    ready: Arc<ReadyQueue>,
}

/// A reusable slot for a task. It outlives the task, so that its waker is allocated once.
struct Slot {
    task: Option<Task>,
    ready: Arc<SlotWaker>,
    waker: Waker,
}

/// Slots to poll, in the order of their wake-ups. A lock, never contended, because a `Waker` must
/// be `Sync`.
#[derive(Default)]
struct ReadyQueue(Mutex<VecDeque<usize>>);

impl ReadyQueue {
    fn push(&self, slot: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push_back(slot);
    }

    fn pop(&self) -> Option<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }
}

struct SlotWaker {
    slot: usize,
    queued: AtomicBool,
    queue: Arc<ReadyQueue>,
}

impl Wake for SlotWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::Relaxed) {
            self.queue.push(self.slot);
        }
    }
}

impl Tasks {
    /// Adds a task, ready to run.
    pub(super) fn spawn(&mut self, task: Task) {
        let index = self.free.pop().unwrap_or_else(|| {
            let slot = self.slots.len();
            let ready = Arc::new(SlotWaker {
                slot,
                queued: AtomicBool::new(false),
                queue: Arc::clone(&self.ready),
            });
            self.slots.push(Slot { task: None, waker: Arc::clone(&ready).into(), ready });
            slot
        });
        let slot = &mut self.slots[index];
        slot.task = Some(task);
        slot.waker.wake_by_ref();
    }

    /// Polls the task that has been ready for longest. False if none is.
    pub(super) fn run_one(&mut self) -> bool {
        let Some(index) = self.ready.pop() else { return false };
        let slot = &mut self.slots[index];
        slot.ready.queued.store(false, Ordering::Relaxed);
        // Empty if a waker outlived its task.
        if let Some(task) = &mut slot.task
            && let Poll::Ready(()) = task.as_mut().poll(&mut Context::from_waker(&slot.waker))
        {
            slot.task = None;
            self.free.push(index);
        }
        true
    }
}
