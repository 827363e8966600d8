//! Group commit: callers hand in one item each and wait; whatever is ready goes through one store call.
//!
//! A batch is whatever is ready now, never a wait, so a lone caller pays one commit and a thousand share one. Callers are
//! answered only after the commit. The queue is bounded: a full one is refused at once, which intake turns into a 503.

use crate::runtime::Spawner;
use futures::future::BoxFuture;
use std::sync::Arc;
use tokio::sync::{mpsc, oneshot};

/// The work on one batch: answers in the order of the items.
pub type Run<I, O> = Arc<dyn Fn(Vec<I>) -> BoxFuture<'static, Vec<O>> + Send + Sync>;

struct Entry<I, O> {
    item: I,
    answer: oneshot::Sender<O>,
}

/// Hands items to a batching loop. Cheap to clone.
pub struct Group<I, O> {
    queue: mpsc::Sender<Entry<I, O>>,
}

impl<I, O> Clone for Group<I, O> {
    fn clone(&self) -> Self {
        Self { queue: self.queue.clone() }
    }
}

/// Why an item was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The queue is full: the store is slower than the callers.
    #[error("too much is waiting to be stored")]
    Full,
    /// The loop has ended, or its batch failed without an answer.
    #[error("the hub is stopping")]
    Stopped,
}

impl<I: Send + 'static, O: Send + 'static> Group<I, O> {
    /// Starts a loop that runs up to `parallel` batches of at most `batch_max` items.
    pub fn start(spawner: &Spawner, queue_max: usize, batch_max: usize, parallel: usize, run: Run<I, O>) -> Self {
        let (queue, mut inbox) = mpsc::channel::<Entry<I, O>>(queue_max);
        let batches = spawner.clone();
        spawner.run(async move {
            let places = Arc::new(tokio::sync::Semaphore::new(parallel));
            loop {
                // A place first, then the drain: what arrives while all places are taken joins the next batch.
                let Ok(place) = places.clone().acquire_owned().await else { return };
                let mut batch = Vec::new();
                if inbox.recv_many(&mut batch, batch_max).await == 0 {
                    return;
                }
                let run = run.clone();
                batches.run(async move {
                    let (items, answers): (Vec<_>, Vec<_>) = batch.into_iter().map(|entry| (entry.item, entry.answer)).unzip();
                    let results = run(items).await;
                    drop(place);
                    for (answer, result) in answers.into_iter().zip(results) {
                        // A caller that went away (a client that hung up) needs no answer; its item is stored all the same.
                        let _ = answer.send(result);
                    }
                });
            }
        });
        Self { queue }
    }

    /// Hands in an item and waits for its answer.
    pub async fn submit(&self, item: I) -> Result<O, Refused> {
        let (answer, wait) = oneshot::channel();
        match self.queue.try_send(Entry { item, answer }) {
            Ok(()) => wait.await.map_err(|_| Refused::Stopped),
            Err(mpsc::error::TrySendError::Full(_)) => Err(Refused::Full),
            Err(mpsc::error::TrySendError::Closed(_)) => Err(Refused::Stopped),
        }
    }

    /// Hands in an item, waiting for a place in the queue instead of being refused; for internal callers.
    pub async fn submit_patiently(&self, item: I) -> Result<O, Refused> {
        let (answer, wait) = oneshot::channel();
        self.queue.send(Entry { item, answer }).await.map_err(|_| Refused::Stopped)?;
        wait.await.map_err(|_| Refused::Stopped)
    }
}
