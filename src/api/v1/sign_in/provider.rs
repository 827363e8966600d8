//! `POST /api/v1/sign-in/providers/{provider}` and `GET /api/v1/sign-in/providers/{provider}/callback`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, Uri, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::auth::{Cookies, Stranger};
use crate::api::body::Json;
use crate::api::codes;
use crate::api::extract::ProviderName;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::app::access::providers::{Arrived, Came, Failed};
use crate::app::access::{Access, Providers};

/// Longest path to come back to.
const RETURN_CHARACTERS_MAX: usize = 1_000;

/// Where to go on afterwards.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"return_to": "/docs"}))]
pub struct ProviderOrder {
    /// A path of the console; its first page when left out.
    pub return_to: Option<String>,
}

/// Where the browser goes now.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProviderBegun {
    /// The provider's page, for this browser and the next ten minutes.
    pub url: String,
}

/// Begins a sign-in at an identity provider. The browser that asks is the one that has to bring the answer: a cookie tells it.
#[utoipa::path(
    post, path = "/api/v1/sign-in/providers/{provider}", tag = "sign-in", operation_id = "begin_sign_in",
    params(("provider" = String, Path, description = "The provider, of those that `GET /api/v1/sign-in` names")),
    request_body = ProviderOrder,
    responses((status = 200, body = ProviderBegun, headers(("Set-Cookie" = String, description = "What proves the answer")))),
    security(())
)]
pub async fn begin(
    Stranger(actor): Stranger,
    ProviderName(provider): ProviderName,
    State(providers): State<Providers>,
    State(cookies): State<Cookies>,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let return_to = fields.text("return_to").unwrap_or_else(|| "/".to_owned());
    if !is_ours(&return_to) {
        fields.fault("return_to", "must be a path of this hub, such as `/docs`");
    }
    fields.finish()?;
    let begun = providers.begin(&provider, &return_to, &actor).await?;
    let cookie = cookies.give_pending(&begun.secret, begun.seconds);
    let cookie = cookie.ok_or_else(|| Problem::new(&codes::INTERNAL, "The sign-in cannot be told."))?;
    Ok(([(header::SET_COOKIE, cookie)], axum::Json(ProviderBegun { url: begun.url })).into_response())
}

/// A path that leads nowhere else, however a browser reads it.
fn is_ours(path: &str) -> bool {
    let elsewhere = |letter: char| letter == '\\' || letter.is_control() || letter.is_whitespace();
    path.starts_with('/') && !path.starts_with("//") && path.len() <= RETURN_CHARACTERS_MAX && path.is_ascii() && !path.contains(elsewhere)
}

/// Takes the answer of an identity provider, which the browser brings. A page is sent on, with a session or with the code of the
/// problem behind `#`; what asks for no page is told the problem itself.
#[utoipa::path(
    get, path = "/api/v1/sign-in/providers/{provider}/callback", tag = "sign-in", operation_id = "end_sign_in",
    params(
        ("provider" = String, Path, description = "The provider"), ("state" = Option<String>, Query, description = "Which sign-in"),
        ("code" = Option<String>, Query, description = "What is exchanged for tokens"),
        ("error" = Option<String>, Query, description = "Why there is no code"), ("iss" = Option<String>, Query, description = "Who answers")
    ),
    responses((status = 303, description = "To the page to go on to, with the session, or to the page that signs in", headers(
        ("Location" = String, description = "A path of this hub"), ("Set-Cookie" = String, description = "The session")
    ))),
    security(())
)]
pub async fn callback(
    Stranger(actor): Stranger,
    ProviderName(provider): ProviderName,
    State(providers): State<Providers>,
    State(access): State<Access>,
    State(cookies): State<Cookies>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let came = Came::read(uri.query().unwrap_or_default());
    let secret = cookies.read_pending(&headers);
    let page = wants_page(&headers);
    let mut response = match providers.answer(&provider, came, secret, &actor).await {
        Ok(arrived) => match access.superseded(cookies.read(&headers), &arrived.opened, &actor).await {
            Ok(()) => entered(&arrived, &cookies).unwrap_or_else(IntoResponse::into_response),
            Err(error) => Problem::from(error).into_response(),
        },
        Err(failed) => {
            let problem = Problem::from(failed);
            if page { to(&format!("/sign-in#problem={}", problem.code)) } else { problem.into_response() }
        }
    };
    let headers = response.headers_mut();
    if let Some(cookie) = cookies.take_pending() {
        headers.append(header::SET_COOKIE, cookie);
    }
    // The address holds a code: it goes nowhere else.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn entered(arrived: &Arrived, cookies: &Cookies) -> Result<Response, Problem> {
    let session = &arrived.opened.session;
    let seconds = session.expires_at.duration_since(session.created_at).as_secs();
    let cookie = cookies.give(&arrived.opened.secret, seconds);
    let cookie = cookie.ok_or_else(|| Problem::new(&codes::INTERNAL, "The session cannot be told."))?;
    let mut response = to(&arrived.return_to);
    response.headers_mut().append(header::SET_COOKIE, cookie);
    Ok(response)
}

fn to(path: &str) -> Response {
    // What was begun here is ASCII without controls; anything else leads to the first page.
    let path = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(header::LOCATION, path)]).into_response()
}

fn wants_page(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Problem {
        let code = match &failed {
            Failed::NotFound => &codes::NOT_FOUND,
            Failed::Over | Failed::State => &codes::SIGN_IN_OVER,
            Failed::Denied(_) => &codes::PROVIDER_DENIED,
            Failed::Away(_) => &codes::PROVIDER_AWAY,
            Failed::Mixed | Failed::Token(_) => &codes::PROVIDER_NOT_BELIEVED,
            Failed::NotAdmitted(_) => &codes::NOT_ADMITTED,
            Failed::Access(_) => {
                let Failed::Access(error) = failed else { return Problem::new(&codes::INTERNAL, "The sign-in failed.") };
                return error.into();
            }
        };
        let detail = failed.to_string();
        let sentence = detail.chars().next().map(|first| first.to_uppercase().chain(detail.chars().skip(1)).collect::<String>());
        Problem::new(code, format!("{}.", sentence.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_paths_of_this_hub_are_come_back_to() {
        for path in ["/", "/documents?status=open", "/documents/018f#story"] {
            assert!(is_ours(path), "{path}");
        }
        for path in ["", "documents", "//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nset-cookie: x", "/a b", "/采购"]
        {
            assert!(!is_ours(path), "{path:?}");
        }
        assert!(!is_ours(&format!("/{}", "x".repeat(RETURN_CHARACTERS_MAX))));
    }
}
