//! `POST /api/v1/sign-in/apps/{app}`

use axum::extract::State;
use axum::response::Response;
use http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::enter::{SignedIn, opened};
use crate::api::auth::{Cookies, Stranger};
use crate::api::body::Json;
use crate::api::extract::AppName;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::{Access, InApp};

/// What the page inside the app got.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"code": "a1b2c3"}))]
pub struct AppCode {
    /// The code that the app's script gave for this sign-in.
    pub code: String,
}

/// Signs in inside an app: its page sends the code that the app gave it. Whose it is the vendor says; that user must be linked
/// with an account here.
#[utoipa::path(
    post, path = "/api/v1/sign-in/apps/{app}", tag = "sign-in", operation_id = "sign_in_by_app",
    params(("app" = String, Path, description = "The app, of those that `GET /api/v1/sign-in` names")),
    request_body = AppCode,
    responses((status = 200, body = SignedIn, headers(("Set-Cookie" = String, description = "The session")))), security(())
)]
pub async fn enter(
    Stranger(actor): Stranger,
    AppName(app): AppName,
    State(apps): State<InApp>,
    State(access): State<Access>,
    State(cookies): State<Cookies>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let code = fields.required("code").unwrap_or_default();
    fields.finish()?;
    let entered = apps.enter(&app, &code, &actor).await?;
    access.superseded(cookies.read(&headers), &entered, &actor).await?;
    opened(&entered, &cookies)
}
