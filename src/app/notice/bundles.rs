//! What waited for somebody goes out: fixed as a bundle, handed to the instance of its first notice, forgotten.
//!
//! Whichever step a process dies after, the next look goes on from there: the instance knows which bundles it has sent. Any
//! replica may look; two that look at once fix two bundles at worst, never one notice twice.

use crate::app::engine::input::{Input, PeopleInput, Verdict};
use crate::app::group::Group;
use crate::domain::flow::event::{Bundle, BundleItem, Event};
use crate::domain::ids::TenantId;
use crate::runtime::{Clock, IdMaker};
use crate::store::{self, Store, WaitingRow};
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How often it is looked: a digest of nine o'clock may be some seconds late.
const EVERY: Duration = Duration::from_secs(5);
/// Notices one look takes.
const NOTICES_MAX: u32 = 2_000;

/// Sends what has waited.
pub struct Bundles {
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// The engine.
    pub engine: Group<Input, Verdict>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Ids of bundles.
    pub ids: IdMaker,
}

impl Bundles {
    /// Looks again and again until it is told to stop.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            if let Err(error) = self.round().await {
                tracing::warn!(error = %error, "notices that wait cannot be looked for now");
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.clock.wait(EVERY) => {}
            }
        }
    }

    /// One look: what is due becomes bundles, and every bundle goes to its instance.
    ///
    /// # Errors
    /// When the store cannot be used; the next look goes on.
    pub async fn round(&self) -> Result<(), store::Error> {
        let (tenant, desk, now) = (TenantId::DEFAULT, self.store.desk(), self.clock.now());
        for (person, channel) in desk.notices_due(tenant, now).await? {
            desk.bundle_notices(tenant, (person.as_str(), channel.as_str()), self.ids.next(), now).await?;
        }
        let rows = desk.bundled_notices(tenant, NOTICES_MAX).await?;
        // A bundle that the limit cut is left to the next look, unless it is alone larger than the limit.
        let cut = (rows.len() == NOTICES_MAX as usize).then(|| rows.last().and_then(|row| row.bundle)).flatten();
        let first = rows.first().and_then(|row| row.bundle);
        for rows in rows.chunk_by(|one, next| one.bundle == next.bundle) {
            let Some(id) = rows.first().and_then(|row| row.bundle) else { continue };
            if Some(id) == cut && Some(id) != first {
                continue;
            }
            if self.hand_over(id, rows).await? {
                desk.drop_bundle(tenant, id).await?;
            }
        }
        Ok(())
    }

    /// Hands a bundle to the instance of its first notice that somebody still needs; false when that cannot be done now.
    async fn hand_over(&self, id: Uuid, rows: &[WaitingRow]) -> Result<bool, store::Error> {
        let mut needed: Vec<&WaitingRow> = Vec::new();
        for row in rows {
            let over = match row.task {
                Some(task) => self.store.desk().task(row.tenant, task).await?.is_some_and(|task| task.ended.is_some()),
                None => false,
            };
            if !over {
                needed.push(row);
            }
        }
        let Some(first) = needed.first() else { return Ok(true) };
        let item = |row: &&WaitingRow| BundleItem {
            event: row.event.clone(),
            subject: row.subject.clone(),
            text: row.text.clone(),
            url: row.url.clone(),
        };
        let bundle = Bundle {
            id,
            person: first.person.clone(),
            channel: first.channel.clone(),
            step: first.step.clone(),
            visit: first.visit,
            items: needed.iter().map(item).collect(),
        };
        let input = PeopleInput { tenant: first.tenant, instance: first.instance, event: Event::Bundle(bundle), message: None };
        match self.engine.submit_patiently(Input::People(Arc::new(input))).await {
            Ok(Verdict::Done) => Ok(true),
            Ok(Verdict::Refused(why)) => {
                tracing::error!(instance.id = %first.instance, "notices of instance {} are lost with it: {why}", first.instance);
                Ok(true)
            }
            Ok(_) | Err(_) => {
                tracing::warn!(instance.id = %first.instance, "notices of instance {} cannot be sent now", first.instance);
                Ok(false)
            }
        }
    }
}
