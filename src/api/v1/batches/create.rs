//! `POST /api/v1/batches`

use axum::extract::State;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Operate};
use crate::api::body::Json;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::api::{idempotency, request_id};
use crate::app::desk::Action;
use crate::app::keeping::{Keeper, NewBatch};
use crate::app::reading::Batch;
use crate::domain::permission::Permission;

/// An action on every thing of a selection.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"selection": "01920000-0000-7000-8000-000000000001", "action": "retry", "reason": "finance is back", "dry_run": true}))]
pub struct BatchOrder {
    /// A selection's token.
    pub selection: uuid::Uuid,
    /// Of exceptions: `retry`, `skip`, `mark-done`, `cancel`, `amend`, `from-step`, `newer-version`, `assign`; of documents:
    /// `retry`, `skip`, `cancel`, `newer-version`, on what is stopped of them; of messages: `take-up`, `drop`.
    pub action: String,
    /// The fields of the action, as for one exception; `assignee` for `assign`; `ask_partners` for a dry run.
    #[schema(value_type = Option<Object>)]
    pub arguments: Option<Value>,
    /// Why; every action but `retry`, `mark-done`, `assign` and `take-up` needs it.
    pub reason: Option<String>,
    /// Only tell, item by item, what it would lead to.
    #[serde(default)]
    pub dry_run: bool,
    /// Items a minute at most, 1 to 6,000; 600 when not given.
    #[schema(minimum = 1, maximum = 6000)]
    pub per_minute: Option<u32>,
}

/// Starts a batch. It survives restarts and is worked on by any replica; the same `Idempotency-Key` is the same batch.
#[utoipa::path(
    post, path = "/api/v1/batches", tag = "batches", operation_id = "create_batch",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key is the same batch")),
    request_body = BatchOrder,
    responses((status = 202, body = Batch)), security(("token" = ["operate"]))
)]
pub async fn create(
    Allowed { caller, .. }: Allowed<Operate>,
    State(keeper): State<Keeper>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<(StatusCode, axum::Json<Batch>), Problem> {
    let mut fields = Fields::of(body);
    let selection = fields.id("selection");
    let action = fields.required("action").unwrap_or_default();
    let arguments = fields.maybe_object("arguments").unwrap_or_default();
    let reason = fields.text("reason");
    let dry_run = fields.flag("dry_run");
    let per_minute = fields.number("per_minute", 1..=6_000);
    check(&mut fields, &action, &arguments, reason.is_some());
    fields.finish()?;
    if action == "amend" {
        caller.must(Permission::Payloads)?;
        caller.must(Permission::Amend)?;
    }
    let key = idempotency::key(&headers)?.or_else(request_id::current).unwrap_or_default();
    let new = NewBatch { selection, action, arguments, reason, dry_run, per_minute, key };
    let batch = keeper.start_batch(caller.tenant, &caller.name, new).await?;
    Ok((StatusCode::ACCEPTED, axum::Json(batch)))
}

/// What would fail for every item is refused at once.
fn check(fields: &mut Fields, action: &str, arguments: &Map<String, Value>, has_reason: bool) {
    let mut left = arguments.clone();
    left.shift_remove("ask_partners");
    let needs_reason = match action {
        "assign" => {
            if left.shift_remove("assignee").is_some_and(|name| !name.is_string() && !name.is_null()) {
                fields.fault("arguments/assignee", "must be text");
            }
            false
        }
        "take-up" => false,
        "drop" => true,
        _ => match Action::read(action, &mut left) {
            Ok(action) => action.needs_reason(),
            Err(faults) => {
                for (name, words) in faults {
                    let name = if name == "action" { name } else { format!("arguments/{name}") };
                    fields.fault(&name, &words);
                }
                false
            }
        },
    };
    for name in left.keys() {
        fields.fault(&format!("arguments/{name}"), "is not known here");
    }
    if needs_reason && !has_reason {
        fields.fault("reason", "is required and must not be empty");
    }
}
