//! Dry runs: the engine's own decision on what is stored now, thrown away; with what its calls would meet at the partners.

use super::{Preview, PreviewCall};
use crate::app::commands::CommandError;
use crate::app::engine::batch::{Circumstances, decide_batch};
use crate::app::engine::definitions::Live;
use crate::app::engine::input::{Input, MendInput, Verdict};
use crate::app::reading::Payloads;
use crate::domain::connector::{Begun, Class};
use crate::domain::delivery::{Delivery, Guarantee};
use crate::domain::document::mask_leaves;
use crate::domain::flow::effect::{Purpose, Work};
use crate::domain::ids::{EffectId, InstanceId, TenantId};
use crate::domain::value::Value;
use crate::gateway::{Call, CallPurpose, Gateway};
use crate::store::{DocumentView, EffectRow, ExceptionFilter, Lease, Loaded, Onward, Page, Store};
use futures::future::join_all;
use jiff::Timestamp;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How far a dry run looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Look {
    /// Whether inputs are shown.
    pub payloads: Payloads,
    /// Whether partners are asked for the objects.
    pub ask_partners: bool,
}

/// A partner that is asked during a dry run has this long.
const ASK_WITHIN: Duration = Duration::from_secs(10);
/// Calls a dry run asks partners about.
const ASKED_MAX: usize = 20;

pub(super) struct Previewer<'a> {
    pub store: &'a dyn Store,
    pub live: &'a Live,
    pub gateway: &'a Gateway,
    pub now: Timestamp,
}

impl Previewer<'_> {
    pub async fn preview(&self, tenant: TenantId, instance: InstanceId, mend: MendInput, look: Look) -> Result<Preview, CommandError> {
        let away = CommandError::Unavailable;
        let row = self.store.instance(tenant, instance).await.map_err(away)?.ok_or(CommandError::NotFound)?;
        let view = self.store.document(tenant, row.document).await.map_err(away)?.ok_or(CommandError::NotFound)?;
        let effects = self.store.effects(tenant, instance, Onward::all()).await.map_err(away)?;
        for hash in std::iter::once(&row.version).chain(&mend.version) {
            self.live.version_or_load(self.store, tenant, hash).await.map_err(|error| CommandError::Invalid(error.to_string()))?;
        }
        let loaded = self.loaded(tenant, &row, &view).await?;
        let circumstances = Circumstances {
            definitions: self.live.now(),
            delegations: Arc::default(),
            now: self.now,
            lease: Lease { owner: "dry run".to_owned(), until: self.now },
            room: HashMap::new(),
            publishes: false,
            traced: false,
        };
        let batch = decide_batch(&[Input::Mend(Arc::new(mend))], loaded, &circumstances);
        let refused = batch.verdicts.iter().find_map(|verdict| match verdict {
            Verdict::Refused(why) | Verdict::Failed(why) | Verdict::Unloadable(why) => Some(why.clone()),
            _ => None,
        });
        let writes = batch.writes;
        let after = writes.instances_changed.iter().chain(&writes.instances_new).find(|after| after.id == instance).unwrap_or(&row);
        let ignored = || super::preview::ignored(&writes.history);
        let planned = writes.effects.iter().map(|new| (&new.effect, false));
        let again = effects.iter().filter(|effect| writes.effects_requeued.contains(&effect.id)).map(|effect| (effect, true));
        let chosen: Vec<(&EffectRow, bool)> = planned.chain(again).collect();
        let document_status =
            writes.documents_changed.iter().find(|changed| changed.id == row.document).map(|changed| changed.status.clone());
        Ok(Preview {
            refused: refused.or_else(ignored),
            status: after.status.clone(),
            at_step: after.at_step.clone(),
            document_status: document_status.filter(|status| *status != view.document.status),
            calls: self.calls(tenant, &view, &chosen, look).await,
            changes: Vec::new(),
        })
    }

    /// What a batch of this one input would load.
    async fn loaded(&self, tenant: TenantId, row: &crate::store::InstanceRow, view: &DocumentView) -> Result<Loaded, CommandError> {
        let away = CommandError::Unavailable;
        let mut revisions = Vec::new();
        for number in [row.revision, view.document.revision] {
            if revisions.iter().all(|known: &crate::store::RevisionRow| known.number != number) {
                revisions.extend(self.store.revision(tenant, row.document, number).await.map_err(away)?);
            }
        }
        let filter = ExceptionFilter { tenant, state: Some("open".to_owned()), cause: None, instance: Some(row.id), id: None };
        let exceptions = self.store.exceptions(&filter, &Page { limit: 500, after: None }).await.map_err(away)?;
        Ok(Loaded {
            instances: vec![row.clone()],
            documents: vec![view.document.clone()],
            revisions,
            links: view.links.clone(),
            exceptions,
            ..Loaded::default()
        })
    }

    async fn calls(&self, tenant: TenantId, view: &DocumentView, chosen: &[(&EffectRow, bool)], look: Look) -> Vec<PreviewCall> {
        let calls = chosen.iter().enumerate().map(|(place, (effect, again))| {
            let asked = look.ask_partners && place < ASKED_MAX;
            self.call(tenant, view, effect, *again, Look { ask_partners: asked, ..look })
        });
        join_all(calls).await
    }

    async fn call(&self, tenant: TenantId, view: &DocumentView, effect: &EffectRow, again: bool, look: Look) -> PreviewCall {
        let work = serde_json::from_str(&effect.work);
        let Ok(Work::Call { connection, operation, input, reference, purpose }) = work else {
            return PreviewCall { purpose: "notice".to_owned(), ..blank(effect, again) };
        };
        let version = self.live.version_or_load(self.store, tenant, &effect.version).await.ok();
        let target = version.and_then(|version| version.target(&connection, &operation));
        let guarantee = target.as_ref().map(crate::domain::connector::Target::guarantee);
        let linked = view.links.iter().filter(|link| link.connection == connection && !link.closed && effect.document == link.document);
        let looks_up = matches!(guarantee, Some(Guarantee::LookUp { .. }));
        let held = match &target {
            Some(target) if look.ask_partners && looks_up => self.held(tenant, target, effect, &input, &reference).await,
            _ => "not_asked",
        };
        PreviewCall {
            operation: Some(operation),
            purpose: match purpose {
                Purpose::Forward => "forward",
                Purpose::Reverse => "reverse",
                Purpose::Inquiry => "inquiry",
                Purpose::Notice => "notice",
            }
            .to_owned(),
            reference: Some(reference),
            guarantee: word(guarantee.as_ref()).to_owned(),
            may_duplicate: guarantee.as_ref().is_none_or(|guarantee| *guarantee == Guarantee::None),
            linked: linked.map(|link| link.external_id.clone()).collect(),
            held: held.to_owned(),
            input: (look.payloads != Payloads::Hidden).then(|| self.shown(view, input)),
            connection,
            ..blank(effect, again)
        }
    }

    /// What would be sent; of a document with sensitive fields only its shape.
    fn shown(&self, view: &DocumentView, mut input: serde_json::Value) -> serde_json::Value {
        let definitions = self.live.now();
        let known = definitions.catalog().documents.get(view.document.kind.as_str());
        if known.is_none_or(|known| !known.sensitive.is_empty()) {
            mask_leaves(&mut input);
        }
        input
    }

    /// Asks the partner by our reference. A dry run records no attempt: it is no attempt at anything.
    async fn held(
        &self,
        tenant: TenantId,
        target: &crate::domain::connector::Target,
        effect: &EffectRow,
        input: &serde_json::Value,
        reference: &str,
    ) -> &'static str {
        let delivery: Delivery = serde_json::from_str(&effect.delivery).unwrap_or_default();
        let call = Call {
            tenant,
            connection: effect.connection.clone(),
            operation: target.operation().name.to_string(),
            purpose: CallPurpose::LookUp,
            input: Value::from_json(input),
            output: Value::Unset,
            reference: reference.to_owned(),
            idempotency_key: effect.id.to_string(),
            attempt: 0,
            first_sent_at: Some(delivery.first_sent_at.unwrap_or(effect.created_at)),
            due_since: None,
            deadline: self.gateway.deadline(ASK_WITHIN),
            secrets: Vec::new(),
        };
        let begun = Begun { items: delivery.items, ..Begun::default() };
        let performed = self.gateway.perform_from(target, call, begun).await;
        match performed.class {
            Class::Ok => "yes",
            // Neither, where some of its items are there and others are not.
            Class::NotFound if performed.begun.items.as_ref().is_some_and(|items| !items.done.is_empty()) => "unknown",
            Class::NotFound => "no",
            _ => "unknown",
        }
    }
}

fn blank(effect: &EffectRow, again: bool) -> PreviewCall {
    let EffectId(key) = effect.id;
    PreviewCall {
        connection: effect.connection.clone(),
        operation: None,
        step: effect.step.clone(),
        purpose: String::new(),
        key,
        reference: None,
        key_used_before: again && effect.attempt > 0,
        guarantee: "none".to_owned(),
        may_duplicate: true,
        linked: Vec::new(),
        held: "not_asked".to_owned(),
        input: None,
    }
}

fn word(guarantee: Option<&Guarantee>) -> &'static str {
    match guarantee {
        Some(Guarantee::Read) => "read",
        Some(Guarantee::Key) => "key",
        Some(Guarantee::Nature) => "nature",
        Some(Guarantee::LookUp { .. }) => "look_up",
        Some(Guarantee::None) | None => "none",
    }
}

/// Why a command meant nothing to the instance, when it did not.
pub(super) fn ignored(history: &[crate::store::HistoryRow]) -> Option<String> {
    let entries = history.iter().filter_map(|row| serde_json::from_str::<Vec<serde_json::Value>>(&row.entries).ok()).flatten();
    let ignored = entries.into_iter().find(|entry| entry.get("kind").and_then(serde_json::Value::as_str) == Some("ignored"))?;
    Some(ignored.pointer("/detail/why").and_then(serde_json::Value::as_str).unwrap_or("it means nothing here").to_owned())
}
