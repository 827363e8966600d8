//! Reconciliation through the sealed store. A page of it knows differences by their object alone, and what holds a run up is
//! about no document in particular, so both are sealed as soon as their tenant has a type that is.

use super::content::reconciliation_problem;
use super::{Sealed, marks};
use crate::domain::ids::{DocumentId, ReconciliationId, TenantId};
use crate::store::*;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::Timestamp;

impl Reconciliations for Sealed {
    /// A run that is planned has found nothing yet.
    fn plan_reconciliations<'a>(&'a self, rows: &'a [ReconciliationRow]) -> BoxFuture<'a, Result<Vec<bool>>> {
        self.inner.plan_reconciliations(rows)
    }

    fn last_fires<'a>(&'a self, schedules: &'a [ScheduleKey]) -> BoxFuture<'a, Result<Vec<(ScheduleKey, Timestamp)>>> {
        self.inner.last_fires(schedules)
    }

    fn note_fires<'a>(&'a self, fires: &'a [(ScheduleKey, Timestamp)], now: Timestamp) -> BoxFuture<'a, Result<()>> {
        self.inner.note_fires(fires, now)
    }

    fn claim_reconciliations<'a>(&'a self, lease: &'a Lease, now: Timestamp, limit: u32) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        async move { self.opened(self.inner.claim_reconciliations(lease, now, limit).await?).await }.boxed()
    }

    fn reconcilable<'a>(&'a self, tenant: TenantId, connection: &'a str, wanted: &'a Wanted) -> BoxFuture<'a, Result<Reconcilable>> {
        async move { self.opened(self.inner.reconcilable(tenant, connection, wanted).await?).await }.boxed()
    }

    fn record_reconciliation<'a>(&'a self, step: &'a ReconciliationStep) -> BoxFuture<'a, Result<Fenced>> {
        async move {
            let marks = self.marks().await?;
            let mut kept = step.clone();
            self.cabinet.put(&mut kept, marks::any(&marks, step.run.tenant))?;
            self.inner.record_reconciliation(&kept).await
        }
        .boxed()
    }

    fn cancel_reconciliation<'a>(
        &'a self,
        tenant: TenantId,
        id: ReconciliationId,
        words: &'a str,
        now: Timestamp,
    ) -> BoxFuture<'a, Result<bool>> {
        async move {
            let marks = self.marks().await?;
            let (seals, mut kept) = (marks::any(&marks, tenant), Some(words.to_owned()));
            reconciliation_problem(tenant, id, &mut kept, &mut |place, text| self.cabinet.put_text(place, text, seals))?;
            self.inner.cancel_reconciliation(tenant, id, kept.as_deref().unwrap_or_default(), now).await
        }
        .boxed()
    }

    fn say_of_drifts<'a>(&'a self, words: &'a [DriftWord]) -> BoxFuture<'a, Result<Vec<bool>>> {
        self.inner.say_of_drifts(words)
    }

    fn reconciliations<'a>(&'a self, filter: &'a ReconciliationFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<ReconciliationRow>>> {
        async move { self.opened(self.inner.reconciliations(filter, page).await?).await }.boxed()
    }

    fn drifts<'a>(&'a self, filter: &'a DriftFilter, page: &'a Page) -> BoxFuture<'a, Result<Vec<DriftRow>>> {
        async move { self.opened(self.inner.drifts(filter, page).await?).await }.boxed()
    }

    fn drift_groups<'a>(&'a self, filter: &'a DriftFilter) -> BoxFuture<'a, Result<Vec<DriftGroup>>> {
        self.inner.drift_groups(filter)
    }

    fn link_standings<'a>(&'a self, tenant: TenantId, document: DocumentId) -> BoxFuture<'a, Result<Vec<LinkStanding>>> {
        self.inner.link_standings(tenant, document)
    }
}
