//! `POST /api/v1/exceptions/{id}/{amend,from-step,newer-version,dry-run}`: working anew, and what an action would lead to.

use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use super::settle::{Fields, Settled};
use crate::api::auth::{Allowed, Caller, Operate};
use crate::api::body::Json;
use crate::api::extract::Id;
use crate::api::idempotency;
use crate::api::problem::Problem;
use crate::api::state::ApiState;
use crate::api::v1::once;
use crate::api::{codes, request_id};
use crate::app::answers::{Answers, Keyed};
use crate::app::desk::{Action, Look, Mending, Order, Preview};
use crate::app::reading::Payloads;
use crate::domain::ids::ExceptionId;
use crate::domain::permission::Permission;

/// Mended content.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"patch": {"supplier": {"code": "S-2"}}, "revision": 1, "reason": "the supplier's code was wrong"}))]
pub struct Amendment {
    /// A merge patch (an object, RFC 7396) or a JSON Patch (a list, RFC 6902) of the document's canonical content.
    #[schema(value_type = Object)]
    pub patch: Value,
    /// The revision it was made for; another one by now is refused.
    pub revision: Option<u32>,
    /// Go back to this step instead of working the stopped one anew; what was done since is reversed first.
    pub from_step: Option<String>,
    /// Why.
    pub reason: String,
}

/// Where to go back to.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"step": "budget", "reason": "the budget was raised"}))]
pub struct FromStep {
    /// The step.
    pub step: String,
    /// Why.
    pub reason: String,
}

/// Which version to go on with.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"reason": "the mapping was mended"}))]
pub struct NewerVersion {
    /// The flow version's hash; the one in force when absent.
    pub version: Option<String>,
    /// Why.
    pub reason: String,
}

/// What to try without doing it.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"action": "retry", "ask_partners": false}))]
pub struct DryRun {
    /// `retry`, `amend`, `from-step`, `newer-version`, `skip`, `mark-done` or `cancel`; its own fields stand beside it.
    pub action: String,
    /// Whether partners are asked if they hold the objects already.
    #[serde(default)]
    pub ask_partners: bool,
}

/// Mends the document's content: a new revision of origin `amended`. The stopped step is then worked anew with it, under a new
/// key; steps that are done stay done. Refused where it is not settled that the stopped call did nothing.
#[utoipa::path(
    post, path = "/api/v1/exceptions/{id}/amend", tag = "exceptions", operation_id = "amend_exception",
    params(
        ("id" = Uuid, Path, description = "The exception"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer"),
    ),
    request_body = Amendment,
    responses((status = 202, body = Settled)), security(("token" = ["operate", "payloads", "amend"]))
)]
pub async fn amend(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(state): State<ApiState>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    caller.must(Permission::Payloads)?;
    caller.must(Permission::Amend)?;
    act(state, &headers, caller, id, "amend", body).await
}

/// Goes back to a step: what was done since is reversed first, then the step is visited anew with keys of its own.
#[utoipa::path(
    post, path = "/api/v1/exceptions/{id}/from-step", tag = "exceptions", operation_id = "retry_exception_from_step",
    params(
        ("id" = Uuid, Path, description = "The exception"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer"),
    ),
    request_body = FromStep,
    responses((status = 202, body = Settled)), security(("token" = ["operate"]))
)]
pub async fn from_step(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(state): State<ApiState>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    act(state, &headers, caller, id, "from-step", body).await
}

/// Goes on with a newer version of the flow: every step the instance has been in must be there. The stopped step is worked
/// anew.
#[utoipa::path(
    post, path = "/api/v1/exceptions/{id}/newer-version", tag = "exceptions", operation_id = "retry_exception_on_newer_version",
    params(
        ("id" = Uuid, Path, description = "The exception"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key gets the same answer"),
    ),
    request_body = NewerVersion,
    responses((status = 202, body = Settled)), security(("token" = ["operate"]))
)]
pub async fn newer_version(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(state): State<ApiState>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    act(state, &headers, caller, id, "newer-version", body).await
}

/// What an action would lead to: the calls it would make with their keys, whether the partner holds the object already, and
/// what may happen twice. Nothing of it is done.
#[utoipa::path(
    post, path = "/api/v1/exceptions/{id}/dry-run", tag = "exceptions", operation_id = "try_exception_action",
    params(("id" = Uuid, Path, description = "The exception")), request_body = DryRun,
    responses((status = 200, body = Preview)), security(("token" = ["operate"]))
)]
pub async fn dry_run(
    Allowed { caller, .. }: Allowed<Operate>,
    Id(id): Id,
    State(state): State<ApiState>,
    Json(body): Json,
) -> Result<axum::Json<Preview>, Problem> {
    let mut fields = Fields::of(body);
    let word = fields.required("action").unwrap_or_default();
    let ask_partners = fields.flag("ask_partners");
    let reason = fields.text("reason");
    let action = read(&mut fields, &word);
    fields.finish()?;
    let action = action.ok_or_else(unread)?;
    let shown = caller.may(Permission::Payloads);
    if matches!(action, Action::Amend { .. }) {
        caller.must(Permission::Payloads)?;
        caller.must(Permission::Amend)?;
    }
    let look = Look { payloads: if shown { Payloads::Shown } else { Payloads::Hidden }, ask_partners };
    let order =
        Order { tenant: caller.tenant, exception: ExceptionId(id), action, actor: caller.name.to_string(), reason, key: String::new() };
    let mending = Arc::<dyn Mending>::from_ref(&state);
    // Partners may be asked, and a log-in that is left half-way is in everybody's way.
    once::to_the_end(async move { Ok(axum::Json(mending.preview(order, look).await?)) }).await
}

async fn act(state: ApiState, headers: &HeaderMap, caller: Caller, id: Uuid, word: &str, body: Value) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let reason = fields.required("reason");
    let action = read(&mut fields, word);
    fields.finish()?;
    let action = action.ok_or_else(unread)?;
    let key = idempotency::key(headers)?;
    let used_for = format!("{id}\n{action:?}\n{reason:?}");
    let (name, tenant) = (caller.name.clone(), caller.tenant);
    let order = Order {
        tenant: caller.tenant,
        exception: ExceptionId(id),
        action,
        actor: caller.name.to_string(),
        reason,
        key: key.clone().or_else(request_id::current).unwrap_or_default(),
    };
    let answers = Answers::from_ref(&state);
    let mending = Arc::<dyn Mending>::from_ref(&state);
    let work = || {
        once::to_the_end(async move {
            let accepted = mending.act(order).await?;
            Ok((StatusCode::ACCEPTED, json!(Settled { instance: Some(accepted.instance.0), status: accepted.status })))
        })
    };
    let keyed = key.as_deref().map(|key| Keyed { tenant, caller: &name, key, used_for: used_for.as_bytes() });
    idempotency::once(&answers, keyed, work).await
}

/// Reads an action; its faults join the others.
pub fn read(fields: &mut Fields, word: &str) -> Option<Action> {
    match Action::read(word, fields.rest()) {
        Ok(action) => Some(action),
        Err(faults) => {
            for (name, words) in faults {
                fields.fault(&name, &words);
            }
            None
        }
    }
}

fn unread() -> Problem {
    Problem::new(&codes::INVALID_BODY, "The action cannot be read.")
}
