//! `POST /api/v1/tasks/{id}/{verb}` and `POST /api/v1/instances/{id}/people/{verb}`

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Caller, Decide};
use crate::api::body::Typed;
use crate::api::codes;
use crate::api::extract::{Id, VerbWord};
use crate::api::idempotency;
use crate::api::problem::Problem;
use crate::api::request_id;
use crate::api::state::ApiState;
use crate::api::v1::once::once;
use crate::app::people::{ActRequest, Acted, People};
use crate::domain::approval::{Act, Added, Attachment};
use crate::domain::ids::{InstanceId, TaskId};
use crate::domain::permission::Permission;

/// What goes with a verb. Which of it a verb takes, `docs/reference/approvals.md` says.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
#[schema(example = json!({"comment": "within the budget"}))]
pub struct ActBody {
    /// What the person says; at most 4,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// Files; at most 20.
    pub attachments: Vec<FileReference>,
    /// People the verb is about, by id; at most 50.
    pub to: Vec<String>,
    /// The step it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Where added people stand: `before`, `after` or `beside`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub how: Option<How>,
    /// Added people are asked one after the other.
    pub in_turn: bool,
    /// After a return: straight back to the step that returned.
    pub straight: bool,
    /// What an intervention decides: `approved` or `rejected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Fields of the document that the person changed: dotted path to value.
    #[schema(value_type = Object)]
    pub edits: Map<String, Value>,
    /// The `version` of the task that the person decides on, where it is not given as `If-Match`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seen: Option<String>,
}

/// A file that goes with a decision.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "offer.pdf", "ref": "files/1"}))]
pub struct FileReference {
    /// What people see.
    pub name: String,
    /// Where it is.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Its SHA-256 in hex.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub sha256: Option<String>,
}

/// Where added people stand.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// They decide first.
    Before,
    /// The one who asks has agreed, and they must too.
    After,
    /// They decide as well.
    Beside,
}

/// Does something about a task: approve, reject, return, transfer, add, … The same `Idempotency-Key` is the same act, and done
/// once. What is refused changes nothing and says why; who comes too late is told so with `409`, and who decides on a document that
/// was changed since they read it with `412`. Whoever changes fields says what they saw.
#[utoipa::path(
    post, path = "/api/v1/tasks/{id}/{verb}", tag = "tasks", operation_id = "act_on_task",
    params(
        ("id" = Uuid, Path, description = "The task"),
        ("verb" = String, Path, description = "The verb; the task says which there are", example = "approve"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key is the same act"),
        ("If-Match" = Option<String>, Header, description = "The task's `ETag`, or `seen` in the body; one of them is required with `edits`"),
    ),
    request_body = ActBody,
    responses((status = 200, body = Acted)), security(("token" = ["decide"]))
)]
pub async fn on_task(
    Allowed { caller, .. }: Allowed<Decide>,
    Id(id): Id,
    VerbWord(verb): VerbWord,
    State(state): State<ApiState>,
    State(people): State<People>,
    headers: HeaderMap,
    Typed(body): Typed<ActBody>,
) -> Result<Response, Problem> {
    let used_for = format!("task\n{id}\n{verb}\n{}", asked(&body));
    let request = request(&caller, &headers, verb, body)?;
    let work = async move { Ok((StatusCode::OK, json!(people.act_on_task(TaskId(id), request).await?))) };
    Box::pin(once(&state, &headers, &caller, used_for.as_bytes(), work)).await
}

/// Does something about an instance: withdraw, revoke, terminate, intervene, suspend, resume, urge, comment, attach, copy.
#[utoipa::path(
    post, path = "/api/v1/instances/{id}/people/{verb}", tag = "tasks", operation_id = "act_on_instance",
    params(
        ("id" = Uuid, Path, description = "The instance"),
        ("verb" = String, Path, description = "The verb", example = "comment"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key is the same act"),
    ),
    request_body = ActBody,
    responses((status = 200, body = Acted)), security(("token" = ["decide"]))
)]
pub async fn on_instance(
    Allowed { caller, .. }: Allowed<Decide>,
    Id(id): Id,
    VerbWord(verb): VerbWord,
    State(state): State<ApiState>,
    State(people): State<People>,
    headers: HeaderMap,
    Typed(body): Typed<ActBody>,
) -> Result<Response, Problem> {
    let used_for = format!("instance\n{id}\n{verb}\n{}", asked(&body));
    let request = request(&caller, &headers, verb, body)?;
    let work = async move { Ok((StatusCode::OK, json!(people.act_on_instance(InstanceId(id), request).await?))) };
    Box::pin(once(&state, &headers, &caller, used_for.as_bytes(), work)).await
}

fn request(caller: &Caller, headers: &HeaderMap, verb: String, body: ActBody) -> Result<ActRequest, Problem> {
    let admin = caller.may(Permission::Operate);
    if !admin {
        super::person(caller)?;
    }
    let seen = seen(headers, &body)?;
    // Without a key of the caller's, every request is an act of its own.
    let token = idempotency::key(headers)?.or_else(request_id::current).unwrap_or_default();
    let file = |file: FileReference| Attachment { name: file.name, reference: file.reference, sha256: file.sha256 };
    let how = body.how.map(|how| match how {
        How::Before => Added::Before,
        How::After => Added::After,
        How::Beside => Added::Beside,
    });
    let act = Act {
        verb,
        token,
        comment: body.comment.filter(|comment| !comment.trim().is_empty()),
        attachments: body.attachments.into_iter().map(file).collect(),
        to: body.to,
        step: body.step,
        how,
        in_turn: body.in_turn,
        straight: body.straight,
        outcome: body.outcome,
        edits: body.edits,
        seen,
        ..Act::default()
    };
    Ok(ActRequest { tenant: caller.tenant, person: caller.person().map(str::to_owned), name: caller.acts_as(), admin, act })
}

/// What is asked, to know it again under its key. Whoever repeats it after an answer that was lost may have read the task once more:
/// what they saw does not make it another act.
fn asked(body: &ActBody) -> Value {
    let mut asked = json!(body);
    if let Some(members) = asked.as_object_mut() {
        members.remove("seen");
    }
    asked
}

/// What the caller saw; none for whatever stands there, which whoever changes something of it has to say.
fn seen(headers: &HeaderMap, body: &ActBody) -> Result<Option<String>, Problem> {
    match (headers.get(header::IF_MATCH).and_then(|tag| tag.to_str().ok()).map(str::trim), &body.seen) {
        (Some("*"), _) => Ok(None),
        (Some(tag), _) => Ok(Some(tag.trim_start_matches("W/").trim_matches('"').to_owned())),
        (None, Some(seen)) => Ok(Some(seen.clone())),
        (None, None) if body.edits.is_empty() => Ok(None),
        (None, None) => {
            let words = "The act changes fields and does not say what was seen: neither `If-Match` nor `seen` is there.";
            Err(Problem::new(&codes::PRECONDITION_REQUIRED, words))
        }
    }
}
