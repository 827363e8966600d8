//! Where partners send a person back to after a consent. The door has no token here: what proves the request is the state,
//! which nobody can guess and which counts once.

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::plain::{Language, Page, Tone, escaped};
use crate::app::consent::{CallbackQuery, Consents, Error};

/// Takes the answer of a partner's consent page, and tells the person who came back.
#[utoipa::path(
    get, path = "/consent/callback", tag = "webhooks",
    params(("state" = String, Query, description = "Which question"), ("code" = Option<String>, Query, description = "What is exchanged"), ("error" = Option<String>, Query, description = "Why there is no code")),
    responses((status = 200, description = "A page that says so", content_type = "text/html"), (status = 400, description = "A page that says why not", content_type = "text/html")),
    security(())
)]
pub async fn callback(State(consents): State<Consents>, request: Request) -> Response {
    let query = CallbackQuery::read(request.uri().query().unwrap_or_default());
    let language = Language::asked(request.headers(), None);
    // In a task of its own: a code counts once, so what it was exchanged for is kept also when nobody waits for the page.
    let answered = tokio::spawn(async move { consents.answer(&query).await }).await.unwrap_or(Err(Error::Unavailable));
    let (status, tone, title, words) = match answered {
        Ok(done) => {
            let words = match language {
                Language::Zh => format!("{} 已获得授权，可以关闭此页。", done.connection),
                Language::En => format!("{} has its consent. You can close this page.", done.connection),
            };
            (StatusCode::OK, Tone::Done, language.of("已授权", "Done"), words)
        }
        Err(error) => {
            tracing::warn!("a consent was not taken: {error}");
            let status = if error == Error::Unavailable { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_REQUEST };
            (status, Tone::Not, language.of("未授权", "No consent"), why(language, &error))
        }
    };
    let body = format!("<p>{}</p>", escaped(&words));
    Page { language, tone, title, body: &body, turns: false }.answer(status)
}

/// Why there is no consent; what a partner says stays as it is.
fn why(language: Language, error: &Error) -> String {
    let zh = match error {
        Error::Unknown => "这次回应不属于任何未完成的授权请求：它已使用过、已超过十分钟，或已被后来的请求取代。".to_owned(),
        Error::Refused(said) => format!("对方没有给出授权：{said}"),
        Error::Unavailable => "暂时无法处理，请稍后再试。".to_owned(),
        other => other.to_string(),
    };
    language.of(&zh, &error.to_string()).to_owned()
}
