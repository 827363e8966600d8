//! A panic in a handler is a defect of ours: one request fails, the log knows why, the caller sees no internals.

use std::any::Any;

use axum::response::{IntoResponse, Response};

use super::codes;
use super::problem::Problem;

/// Answers 500.
pub fn answer(payload: Box<dyn Any + Send + 'static>) -> Response {
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
    tracing::error!(panic = text.unwrap_or("(no text)"), "a request handler panicked");
    Problem::new(&codes::INTERNAL, "The request could not be answered.").into_response()
}
