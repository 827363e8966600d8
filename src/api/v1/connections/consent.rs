//! `GET`, `POST /api/v1/connections/{name}/consent`, `POST /api/v1/connections/{name}/consent/answer`

use axum::Json as Answer;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Allowed, Operate, Read};
use crate::api::body::Json;
use crate::api::codes;
use crate::api::extract::Name;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::api::v1::once;
use crate::app::consent::{CallbackQuery, ConsentAsked, ConsentState, Consents, Error};

/// What the browser came back with.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"url": "https://hub.example/consent/callback?code=…&state=…"}))]
pub struct ConsentAnswer {
    /// The whole address at which the browser ended, where the hub itself cannot be reached by it.
    pub url: String,
}

/// Where the consent of a connection stands.
#[utoipa::path(
    get, path = "/api/v1/connections/{name}/consent", tag = "connections", operation_id = "consent_state",
    params(("name" = String, Path, description = "The connection", example = "books_main")),
    responses((status = 200, body = ConsentState)), security(("token" = ["read"]))
)]
pub async fn state(
    Allowed { caller, .. }: Allowed<Read>,
    Name(name): Name,
    State(consents): State<Consents>,
) -> Result<Answer<ConsentState>, Problem> {
    Ok(Answer(consents.state(caller.tenant, &name).await?))
}

/// Asks for a consent: the address that a person opens. It makes an earlier question of the same connection void.
#[utoipa::path(
    post, path = "/api/v1/connections/{name}/consent", tag = "connections", operation_id = "ask_consent",
    params(("name" = String, Path, description = "The connection", example = "books_main")),
    responses((status = 200, body = ConsentAsked)), security(("token" = ["operate"]))
)]
pub async fn ask(
    Allowed { caller, .. }: Allowed<Operate>,
    Name(name): Name,
    State(consents): State<Consents>,
) -> Result<Answer<ConsentAsked>, Problem> {
    Ok(Answer(consents.ask(caller.tenant, &name, &caller.name).await?))
}

/// Takes a consent by hand, from the address at which the person's browser ended.
#[utoipa::path(
    post, path = "/api/v1/connections/{name}/consent/answer", tag = "connections", operation_id = "answer_consent",
    params(("name" = String, Path, description = "The connection", example = "books_main")), request_body = ConsentAnswer,
    responses((status = 200, body = ConsentState)), security(("token" = ["operate"]))
)]
pub async fn answer(
    Allowed { caller, .. }: Allowed<Operate>,
    Name(name): Name,
    State(consents): State<Consents>,
    Json(body): Json,
) -> Result<Answer<ConsentState>, Problem> {
    let mut fields = Fields::of(body);
    let written = fields.required("url").unwrap_or_default();
    let query = match url::Url::parse(&written) {
        Ok(url) => url.query().unwrap_or_default().to_owned(),
        Err(_) => {
            if !written.is_empty() {
                fields.fault("url", "is no address: it begins with http and holds `code` and `state`");
            }
            String::new()
        }
    };
    fields.finish()?;
    // Known and one's own first; whose question the state belongs to is looked at behind it.
    consents.state(caller.tenant, &name).await?;
    let query = CallbackQuery::read(&query);
    if query.state.split('.').nth(1).is_none_or(|of| of != name) {
        return Err(Error::Unknown.into());
    }
    // A code counts once: what it was exchanged for is kept also when nobody waits for the answer.
    once::to_the_end(async move { Ok(Answer(consents.answer(&query).await?)) }).await
}

impl From<Error> for Problem {
    fn from(error: Error) -> Problem {
        let code = match &error {
            Error::NotFound | Error::NotWanted(_) => &codes::NOT_FOUND,
            Error::Unavailable => &codes::UNAVAILABLE,
            _ => &codes::CONSENT_NOT_POSSIBLE,
        };
        Problem::new(code, error.to_string())
    }
}
