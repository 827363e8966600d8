//! `POST /api/v1/delegations`

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Decide};
use crate::api::body::Typed;
use crate::api::problem::Problem;
use crate::api::state::ApiState;
use crate::api::v1::once::once;
use crate::api::{codes, idempotency, request_id};
use crate::app::people::{DelegationItem, NewDelegation, People};
use crate::domain::permission::Permission;

/// A delegation to make.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"agent": "e1002", "from": "2026-12-01T00:00:00+08:00", "until": "2026-12-08T00:00:00+08:00"}))]
pub struct DelegationBody {
    /// Whose duty it is; the caller when left out. Another's only for who runs flows, and never to themselves.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub principal: Option<String>,
    /// Who may do it.
    pub agent: String,
    /// From when.
    pub from: Timestamp,
    /// Until when, exclusively; at most 366 days later.
    pub until: Timestamp,
    /// Only tasks of these flows; all when left out.
    #[serde(default)]
    pub flows: Vec<String>,
    /// Only tasks that come up while it holds; else those that are open as well.
    #[serde(default)]
    pub new_only: bool,
}

/// Lets somebody decide for the caller for a while. The duty stays with the caller; every record names both.
#[utoipa::path(
    post, path = "/api/v1/delegations", tag = "tasks", operation_id = "create_delegation",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key is the same delegation")),
    request_body = DelegationBody,
    responses((status = 201, body = DelegationItem)), security(("token" = ["decide"]))
)]
pub async fn create(
    Allowed { caller, .. }: Allowed<Decide>,
    State(state): State<ApiState>,
    State(people): State<People>,
    headers: HeaderMap,
    Typed(body): Typed<DelegationBody>,
) -> Result<Response, Problem> {
    let used_for = format!("delegation\n{}", json!(body));
    let key = idempotency::key(&headers)?.or_else(request_id::current).unwrap_or_default();
    let own = caller.person().map(str::to_owned);
    let DelegationBody { principal, agent, from, until, flows, new_only } = body;
    let principal = match principal.or_else(|| own.clone()) {
        Some(principal) if own.as_ref() == Some(&principal) || caller.may(Permission::Operate) => principal,
        Some(_) => return Err(Problem::new(&codes::NOT_YOURS, "Only who runs flows may delegate another's tasks.")),
        None => return Err(Problem::new(&codes::NO_PERSON, "The token belongs to no person of the directory; name the `principal`.")),
    };
    // Who may name anybody's duties must not take them: they would decide alone what two should.
    if own.as_ref() != Some(&principal) && own.as_ref() == Some(&agent) {
        return Err(Problem::new(&codes::NOT_YOURS, "Nobody lets themselves decide for somebody else; let that person or another do it."));
    }
    let (tenant, by) = (caller.tenant, caller.acts_as());
    let new = NewDelegation { principal, agent, from, until, flows, new_only, by, key };
    let work = async move { Ok((StatusCode::CREATED, json!(people.delegate(tenant, new).await?))) };
    once(&state, &headers, &caller, used_for.as_bytes(), work).await
}
