//! The same `Idempotency-Key` gets the same answer: reads the key, and turns what `app::answers` says into responses.

use std::future::Future;

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};

use super::codes;
use super::problem::Problem;
use crate::app::answers::{Answer, Answers, Keyed, Once, Worked};

/// Longest key.
const KEY_CHARACTERS_MAX: usize = 128;

/// The caller's key, when it sent one.
pub fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let sound = (1..=KEY_CHARACTERS_MAX).contains(&text.len()) && text.chars().all(|letter| letter.is_ascii_graphic());
    if !sound {
        return Err(Problem::new(&codes::BAD_KEY, "`Idempotency-Key` is not 1 to 128 printable characters."));
    }
    Ok(Some(text.to_owned()))
}

/// Answers by `work`, or as the same key was answered before. A problem is not remembered, so that the repeat tries again.
pub async fn once<F>(answers: &Answers, keyed: Option<Keyed<'_>>, work: impl FnOnce() -> F) -> Result<Response, Problem>
where
    F: Future<Output = Result<(StatusCode, serde_json::Value), Problem>>,
{
    // On the heap: one future inside another would hold what it is given twice.
    Box::pin(once_telling(answers, keyed, |answer| answer, work)).await
}

/// As `once`, where an answer that was given before says so: `told` words it.
pub async fn once_telling<F>(
    answers: &Answers,
    keyed: Option<Keyed<'_>>,
    told: impl FnOnce(Answer) -> Answer,
    work: impl FnOnce() -> F,
) -> Result<Response, Problem>
where
    F: Future<Output = Result<(StatusCode, serde_json::Value), Problem>>,
{
    let Some(keyed) = keyed else {
        let (status, body) = work().await?;
        return Ok(response(status, body.to_string()));
    };
    let remembered = async || match work().await {
        Ok((status, body)) => Worked::Answer(Answer { status: status.as_u16(), body: body.to_string() }),
        Err(problem) => Worked::Failed(problem),
    };
    let given = |answer: Answer| Ok(response(StatusCode::from_u16(answer.status).unwrap_or(StatusCode::OK), answer.body));
    match answers.once(keyed, remembered).await? {
        Once::Answer(answer) => given(answer),
        Once::Before(answer) => given(told(answer)),
        Once::Failed(problem) => Err(problem),
        Once::Other => Err(Problem::new(&codes::KEY_REUSED, "The same key came with another path or body before.")),
        Once::Busy => Err(Problem::new(&codes::CONFLICT, "The same request is still being worked on; ask again in a minute.")),
    }
}

fn response(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
