//! What starting by form and by flow share: who asks, one answer a key, and what errors are called.

use std::future::Future;

use axum::extract::FromRef;
use axum::response::Response;
use http::{HeaderMap, StatusCode, header};
use serde_json::json;

use crate::api::auth::Caller;
use crate::api::codes;
use crate::api::idempotency;
use crate::api::problem::{Pointer, Problem};
use crate::api::state::ApiState;
use crate::app::answers::{Answer, Answers, Keyed};
use crate::app::starts::{Asker, StartError, Started};

/// Who asks.
pub fn asker(caller: &Caller, headers: &HeaderMap) -> Result<Asker, Problem> {
    let languages = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first: String = languages.chars().take_while(char::is_ascii_alphabetic).take(8).collect();
    Ok(Asker {
        tenant: caller.tenant,
        name: caller.name.to_string(),
        acts_as: caller.acts_as(),
        key: idempotency::key(headers)?,
        language: if first.is_empty() { "en".to_owned() } else { first.to_ascii_lowercase() },
    })
}

/// Does it once per key of a caller, in a task of its own: a caller that hangs up must not leave it half-way.
pub async fn once<F>(state: &ApiState, asker: Asker, used_for: String, work: F) -> Result<Response, Problem>
where
    F: Future<Output = Result<Started, StartError>> + Send + 'static,
{
    let answers = Answers::from_ref(state);
    let work = || async move {
        match tokio::spawn(work).await {
            Ok(Ok(started)) => {
                let status = match (&started.document, started.repeated) {
                    (None, _) => StatusCode::ACCEPTED,
                    (Some(_), true) => StatusCode::OK,
                    (Some(_), false) => StatusCode::CREATED,
                };
                Ok((status, json!(started)))
            }
            Ok(Err(error)) => Err(Problem::from(error)),
            Err(_) => Err(Problem::new(&codes::INTERNAL, "The request could not be carried out.")),
        }
    };
    let keyed = asker.key.as_deref().map(|key| Keyed { tenant: asker.tenant, caller: &asker.name, key, used_for: used_for.as_bytes() });
    idempotency::once_telling(&answers, keyed, repeated, work).await
}

/// What a key was answered with before, as it is told again: nothing is made this time.
fn repeated(answer: Answer) -> Answer {
    let Ok(started) = serde_json::from_str::<Started>(&answer.body) else { return answer };
    Answer { body: json!(Started { repeated: true, ..started }).to_string(), ..answer }
}

impl From<StartError> for Problem {
    fn from(error: StartError) -> Self {
        match error {
            StartError::NotFound(_) => Problem::new(&codes::NOT_FOUND, format!("{error}.")),
            StartError::Conflict(_) => Problem::new(&codes::NOT_STARTED, format!("{error}.")),
            StartError::Quota(reached) => {
                let detail = format!("The tenant has used up the quota `{}` ({}).", reached.quota.word(), reached.limit);
                Problem::new(&codes::QUOTA_REACHED, detail).with_retry_after(reached.wait_seconds)
            }
            StartError::Busy => Problem::new(&codes::UNAVAILABLE, format!("{error}.")),
            StartError::Unavailable(error) => Problem::from(error),
            StartError::Invalid(problems) => {
                let pointers = problems.into_iter().map(|problem| Pointer { pointer: problem.pointer, message: problem.message });
                Problem::new(&codes::INVALID_BODY, "One or more fields are not valid.").with_pointers(pointers.collect())
            }
        }
    }
}
