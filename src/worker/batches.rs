//! Works on batches: claims what their rates allow, performs it, records what became of it.
//!
//! Any replica works on any batch. A replica that dies leaves its items under a lease; they come again, and their actions find
//! what they did.

use crate::app::desk::Batching;
use crate::runtime::Clock;
use crate::store::desk::ClaimedItems;
use crate::store::{Lease, Store};
use futures::FutureExt;
use futures::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Works on batches.
pub struct Batches {
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Performs items.
    pub batching: Arc<Batching>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// This process, unique per start.
    pub owner: String,
    /// How long a claim holds.
    pub lease: Duration,
    /// Pause when nothing is due.
    pub poll: Duration,
}

/// Items claimed at once; their actions share engine batches.
const ITEMS_MAX: u32 = 64;

impl Batches {
    /// Works until told to stop; what is claimed then is finished.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        while !stop.is_cancelled() {
            let now = self.clock.now();
            let until = jiff::SignedDuration::try_from(self.lease).ok().and_then(|lease| now.checked_add(lease).ok()).unwrap_or(now);
            let lease = Lease { owner: self.owner.clone(), until };
            match self.store.desk().claim_items(&lease, now, ITEMS_MAX).await {
                Ok(Some(claimed)) => {
                    self.work(claimed).await;
                    continue;
                }
                Ok(None) => {}
                Err(error) => tracing::warn!("batches cannot be read now: {error}"),
            }
            tokio::select! {
                () = self.clock.wait(self.poll) => {}
                () = stop.cancelled() => {}
            }
        }
    }

    async fn work(&self, claimed: ClaimedItems) {
        let ClaimedItems { batch, items } = claimed;
        let mut performing = Vec::with_capacity(items.len());
        for item in &items {
            performing.push(self.batching.perform(&batch, item, self.clock.now()).boxed());
        }
        let outcomes = join_all(performing).await;
        if let Err(error) = self.store.desk().record_items(&outcomes, &self.owner, self.clock.now()).await {
            tracing::warn!(batch.id = %batch.id, "outcomes of batch {} cannot be stored now, its items come again: {error}", batch.id);
        }
    }
}
