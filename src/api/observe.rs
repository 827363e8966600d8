//! One log line, one count and one duration a request; by route, never by path, so that ids make no new series.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument;

use super::request_id;
use crate::runtime::metrics::list::{HTTP_REQUEST_SECONDS, HTTP_REQUESTS};

/// Watches a request.
pub async fn layer(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map_or_else(|| "(none)".to_owned(), |path| path.as_str().to_owned());
    let method = method_label(request.method());
    let id = request_id::current().unwrap_or_default();
    let span = tracing::info_span!("request", request.id = %id, http.method = method, http.route = %route);
    let began = Instant::now();
    let response = next.run(request).instrument(span.clone()).await;
    let (took, status) = (began.elapsed(), response.status());
    HTTP_REQUESTS.increment([&route, method, status.as_str()]);
    HTTP_REQUEST_SECONDS.took(took, [&route]);
    span.in_scope(|| {
        // Webhooks and probes come by the thousand; they are state changes only when something is wrong with them.
        if status.is_server_error() {
            tracing::warn!(http.status = status.as_u16(), duration_ms = took.as_millis(), "{method} {route} was answered with {status}");
        } else {
            tracing::debug!(http.status = status.as_u16(), duration_ms = took.as_millis(), "{method} {route} was answered with {status}");
        }
    });
    response
}

/// A method is free text on the wire; unknown ones share a label.
fn method_label(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}
