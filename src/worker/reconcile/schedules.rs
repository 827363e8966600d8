//! Fires schedules: once across all processes, whichever notices first.

use super::Reconciler;
use crate::app::reconcile::plan::{due, scheduled};
use crate::runtime::metrics::list::RECONCILIATIONS;
use crate::store::ScheduleKey;
use jiff::Timestamp;
use std::collections::HashMap;

/// The fires this process knows of, so that it asks the store only about new ones.
#[derive(Default)]
pub(super) struct Fires(HashMap<ScheduleKey, Timestamp>);

impl Reconciler {
    /// Plans what is due. A schedule that is new begins to count now; a fire that nobody was there for is made up for once.
    pub(super) async fn fire(&self, known: &mut Fires) {
        let now = self.clock.now();
        let definitions = self.live.now();
        let all = due(&definitions, now);
        // An alert watches the increase: of a series that begins with the first failure there is none.
        for connection in all.iter().filter_map(|(key, _)| key.schedule.strip_prefix("reconcile/")) {
            RECONCILIATIONS.add(0, [connection, "failed"]);
        }
        known.0.retain(|key, _| all.iter().any(|(one, _)| one == key));
        let news: Vec<(ScheduleKey, Timestamp)> =
            all.into_iter().filter(|(key, at)| known.0.get(key).is_none_or(|last| last < at)).collect();
        if news.is_empty() {
            return;
        }
        if let Err(error) = self.plan(&definitions, &news, now).await {
            return tracing::warn!("schedules cannot be fired now: {error}");
        }
        known.0.extend(news);
    }

    async fn plan(
        &self,
        definitions: &crate::app::engine::definitions::Definitions,
        news: &[(ScheduleKey, Timestamp)],
        now: Timestamp,
    ) -> crate::store::Result<()> {
        let keys: Vec<ScheduleKey> = news.iter().map(|(key, _)| key.clone()).collect();
        let last = self.store.last_fires(&keys).await?;
        let fired = |key: &ScheduleKey| last.iter().find(|(one, _)| one == key).map(|(_, at)| *at);
        let first: Vec<(ScheduleKey, Timestamp)> = news.iter().filter(|(key, _)| fired(key).is_none()).cloned().collect();
        if !first.is_empty() {
            self.store.note_fires(&first, now).await?;
        }
        let wishes = news.iter().filter(|(key, at)| fired(key).is_some_and(|last| last < *at));
        let rows: Vec<_> = wishes.filter_map(|(key, at)| Some(scheduled(definitions, key, *at)?.row(now))).collect();
        if !rows.is_empty() {
            self.store.plan_reconciliations(&rows).await?;
        }
        Ok(())
    }
}
