//! Where partners send a person back to after a consent. The door has no token here: what proves the request is the state,
//! which nobody can guess and which counts once.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

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
    let (status, title, words) = match consents.answer(&query).await {
        Ok(done) => (
            StatusCode::OK,
            "Done · 完成",
            format!("`{}` has its consent. You can close this page. 授权完成，可以关闭此页。", done.connection),
        ),
        Err(error) => {
            tracing::warn!("a consent was not taken: {error}");
            let status = if error == Error::Unavailable { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_REQUEST };
            (status, "No consent · 未授权", error.to_string())
        }
    };
    let page = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><h1>{title}</h1><p>{}</p></html>",
        escaped(&words)
    );
    let mut response = (status, Html(page)).into_response();
    let headers = response.headers_mut();
    // The address holds a code: it goes nowhere else, and the page runs nothing.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
