//! Repairs: the flow's own reaction to a drift, set off through the engine like any other event. There is no other way to
//! write to a partner, so keys, look-ups, lanes and history are those of every effect.

use crate::app::engine::definitions::{FlowVersion, Live};
use crate::app::engine::input::{CommandInput, Input, Verdict};
use crate::app::group::Group;
use crate::domain::approval::Refusal;
use crate::domain::flow::Trigger;
use crate::domain::flow::event::{Command, DriftSeen};
use crate::domain::ids::{InstanceId, TenantId};
use crate::store::{DocumentView, DriftRow, InstanceRow, Store};
use std::sync::Arc;

/// What may be done about a drift, found in the flow of its document.
#[derive(Clone, Debug)]
pub struct Remedy {
    /// The instance whose flow reacts.
    pub instance: InstanceId,
    /// The flow.
    pub flow: String,
    /// What the reaction does, step by step, in words.
    pub steps: Vec<String>,
}

/// Finds remedies and sets them off.
pub struct Repairs {
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Definitions in force.
    pub live: Arc<Live>,
    /// The engine.
    pub engine: Group<Input, Verdict>,
}

/// Why there is no remedy.
#[derive(Debug, thiserror::Error)]
pub enum NoRemedy {
    /// No flow of this document reacts to it.
    #[error("{0}")]
    None(String),
    /// The store failed.
    #[error("the store cannot be read")]
    Store(#[from] crate::store::Error),
}

impl Repairs {
    /// The remedy for a drift; `asked` includes reactions that wait for a person.
    ///
    /// # Errors
    /// When there is none.
    pub async fn remedy(&self, drift: &DriftRow, asked: bool) -> Result<Remedy, NoRemedy> {
        let Some(document) = drift.document else {
            return Err(NoRemedy::None("no document here belongs to the object, so no flow can repair it".to_owned()));
        };
        let view = self.store.document(drift.tenant, document).await?;
        let Some(view) = view else { return Err(NoRemedy::None("the document is gone".to_owned())) };
        let Some(row) = self.instance_of(&view, drift).await? else {
            return Err(NoRemedy::None("no flow has taken the document".to_owned()));
        };
        let version = self
            .live
            .version_or_load(self.store.as_ref(), drift.tenant, &row.version)
            .await
            .map_err(|error| NoRemedy::None(error.to_string()))?;
        self.reaction(&version, &row, drift, asked).ok_or_else(|| {
            let (flow, kind, connection) = (&row.flow, &drift.kind, &drift.connection);
            NoRemedy::None(format!("the flow `{flow}` has no reaction to the drift `{kind}` at `{connection}`"))
        })
    }

    /// The instance that made the link, else the newest of the document.
    async fn instance_of(&self, view: &DocumentView, drift: &DriftRow) -> Result<Option<InstanceRow>, NoRemedy> {
        let is_link =
            |link: &&crate::store::LinkRow| link.connection == drift.connection && Some(&link.external_id) == drift.external_id.as_ref();
        let maker = view.links.iter().find(is_link).and_then(|link| link.instance);
        let made = match maker {
            Some(id) => self.store.instance(drift.tenant, id).await?,
            None => None,
        };
        let newest = || view.instances.iter().find(|row| row.status != "superseded").cloned();
        Ok(made.filter(|row| row.status != "superseded").or_else(newest))
    }

    fn reaction(&self, version: &FlowVersion, row: &InstanceRow, drift: &DriftRow, asked: bool) -> Option<Remedy> {
        let state: Option<crate::domain::flow::Instance> = serde_json::from_str(&row.state).ok();
        let flow = version.flow_under(state.as_ref().and_then(|state| state.row.as_deref()));
        let over = matches!(row.status.as_str(), "ended" | "superseded");
        let roles: Vec<String> = self.live.now().catalog().bindings.roles_of(&drift.connection).iter().map(ToString::to_string).collect();
        let fits = |reaction: &&crate::domain::flow::Reaction| {
            let Trigger::Drift { kind, role } = &reaction.trigger else { return false };
            *kind == drift.kind && roles.contains(role) && (asked || !reaction.on_request) && !(reaction.while_running && over)
        };
        let reaction = flow.reactions.iter().find(fits)?;
        let steps = flow.steps.get(reaction.frame).and_then(|frame| frame.children.first());
        let steps = steps.and_then(|block| flow.blocks.get(*block)).map(Vec::as_slice).unwrap_or_default();
        let words = steps.iter().filter_map(|index| flow.steps.get(*index)).map(crate::domain::flow::Step::words).collect();
        Some(Remedy { instance: row.id, flow: row.flow.clone(), steps: words })
    }

    /// Sets a remedy off; the same `key` does so once.
    ///
    /// # Errors
    /// When the engine does not take it, in words.
    pub async fn begin(&self, drift: &DriftRow, remedy: &Remedy, by: By<'_>) -> Result<(), String> {
        let seen = DriftSeen {
            kind: drift.kind.clone(),
            repair: format!("{}:{}", drift.id, by.key),
            asked: by.asked,
            connection: drift.connection.clone(),
            external_id: drift.external_id.clone(),
            field: drift.field.clone(),
            ours: drift.ours.clone(),
            theirs: drift.theirs.clone(),
        };
        let input = |tenant: TenantId| CommandInput {
            tenant,
            instance: remedy.instance,
            exception: None,
            command: Command::Repair(seen),
            actor: by.actor.to_owned(),
            reason: by.reason.map(str::to_owned),
        };
        match self.engine.submit_patiently(Input::Command(Arc::new(input(drift.tenant)))).await {
            Ok(Verdict::Done | Verdict::Parked | Verdict::Gone) => Ok(()),
            Ok(
                Verdict::Refused(why)
                | Verdict::Declined(Refusal { message: why, .. })
                | Verdict::Failed(why)
                | Verdict::Unloadable(why)
                | Verdict::Stop { problem: why, .. },
            ) => Err(why),
            Ok(Verdict::Version { hash, .. }) => Err(format!("the flow version `{hash}` cannot be loaded")),
            Err(_) => Err("the hub is stopping".to_owned()),
        }
    }
}

/// On whose word.
#[derive(Clone, Copy, Debug)]
pub struct By<'a> {
    /// Who.
    pub actor: &'a str,
    /// Why.
    pub reason: Option<&'a str>,
    /// Whether a person asks.
    pub asked: bool,
    /// What makes a repeat of the same wish harmless.
    pub key: &'a str,
}
