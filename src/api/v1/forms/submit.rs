//! `POST /api/v1/forms/{form}/submissions`

use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Caller, Start};
use crate::api::body::Json;
use crate::api::codes;
use crate::api::extract::FormId;
use crate::api::problem::Problem;
use crate::api::state::ApiState;
use crate::api::v1::exceptions::settle::Fields;
use crate::api::v1::flows::begin::{asker, once};
use crate::app::quotas::Quotas;
use crate::app::starts::{StartError, Started, Starts, Submission};
use crate::domain::permission::Permission;

/// A form that was filled in.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct FormSubmission {
    /// What was filled in: a member for each field. Amounts are text; persons and departments are their ids.
    #[schema(value_type = Object)]
    pub values: Value,
    /// The person of the directory who filled it; the caller when left out. Somebody else wants the permission `operate`.
    pub submitter: Option<String>,
}

/// Takes a form: checks it, makes its document, begins the flows that start on it. The answer comes after the durable
/// insert; a repeat with the same key finds the same document, also after a restart.
#[utoipa::path(
    post, path = "/api/v1/forms/{form}/submissions", tag = "forms", operation_id = "submit_form",
    params(
        ("form" = String, Path, description = "The form's id"),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key is the same submission"),
        ("Accept-Language" = Option<String>, Header, description = "The language of the form's own messages"),
    ),
    request_body = FormSubmission,
    responses(
        (status = 201, body = Started, description = "The document is made"),
        (status = 202, body = Started, description = "Stored; the document follows"),
    ),
    security(("token" = ["start"]))
)]
pub async fn submit(
    Allowed { caller, .. }: Allowed<Start>,
    FormId(form): FormId,
    State(state): State<ApiState>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let used_for = format!("{form}\n{body}");
    let (values, submitter) = filled(&caller, body)?;
    let asker = asker(&caller, &headers)?;
    let quotas = Quotas::from_ref(&state);
    let tenant = caller.tenant;
    let submission = Submission { asker: asker.clone(), form, values, submitter };
    let starts = Arc::<dyn Starts>::from_ref(&state);
    let work = async move {
        quotas.begin(tenant).map_err(StartError::Quota)?;
        starts.submit(submission).await
    };
    once(&state, asker, used_for, work).await
}

/// What was filled in, and in whose name.
pub(super) fn filled(caller: &Caller, body: Value) -> Result<(Value, Option<String>), Problem> {
    let mut fields = Fields::of(body);
    let submitter = fields.text("submitter");
    let values = fields.object("values");
    fields.finish()?;
    // Who is a person submits as that person; for others only who runs flows, and that goes for who is no person too.
    let submitter = match (caller.person(), submitter) {
        (own, Some(other)) if own != Some(&*other) && !caller.may(Permission::Operate) => {
            return Err(Problem::new(&codes::NOT_YOURS, format!("`{}` cannot submit as `{other}`.", caller.acts_as())));
        }
        (own, None) => own.map(str::to_owned),
        (_, given) => given,
    };
    Ok((values, submitter))
}
