//! Work that is due later by the mocks' clock: decisions of the OA and late executions.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Mutex};

use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::instant::Micros;
use crate::world::{World, lock};

pub(crate) type Action = Box<dyn FnOnce(&Arc<World>) + Send>;

#[derive(Default)]
pub(crate) struct Scheduler {
    waiting: Mutex<Waiting>,
    changed: Notify,
}

#[derive(Default)]
struct Waiting {
    heap: BinaryHeap<Reverse<Entry>>,
    next: u64,
}

struct Entry {
    due: Micros,
    number: u64,
    action: Action,
}

impl Scheduler {
    pub(crate) fn at(&self, due: Micros, action: Action) {
        let mut waiting = lock(&self.waiting);
        let number = waiting.next;
        waiting.next += 1;
        waiting.heap.push(Reverse(Entry { due, number, action }));
        drop(waiting);
        self.changed.notify_one();
    }

    /// Forgets everything: what was due belongs to the world before a reset.
    pub(crate) fn clear(&self) {
        lock(&self.waiting).heap.clear();
    }

    fn take_due(&self, now: Micros) -> Result<Action, Option<Micros>> {
        let mut waiting = lock(&self.waiting);
        match waiting.heap.peek() {
            Some(Reverse(entry)) if entry.due <= now => match waiting.heap.pop() {
                Some(Reverse(entry)) => Ok(entry.action),
                None => Err(None),
            },
            Some(Reverse(entry)) => Err(Some(entry.due)),
            None => Err(None),
        }
    }
}

pub(crate) async fn run(world: Arc<World>, stop: CancellationToken) {
    loop {
        match world.scheduler.take_due(world.clock.now()) {
            Ok(action) => action(&world),
            Err(due) => {
                let due_reached = async {
                    match due {
                        Some(due) => world.clock.wait_towards(due).await,
                        None => std::future::pending().await,
                    }
                };
                tokio::select! {
                    () = due_reached => {}
                    () = world.scheduler.changed.notified() => {}
                    () = stop.cancelled() => return,
                }
            }
        }
    }
}

impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Entry {}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Entry {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.number).cmp(&(other.due, other.number))
    }
}
