//! A line of the audit for every change that is asked for here, written before it is done; and for every payload that a
//! person looks at.
//!
//! The line is written by whoever proves the caller (`auth::Allowed`), so that a handler cannot forget it: this layer says
//! what kind of request it is, and tells the end. What writes its own lines in the transaction of its change is left to it.

use std::sync::{Arc, OnceLock};

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use http::request::Parts;
use uuid::Uuid;

use super::auth::Caller;
use super::codes;
use super::problem::Problem;
use crate::app::access::{Actor, Audit};
use crate::domain::permission::Permission;

/// Requests that are `POST` for their bodies' sake and change nothing, or only that somebody looked.
pub const READING: [&str; 10] = [
    "/api/v1/validate",
    "/api/v1/mappings/preview",
    "/api/v1/mappings/compare",
    "/api/v1/flows/simulate",
    "/api/v1/documents/find",
    "/api/v1/forms/{form}/forecast",
    "/api/v1/selections",
    "/api/v1/exceptions/{id}/dry-run",
    "/api/v1/sign-in/link/look",
    "/api/v1/tasks/{id}/seen",
];
/// Endings of routes whose handlers write their own lines first, with the reason that was given.
pub const REASONED: [&str; 2] = ["/reveal", "/connectors/try"];
/// Beginnings of routes whose use cases write their own lines, with what was before and after.
pub const OWN_LINES: [&str; 7] =
    ["/api/v1/users", "/api/v1/me/", "/api/v1/sign-in", "/api/v1/sign-out", "/api/v1/tokens", "/api/v1/secrets", "/api/v1/proposals"];
/// Where payloads are shown to those who may see them, or what is made of them.
pub const REVEALING: [(&str, &str); 13] = [
    ("GET", "/api/v1/documents/{id}"),
    ("GET", "/api/v1/documents/{id}/revisions"),
    ("GET", "/api/v1/documents/{id}/revisions/{number}"),
    ("GET", "/api/v1/documents/{id}/revisions/{number}/diff"),
    ("GET", "/api/v1/documents/{id}/revisions/{number}/fields"),
    ("GET", "/api/v1/instances/{id}/attempts"),
    ("GET", "/api/v1/instances/{id}/effects"),
    ("GET", "/api/v1/instances/{id}/files/{file}"),
    ("GET", "/api/v1/messages/{id}"),
    ("GET", "/api/v1/documents.csv"),
    ("GET", "/api/v1/dictionaries/{name}/unmapped"),
    ("POST", "/api/v1/mappings/compare"),
    ("POST", "/api/v1/exceptions/{id}/dry-run"),
];
/// Where that hangs on what the body names: their handlers write the line (`looked`).
pub const REVEALING_BY_BODY: [(&str, &str); 2] = [("POST", "/api/v1/mappings/preview"), ("POST", "/api/v1/flows/simulate")];

/// Writes that a person looks at what stored documents hold, where only the body says that one does.
///
/// # Errors
/// When it cannot be written: then nothing is shown.
pub async fn looked(audit: &Audit, caller: &Caller, actor: &Actor, object: &str) -> Result<(), Problem> {
    if caller.user().is_none() {
        return Ok(());
    }
    read(audit, actor, object).await
}

/// Writes that somebody reads what is sealed, whoever it is.
///
/// # Errors
/// When it cannot be written: then nothing is shown.
pub async fn read(audit: &Audit, actor: &Actor, object: &str) -> Result<(), Problem> {
    let Some(line) = audit.begin(actor, "reveal", object).await else { return Err(unwritten()) };
    audit.end(line, "done").await;
    Ok(())
}

fn unwritten() -> Problem {
    Problem::new(&codes::UNAVAILABLE, "The audit cannot be written now, so nothing was done.")
}

/// What is to be written of a request.
#[derive(Clone)]
pub struct Record {
    kind: Kind,
    action: String,
    begun: Arc<OnceLock<Uuid>>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Change,
    Reveal,
}

impl Record {
    fn of(request: &Request) -> Option<Record> {
        let route = request.extensions().get::<MatchedPath>()?.as_str();
        let (kind, action) = match *request.method() {
            _ if REVEALING.contains(&(request.method().as_str(), route)) => (Kind::Reveal, "reveal".to_owned()),
            Method::GET | Method::HEAD | Method::OPTIONS => return None,
            _ if REASONED.iter().any(|ending| route.ends_with(ending)) => return None,
            _ if READING.contains(&route) || OWN_LINES.iter().any(|own| route.starts_with(own)) => return None,
            _ => (Kind::Change, format!("{} {route}", request.method())),
        };
        Some(Record { kind, action, begun: Arc::default() })
    }

    /// Writes the line, for a caller who is known and may.
    ///
    /// # Errors
    /// When it cannot be written: then nothing is done.
    pub async fn begin(&self, audit: &Audit, actor: &Actor, parts: &Parts, caller: &Caller) -> Result<(), Problem> {
        // Programs read payloads all day long, by tokens that were given for it; a person who looks is worth a line, whether by
        // a browser or by a token of their own.
        if self.kind == Kind::Reveal && !(caller.may(Permission::Payloads) && caller.user().is_some()) {
            return Ok(());
        }
        // Who proves two permissions asks for one thing.
        if self.begun.get().is_some() {
            return Ok(());
        }
        match audit.begin(actor, &self.action, parts.uri.path()).await {
            Some(id) => {
                // One request has one caller.
                let _ = self.begun.set(id);
                Ok(())
            }
            None => Err(unwritten()),
        }
    }
}

/// Says what kind of request it is, and tells the end. A caller that hangs up leaves the end unknown.
pub async fn layer(State(audit): State<Audit>, mut request: Request, next: Next) -> Response {
    let Some(record) = Record::of(&request) else { return next.run(request).await };
    request.extensions_mut().insert(record.clone());
    let response = next.run(request).await;
    if let Some(id) = record.begun.get().copied() {
        let outcome = response.status().as_u16().to_string();
        // The answer does not wait for it: what counts was written before.
        tokio::spawn(async move { audit.end(id, &outcome).await });
    }
    response
}
