//! Fires due timers. A timer is a row; the engine deletes it in the commit that acts on it, so it fires once.

use crate::app::engine::input::{Input, Verdict};
use crate::app::group::Group;
use crate::runtime::Clock;
use crate::runtime::metrics::list::TIMERS_FIRED;
use crate::store::Store;
use futures::future::join_all;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Timers looked at in one turn.
const BATCH: u32 = 500;

/// Looks for due timers until stopped.
pub async fn run(store: Arc<dyn Store>, engine: Group<Input, Verdict>, clock: Arc<dyn Clock>, poll: Duration, stop: CancellationToken) {
    let mut failures = 0_u32;
    while !stop.is_cancelled() {
        match store.due_timers(clock.now(), BATCH).await {
            Ok(due) => {
                failures = 0;
                let full = due.len() >= BATCH as usize;
                let fired = join_all(due.into_iter().map(|timer| engine.submit_patiently(Input::Timer(timer)))).await;
                // One that another replica was faster with is that one's.
                TIMERS_FIRED.add(fired.iter().filter(|verdict| matches!(verdict, Ok(Verdict::Done))).count() as u64, []);
                if full {
                    continue;
                }
            }
            Err(error) => {
                failures += 1;
                if failures == 1 || failures.is_multiple_of(60) {
                    tracing::warn!("due timers cannot be read now: {error}");
                }
            }
        }
        tokio::select! {
            biased;
            () = stop.cancelled() => {}
            () = clock.wait(poll) => {}
        }
    }
}
