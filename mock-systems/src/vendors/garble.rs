//! Answers that break off in the middle, whatever vendor would have given them.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Response, header};
use axum::middleware::Next;

use super::desk::Desk;

/// Longest answer that is cut; a mock's are shorter.
const ANSWER_BYTES_MAX: usize = 4 << 20;

/// Does the work, and sends half of its answer where `malformed` strikes. What tests steer with is left alone.
pub(super) async fn garble(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response<Body> {
    let steers = request.uri().path().starts_with("/__mock/");
    let answer = next.run(request).await;
    if steers || !desk.strikes("malformed", "") {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let whole = to_bytes(body, ANSWER_BYTES_MAX).await.unwrap_or_default();
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(whole.slice(..whole.len() / 2)))
}
