//! `GET /api/v1/events/stream`

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures::Stream;
use http::{HeaderMap, HeaderValue, header};
use serde::Deserialize;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use utoipa::IntoParams;

use crate::api::auth::{Allowed, Gate, Read};
use crate::api::codes;
use crate::api::extract::Query;
use crate::api::problem::Problem;
use crate::app::feed::{Feed, Listener, Told, place_of, place_text};
use crate::domain::permission::Permission;
use crate::runtime::Clock;

/// A line that keeps proxies from hanging up.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// One event within this time at most: what changes meanwhile becomes one.
const PACE: Duration = Duration::from_millis(250);
/// Who finds no room comes again after this: a page that is closed frees its stream within the heartbeat.
const FULL_SECONDS: u32 = 30;
/// Topics there are.
const TOPICS: [&str; 8] = ["batches", "documents", "drift", "effects", "exceptions", "instances", "releases", "tasks"];

/// What to listen to.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Parameters {
    /// Any of `documents`, `instances`, `effects` (calls that were tried and go on later), `exceptions`, `batches`,
    /// `tasks`, `drift` (differences that open, are seen again, accepted or resolved), `releases` (one went live: its number),
    /// separated by commas; all when not given.
    #[param(example = "documents,exceptions")]
    topics: Option<String>,
}

/// Server-sent events: `changes` with ids and versions of what changed (or `"many"`), at most four a second; `reset` when too
/// much was missed and lists are to be read again. `Last-Event-ID` goes on where a broken stream ended. A comment every 15 s
/// keeps it open; as often it is looked whether the caller still may, and ends where they may not.
#[utoipa::path(
    get, path = "/api/v1/events/stream", tag = "events", operation_id = "stream_events",
    params(Parameters, ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event")),
    responses((status = 200, body = String, content_type = "text/event-stream")), security(("token" = ["read"]))
)]
pub async fn stream(
    Allowed { caller, .. }: Allowed<Read>,
    Query(query): Query<Parameters>,
    State(feed): State<Arc<Feed>>,
    State(clock): State<Arc<dyn Clock>>,
    State(stop): State<CancellationToken>,
    State(gate): State<Gate>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let topics = topics(query.topics.as_deref())?;
    let last = headers.get("last-event-id").map(|value| place_of(value.to_str().ok()));
    let Some(listener) = feed.listen(caller.tenant, &caller.name, topics, last) else {
        let problem = Problem::new(&codes::TOO_MANY_STREAMS, "Too many event streams are open.");
        return Err(problem.with_retry_after(FULL_SECONDS));
    };
    let over = stop.child_token();
    tokio::spawn(watch(gate, headers, clock.clone(), over.clone()));
    let events = Sse::new(events(listener, clock, over)).keep_alive(KeepAlive::new().interval(HEARTBEAT));
    let mut response = events.into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that collect answers would hold events back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn topics(text: Option<&str>) -> Result<Vec<String>, Problem> {
    let Some(text) = text else { return Ok(Vec::new()) };
    let topics: Vec<String> = text.split(',').map(|topic| topic.trim().to_owned()).filter(|topic| !topic.is_empty()).collect();
    match topics.iter().find(|topic| !TOPICS.contains(&topic.as_str())) {
        None => Ok(topics),
        Some(_) => Err(Problem::new(&codes::BAD_QUERY, format!("`topics` are of {}.", TOPICS.join(", ")))),
    }
}

/// Ends a stream whose caller signed out, was kept out or may not look any more; ends itself with the stream.
async fn watch(gate: Gate, headers: HeaderMap, clock: Arc<dyn Clock>, over: CancellationToken) {
    loop {
        tokio::select! {
            () = clock.wait(HEARTBEAT) => {}
            () = over.cancelled() => return,
        }
        // While nobody can be asked nothing is known, and nothing is told either.
        if matches!(gate.still(&headers, Permission::Read).await, Ok(false)) {
            return over.cancel();
        }
    }
}

fn events(listener: Listener, clock: Arc<dyn Clock>, stop: CancellationToken) -> impl Stream<Item = Result<Event, Infallible>> {
    // Dropped with the stream, it ends who watches it.
    let guard = stop.clone().drop_guard();
    futures::stream::unfold((listener, true, guard), move |(mut listener, first, guard)| {
        let (clock, stop) = (clock.clone(), stop.clone());
        async move {
            if !first {
                tokio::select! {
                    () = clock.wait(PACE) => {}
                    () = stop.cancelled() => return None,
                }
            }
            let told = tokio::select! {
                told = listener.next() => told,
                () = stop.cancelled() => return None,
            };
            Some((Ok(event(told)), (listener, false, guard)))
        }
    })
}

fn event(told: Told) -> Event {
    let (name, place, data) = match told {
        Told::Changes { place, topics } => ("changes", place, Value::Object(topics)),
        Told::Reset { place } => ("reset", place, Value::Object(serde_json::Map::new())),
    };
    Event::default().event(name).id(place_text(place)).data(data.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn topics_are_known_words() {
        assert_eq!(topics(None).unwrap(), Vec::<String>::new());
        assert_eq!(topics(Some("documents, batches,")).unwrap(), ["documents", "batches"]);
        assert_eq!(topics(Some("documents,x")).unwrap_err().status, 400);
    }
}
