//! One item of a batch: its action on its thing, or what that would lead to, and the words of what became of it.
//!
//! An item may be worked on twice when a process dies in between; its action then finds what it did. An exception that this
//! batch's author settled since the batch began counts as settled by it. What stopped after the things were chosen was seen by
//! nobody who chose, and is nobody's to settle here.

use super::preview::Look;
use super::{Action, Mending, MessageDesk, MessageOrder, Order};
use crate::app::commands::CommandError;
use crate::app::reading::Payloads;
use crate::domain::ids::{DocumentId, InboxId, TenantId};
use crate::store::desk::{Assignment, BatchRow, ExceptionChoice, ItemOutcome, ItemRow, NoteRow};
use crate::store::{ExceptionRow, Page, Store};
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use std::sync::Arc;
use uuid::Uuid;

/// What can be done to many things at once, by resource.
pub const BATCH_ACTIONS: &[(&str, &[&str])] = &[
    ("exceptions", &["retry", "skip", "mark-done", "cancel", "amend", "from-step", "newer-version", "assign"]),
    ("documents", &["retry", "skip", "cancel", "newer-version"]),
    ("messages", &["take-up", "drop"]),
];

/// Exceptions of one document that an item looks at.
const OF_DOCUMENT_MAX: u32 = 50;

/// Performs items.
pub struct Batching {
    /// The durable side.
    pub store: Arc<dyn Store>,
    /// Acts on exceptions.
    pub mending: Arc<dyn Mending>,
    /// Acts on messages.
    pub messages: Arc<dyn MessageDesk>,
}

/// What became of one thing.
struct Became {
    state: &'static str,
    code: &'static str,
    message: String,
    detail: Option<Value>,
}

impl Batching {
    /// Performs one item to its outcome; an item that cannot be worked on now is given back.
    pub async fn perform(&self, batch: &BatchRow, item: &ItemRow, now: Timestamp) -> ItemOutcome {
        let became = match batch.resource.as_str() {
            "exceptions" => self.exception(batch, item, now).await,
            "documents" => self.document(batch, item).await,
            _ => self.message(batch, item).await,
        };
        let became = became.unwrap_or_else(said);
        ItemOutcome {
            tenant: batch.tenant,
            batch: batch.id,
            position: item.position,
            attempts: item.attempts,
            state: became.state.to_owned(),
            code: Some(became.code.to_owned()),
            message: Some(crate::domain::text::storable::storable(became.message)),
            detail: became.detail.map(|detail| detail.to_string()),
        }
    }

    async fn exception(&self, batch: &BatchRow, item: &ItemRow, now: Timestamp) -> Result<Became, CommandError> {
        let found = self.store.desk().exceptions_by_id(batch.tenant, &[item.target]).await.map_err(CommandError::Unavailable)?;
        let Some(row) = found.into_iter().next() else { return Err(CommandError::NotFound) };
        if batch.action == "assign" {
            return self.assign(batch, item, &row, now).await;
        }
        self.settle(batch, item, &row).await
    }

    async fn settle(&self, batch: &BatchRow, item: &ItemRow, row: &ExceptionRow) -> Result<Became, CommandError> {
        if row.state != "open" {
            if is_settled_by(batch, row) && item.attempts > 1 && !batch.dry_run {
                return Ok(done("settled by this batch before its process ended".to_owned()));
            }
            let how = row.resolution.clone().unwrap_or_else(|| "settled".to_owned());
            return Ok(skipped("conflict", format!("the exception is closed already: {how}")));
        }
        let order = Order {
            tenant: batch.tenant,
            exception: row.id,
            action: action_of(batch)?,
            actor: batch.actor.clone(),
            reason: batch.reason.clone(),
            key: format!("{}/{}", batch.id, item.position),
        };
        if batch.dry_run {
            let look = Look { payloads: Payloads::Hidden, ask_partners: asks_partners(batch) };
            let preview = self.mending.preview(order, look).await?;
            let message = preview.refused.clone();
            let detail = Some(json!(preview));
            return Ok(match message {
                Some(why) => Became { detail, ..skipped("would_be_refused", why) },
                None => Became { detail, ..done("would be taken".to_owned()) },
            });
        }
        let accepted = self.mending.act(order).await?;
        Ok(done(format!("accepted; the instance is now `{}`", accepted.status)))
    }

    async fn assign(&self, batch: &BatchRow, item: &ItemRow, row: &ExceptionRow, now: Timestamp) -> Result<Became, CommandError> {
        let arguments = arguments_of(batch);
        let assignee = arguments.get("assignee").and_then(Value::as_str).map(str::to_owned);
        if row.state != "open" {
            return Ok(skipped("conflict", "the exception is closed already".to_owned()));
        }
        if batch.dry_run || row.assignee == assignee {
            return Ok(done("assigned".to_owned()));
        }
        let note = NoteRow {
            id: crate::domain::ids::derived(&[b"assigned", batch.id.as_bytes(), &item.position.to_be_bytes()]),
            tenant: batch.tenant,
            exception: row.id,
            at: now,
            kind: if assignee.is_some() { "assigned" } else { "released" }.to_owned(),
            actor: batch.actor.clone(),
            text: assignee.clone().unwrap_or_default(),
        };
        let assignment = Assignment { tenant: batch.tenant, exception: row.id, before: row.assignee.clone(), assignee, note };
        match self.store.desk().assign(&assignment).await.map_err(CommandError::Unavailable)? {
            true => Ok(done("assigned".to_owned())),
            false => Ok(skipped("conflict", "it is somebody else's by now".to_owned())),
        }
    }

    /// A document's item settles what is open of it, one after the other.
    async fn document(&self, batch: &BatchRow, item: &ItemRow) -> Result<Became, CommandError> {
        let open = self.of_document(batch.tenant, item.target, "open").await?;
        let (chosen, later): (Vec<_>, Vec<_>) = open.into_iter().partition(|row| row.opened_at <= batch.frozen_at);
        if chosen.is_empty() {
            let again = item.attempts > 1 && !batch.dry_run;
            if again && later.is_empty() {
                return Ok(done("nothing of it is stopped any more".to_owned()));
            }
            if again && self.of_document(batch.tenant, item.target, "closed").await?.iter().any(|row| is_settled_by(batch, row)) {
                return Ok(done("settled by this batch before its process ended; it has stopped again since".to_owned()));
            }
            if later.is_empty() {
                return Ok(skipped("nothing_stopped", "nothing of the document is stopped".to_owned()));
            }
        }
        let mut details = Vec::new();
        let mut last = None;
        for row in &chosen {
            let became = self.settle(batch, item, row).await.unwrap_or_else(said);
            if became.state == "waiting" {
                return Ok(became);
            }
            details.push(json!({"exception": row.id, "state": became.state, "message": became.message, "detail": became.detail}));
            let worse = last.as_ref().is_none_or(|known: &Became| known.state == "done");
            if worse {
                last = Some(became);
            }
        }
        for row in &later {
            let became = skipped("opened_later", format!("`{}` stopped it after it was chosen; nobody has looked at that", row.code));
            details.push(json!({"exception": row.id, "state": became.state, "message": became.message, "detail": null}));
            if last.as_ref().is_none_or(|known| known.state == "done") {
                last = Some(became);
            }
        }
        let last = last.unwrap_or_else(|| done(String::new()));
        Ok(Became { detail: Some(Value::Array(details)), ..last })
    }

    /// The newest exceptions of a document in a state.
    async fn of_document(&self, tenant: TenantId, document: Uuid, state: &str) -> Result<Vec<ExceptionRow>, CommandError> {
        let choice =
            ExceptionChoice { state: Some(state.to_owned()), document: Some(DocumentId(document)), ..ExceptionChoice::all(tenant) };
        let page = Page { limit: OF_DOCUMENT_MAX, after: None };
        self.store.desk().choose_exceptions(&choice, &page).await.map_err(CommandError::Unavailable)
    }

    async fn message(&self, batch: &BatchRow, item: &ItemRow) -> Result<Became, CommandError> {
        if batch.dry_run {
            let found = self.store.desk().message(batch.tenant, item.target).await.map_err(CommandError::Unavailable)?;
            return Ok(match found {
                Some(_) => done("would be taken".to_owned()),
                None => skipped("not_found", "the message is not there any more".to_owned()),
            });
        }
        let order = MessageOrder {
            tenant: batch.tenant,
            message: InboxId(item.target),
            again: batch.action == "take-up",
            actor: batch.actor.clone(),
            reason: batch.reason.clone(),
        };
        self.messages.settle(order).await?;
        Ok(done("accepted".to_owned()))
    }
}

/// Whether its author settled it since the batch began.
fn is_settled_by(batch: &BatchRow, row: &ExceptionRow) -> bool {
    row.resolved_by.as_deref() == Some(&batch.actor) && row.closed_at.is_some_and(|at| at >= batch.created_at)
}

fn arguments_of(batch: &BatchRow) -> Map<String, Value> {
    serde_json::from_str(&batch.arguments).unwrap_or_default()
}

fn asks_partners(batch: &BatchRow) -> bool {
    arguments_of(batch).get("ask_partners").and_then(Value::as_bool).unwrap_or(false)
}

fn action_of(batch: &BatchRow) -> Result<Action, CommandError> {
    let mut arguments = arguments_of(batch);
    let first = |faults: Vec<(String, String)>| faults.first().map(|(field, words)| format!("`{field}` {words}")).unwrap_or_default();
    Action::read(&batch.action, &mut arguments).map_err(|faults| CommandError::Invalid(first(faults)))
}

fn done(message: String) -> Became {
    Became { state: "done", code: "accepted", message, detail: None }
}

fn skipped(code: &'static str, message: String) -> Became {
    Became { state: "skipped", code, message, detail: None }
}

/// What a refusal means for an item: what has moved on is skipped, what cannot be stored now comes again.
fn said(error: CommandError) -> Became {
    let message = error.to_string();
    match error {
        CommandError::NotFound => skipped("not_found", message),
        CommandError::Conflict(_) => skipped("conflict", message),
        CommandError::Invalid(_) => Became { state: "failed", code: "invalid_command", message, detail: None },
        CommandError::Unavailable(_) => Became { state: "waiting", code: "unavailable", message, detail: None },
    }
}
