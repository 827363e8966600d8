//! `POST /api/v1/forms/{form}/forecast`

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use http::HeaderMap;

use super::submit::{FormSubmission, filled};
use crate::api::auth::{Allowed, Start};
use crate::api::body::Json;
use crate::api::extract::FormId;
use crate::api::problem::Problem;
use crate::api::v1::flows::begin::asker;
use crate::app::starts::{Forecast, Starts, Submission};

/// Whom a form would ask, were it submitted as it is filled: by the same rules as the run. Nothing is stored, drawn or sent,
/// and what was filled in is refused as a submission refuses it. It takes that everybody says yes; what depends on a partner's
/// answer is said to be open.
#[utoipa::path(
    post, path = "/api/v1/forms/{form}/forecast", tag = "forms", operation_id = "forecast_form",
    params(
        ("form" = String, Path, description = "The form's id"),
        ("Accept-Language" = Option<String>, Header, description = "The language of the form's own messages"),
    ),
    request_body = FormSubmission,
    responses((status = 200, body = Forecast)),
    security(("token" = ["start"]))
)]
pub async fn forecast(
    Allowed { caller, .. }: Allowed<Start>,
    FormId(form): FormId,
    State(starts): State<Arc<dyn Starts>>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Answer<Forecast>, Problem> {
    let (values, submitter) = filled(&caller, body)?;
    let submission = Submission { asker: asker(&caller, &headers)?, form, values, submitter };
    Ok(Answer(starts.forecast(&submission)?))
}
