//! A request id for every request: drawn here, never taken from outside, in the answer's header, in every problem and on
//! every log line of the request.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderName, HeaderValue, header};
use uuid::Uuid;

use crate::runtime::IdMaker;

/// The header it is told in.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    static CURRENT: Uuid;
}

/// The id of the request that is being answered by this task.
pub fn current() -> Option<String> {
    CURRENT.try_with(Uuid::to_string).ok()
}

/// Draws the id, and marks what must not be logged or cached.
pub async fn layer(State(ids): State<IdMaker>, mut request: Request, next: Next) -> Response {
    let id = ids.next();
    let headers = request.headers_mut();
    for secret in [header::AUTHORIZATION, header::COOKIE, header::PROXY_AUTHORIZATION] {
        if let Some(value) = headers.get_mut(secret) {
            value.set_sensitive(true);
        }
    }
    let mut response = CURRENT.scope(id, next.run(request)).await;
    let headers = response.headers_mut();
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        headers.insert(HEADER, value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
