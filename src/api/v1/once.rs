//! Commands that create something: carried out once per idempotency key, and to their end even when the caller hangs up.

use std::future::Future;

use axum::extract::FromRef;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::api::auth::Caller;
use crate::api::codes;
use crate::api::idempotency;
use crate::api::problem::Problem;
use crate::api::state::ApiState;
use crate::app::answers::{Answers, Keyed};

/// What a command answers.
pub type Answered = Result<(StatusCode, Value), Problem>;

/// Carries `work` out, or answers as the same key of the same caller was answered before.
pub async fn once(
    state: &ApiState,
    headers: &HeaderMap,
    caller: &Caller,
    used_for: &[u8],
    work: impl Future<Output = Answered> + Send + 'static,
) -> Result<Response, Problem> {
    let key = idempotency::key(headers)?;
    let answers = Answers::from_ref(state);
    let keyed = key.as_deref().map(|key| Keyed { tenant: caller.tenant, caller: &caller.name, key, used_for });
    idempotency::once(&answers, keyed, || to_the_end(work)).await
}

/// Carries `work` out in a task of its own: a caller that hangs up, or a request whose time is over, must not leave it half-way.
pub async fn to_the_end<T: Send + 'static>(work: impl Future<Output = Result<T, Problem>> + Send + 'static) -> Result<T, Problem> {
    match tokio::spawn(work).await {
        Ok(answer) => answer,
        Err(_) => Err(Problem::new(&codes::INTERNAL, "The command could not be carried out.")),
    }
}
