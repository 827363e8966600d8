//! One by one: open documents, those of the window that no list showed, and those that differed before.

use super::list::requests;
use super::{Halted, Reconciler, Trouble, TroubleKind, Work, compare};
use crate::app::reconcile::ask::read_call;
use crate::domain::connector::{Class, Reconcile};
use crate::domain::reconcile::{Kind, Object};
use crate::store::{DriftFilter, Page, Scan, Wanted};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Documents looked at in one page.
const DOCUMENTS_AT_ONCE: u32 = 200;
/// Objects read before what they came to is stored.
const READ_AT_ONCE: usize = 50;
/// Objects nobody knew that are read again in one run.
const UNKNOWN_MAX: u32 = 500;
/// A run that failed this often goes on past an object that cannot be read.
const PATIENCE: u32 = 3;

impl Reconciler {
    /// One page; the next entry after the last.
    pub(super) async fn single(&self, work: &mut Work, entry: &Reconcile, halt: &CancellationToken) -> Result<(), Halted> {
        let scan = Scan {
            kind: entry.document.to_string(),
            since: work.run.since,
            until: work.run.until,
            open_only: work.run.open_only,
            unread_since: work.run.started_at.unwrap_or(work.run.requested_at),
            after: work.progress.after,
            limit: DOCUMENTS_AT_ONCE,
        };
        let loaded = self.store.reconcilable(work.run.tenant, &work.run.connection, &Wanted::Next(scan)).await.map_err(away)?;
        let ids: Vec<String> = loaded.links.iter().map(|link| link.external_id.clone()).collect();
        self.objects(work, entry, &ids, halt).await?;
        let Some(after) = loaded.after else {
            let unknown = self.unknown(work, entry).await?;
            self.objects(work, entry, &unknown, halt).await?;
            work.progress = work.progress.next_entry(work.connector.reconcile.len());
            return self.store_page(work, compare::Compared::default()).await;
        };
        work.progress.after = Some(after);
        // A page without links costs a query; that it was looked at need not be stored.
        if ids.is_empty() { Ok(()) } else { self.store_page(work, compare::Compared::default()).await }
    }

    /// Objects nobody knew, which this run's lists did not show: they may be gone, or known by now.
    async fn unknown(&self, work: &Work, entry: &Reconcile) -> Result<Vec<String>, Halted> {
        let filter = DriftFilter {
            kind: Some(Kind::UnknownHere.word().to_owned()),
            connection: Some(work.run.connection.clone()),
            ..DriftFilter::of(work.run.tenant)
        };
        let page = Page { limit: UNKNOWN_MAX, after: None };
        let rows = self.store.drifts(&filter, &page).await.map_err(away)?;
        let left = rows.into_iter().filter(|row| row.state != "resolved" && row.run != Some(work.run.id));
        Ok(left.filter(|row| row.field.as_deref() == Some(&*entry.name)).filter_map(|row| row.external_id).collect())
    }

    /// Reads objects and stores what they came to, a few at a time.
    async fn objects(&self, work: &mut Work, entry: &Reconcile, ids: &[String], halt: &CancellationToken) -> Result<(), Halted> {
        let mut left = ids;
        while !left.is_empty() {
            let asked_at = self.clock.now();
            let objects = self.read(work, entry, &left[..left.len().min(READ_AT_ONCE)], halt).await?;
            left = &left[objects.len()..];
            // What was loaded before the reads is too old to be compared with them.
            let read = Wanted::Objects(objects.iter().map(|(id, _)| id.clone()).collect());
            let fresh = self.store.reconcilable(work.run.tenant, &work.run.connection, &read).await.map_err(away)?;
            let mark = work.mark();
            let compared = self.compare(work, entry, &fresh, &objects, asked_at);
            work.count(&entry.name, None, mark, 0, 0);
            self.store_page(work, compared).await?;
        }
        Ok(())
    }

    /// Reads the first of these, at least one, at most for as long as the lease leaves room.
    async fn read(
        &self,
        work: &mut Work,
        entry: &Reconcile,
        ids: &[String],
        halt: &CancellationToken,
    ) -> Result<Vec<(String, Object)>, Halted> {
        let began = self.clock.monotonic();
        let mut objects: Vec<(String, Object)> = Vec::with_capacity(ids.len());
        for id in ids {
            if halt.is_cancelled() {
                return Err(Halted::Stopped);
            }
            if !objects.is_empty() && self.clock.monotonic().saturating_sub(began) > self.lease / 3 {
                break;
            }
            work.pace.turn().await;
            let object = match self.one(work, entry, id).await {
                Ok(object) => object,
                // The next turn begins with it; whether it is the object or the partner shows then.
                Err(trouble) if trouble.kind == TroubleKind::Away && !objects.is_empty() => break,
                Err(trouble) if trouble.kind == TroubleKind::Away && (!trouble.answered || work.run.failures < PATIENCE) => {
                    return Err(Halted::Trouble(trouble));
                }
                Err(trouble) => Object::Unreadable(trouble.words),
            };
            objects.push((id.clone(), object));
        }
        Ok(objects)
    }

    async fn one(&self, work: &mut Work, entry: &Reconcile, external_id: &str) -> Result<Object, Trouble> {
        let operation = &entry.get.operation;
        let broken = |words: String| Trouble { kind: TroubleKind::Answer, words, retry_after: None, answered: true };
        let target = work.definitions.target(&work.run.connection, operation);
        let target = target.ok_or_else(|| broken(format!("there is no operation `{operation}`")))?;
        let input = entry.get.input(external_id).map_err(|error| broken(error.to_string()))?;
        let within = (self.lease / 3).max(Duration::from_secs(1));
        let began = self.clock.monotonic();
        let performed = self
            .gateway
            .perform(&target, read_call(work.run.tenant, &work.run.connection, operation, input, self.clock.monotonic() + within))
            .await;
        let millis = u64::try_from(self.clock.monotonic().saturating_sub(began).as_millis()).unwrap_or(u64::MAX);
        let mark = work.mark();
        work.count(&entry.name, None, mark, requests(&performed), millis);
        match performed.class {
            Class::Ok => Ok(compare::object(entry, &performed.output)),
            Class::NotFound => Ok(Object::Missing),
            _ => Err(Trouble::of(operation, &performed)),
        }
    }
}

fn away(error: crate::store::Error) -> Halted {
    tracing::warn!("a page of reconciliation cannot be loaded now: {error}");
    Halted::Stopped
}
