//! Why is it where it is: one cause, since when, what happens next and what a person can do, in words.
//!
//! The judgement (`rules`) and the words (`words`) are pure functions of what the store holds and the time; only
//! `diagnose` reads. One situation, one code, both languages.

mod rules;
mod words;

pub(in crate::app) use words::chinese;

use futures::future::try_join_all;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::app::reading::{HistoryItem, Reader, Result};
use crate::domain::ids::{DocumentId, TenantId};
use crate::store::{AttemptRow, DocumentView, EffectRow, ExceptionRow, InstanceRow};

/// Live instances looked at for one document; more than one is rare, more than this unheard of.
const INSTANCES_MAX: usize = 5;

/// Why a document is where it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Diagnosis {
    /// The document.
    pub document: Uuid,
    /// `stopped` (a person is needed), `working`, `waiting`, `ended` or `idle`.
    pub state: State,
    /// The situation, one stable code each: `exception`, `outcome_unknown`, `retry_later`, `awaiting_partner`, …
    pub code: String,
    /// Why, in a sentence.
    pub cause: Words,
    /// What happens next, in a sentence.
    pub next: Words,
    /// Since when it has been so.
    pub since: Timestamp,
    /// When something happens by itself, if it is known.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub next_action_at: Option<Timestamp>,
    /// Whom or what it waits for.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub waiting_on: Option<WaitingOn>,
    /// The instance this is about.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<Uuid>,
    /// The step it stands at.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub at_step: Option<String>,
    /// What a person can do now.
    pub actions: Vec<Action>,
}

/// The short answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A person is needed.
    Stopped,
    /// The hub is at it.
    Working,
    /// Somebody or something else is awaited.
    Waiting,
    /// It is over.
    Ended,
    /// Nothing has begun.
    Idle,
}

/// A sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Words {
    /// English.
    pub en: String,
    /// Chinese.
    pub zh: String,
}

/// Whom or what is waited for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WaitingOn {
    /// `person`, `system` or `schedule`.
    pub kind: String,
    /// The connection, owner or people.
    pub reference: String,
}

/// Something a person can do now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Action {
    /// The exception it settles.
    pub exception: Uuid,
    /// `retry`, `skip`, `mark-done` or `cancel`.
    pub action: String,
}

/// What is known about one instance.
pub(in crate::app) struct Facts {
    instance: InstanceRow,
    effects: Vec<EffectRow>,
    attempts: Vec<AttemptRow>,
    exceptions: Vec<ExceptionRow>,
    history: Vec<HistoryItem>,
}

/// Reads what is known about a document and says why it is where it is.
pub async fn diagnose(reader: &Reader, tenant: TenantId, id: DocumentId, now: Timestamp) -> Result<Diagnosis> {
    let view = reader.document_view(tenant, id).await?;
    let live = view.instances.iter().filter(|instance| is_live(instance)).take(INSTANCES_MAX);
    let facts = try_join_all(live.map(|instance| facts(reader, tenant, instance))).await?;
    Ok(judge(&view, &facts, now))
}

async fn facts(reader: &Reader, tenant: TenantId, instance: &InstanceRow) -> Result<Facts> {
    let id = instance.id;
    Ok(Facts {
        instance: instance.clone(),
        effects: reader.effect_rows(tenant, id).await?,
        attempts: reader.attempt_rows(tenant, id).await?,
        exceptions: reader.open_exceptions(tenant, id).await?,
        history: reader.history(tenant, id).await?,
    })
}

fn is_live(instance: &InstanceRow) -> bool {
    matches!(instance.status.as_str(), "running" | "exception")
}

/// The most pressing situation of all live instances, else how the newest one ended.
fn judge(view: &DocumentView, live: &[Facts], now: Timestamp) -> Diagnosis {
    let found = live.iter().map(|facts| (Some(facts), rules::situation(view, facts))).min_by_key(|(_, situation)| situation.urgency());
    let (facts, situation) = found.unwrap_or_else(|| (None, rules::at_rest(view)));
    let (cause, next) = words::sentences(&situation, now);
    let instance = facts.map(|facts| &facts.instance).or(view.instances.first());
    Diagnosis {
        document: view.document.id.0,
        state: situation.state(),
        code: situation.code().to_owned(),
        cause,
        next,
        since: situation.since(),
        next_action_at: situation.next_action_at(),
        waiting_on: situation.waiting_on(),
        instance: instance.map(|instance| instance.id.0),
        at_step: instance.and_then(|instance| instance.at_step.clone()),
        actions: facts.map(actions).unwrap_or_default(),
    }
}

fn actions(facts: &Facts) -> Vec<Action> {
    let offered = |exception: &ExceptionRow| {
        let exception = exception.id.0;
        crate::app::reading::ACTIONS.iter().map(move |action| Action { exception, action: (*action).to_owned() })
    };
    facts.exceptions.iter().flat_map(offered).collect()
}

#[cfg(test)]
mod tests;
