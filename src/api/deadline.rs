//! A time limit on the whole request, body included: a body that trickles in keeps nothing open.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::codes;
use super::problem::Problem;

/// Answers 408 when the limit is over; the handler is dropped, and commands it had begun go on in their own task.
pub async fn layer(State(limit): State<Duration>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(&codes::TIMEOUT, format!("The request was not finished within {} s.", limit.as_secs_f32())).into_response(),
    }
}
