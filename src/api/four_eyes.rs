//! Operations that an installation may want two people for. The first request proposes, the same once more, confirmed in
//! between by a second person, does it.
//!
//! A layer inside the bounds of bodies: handlers know nothing of it, so that a new one cannot forget it once it is listed here.

use axum::Json;
use axum::body::Body;
use axum::extract::{FromRef, MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Method, StatusCode, header};
use serde_json::Value;

use super::auth::{self, Caller, Gate};
use super::body;
use super::openapi;
use super::problem::Problem;
use super::state::ApiState;
use crate::app::access::proposals::{Asked, Proposals, Standing};
use crate::app::publishing::Publishing;
use crate::domain::access::second_person::{Kind, Party};

/// What wants two people where its kind is switched on: method, route, kind. What only takes something away (keeping a user
/// out, ending sessions, revoking a token) stays one person's: it must not wait.
pub const GUARDED: [(&str, &str, Kind); 14] = [
    ("POST", "/api/v1/releases", Kind::Publish),
    ("POST", "/api/v1/releases/{number}/rollback", Kind::Publish),
    ("POST", "/api/v1/users", Kind::Roles),
    ("PUT", "/api/v1/users/{id}", Kind::Roles),
    ("POST", "/api/v1/users/{id}/enable", Kind::Roles),
    ("POST", "/api/v1/users/{id}/reset", Kind::Roles),
    ("POST", "/api/v1/users/{id}/identities", Kind::Roles),
    ("POST", "/api/v1/tokens", Kind::Roles),
    ("PUT", "/api/v1/secrets/{name}", Kind::Secrets),
    ("DELETE", "/api/v1/secrets/{name}", Kind::Secrets),
    ("POST", "/api/v1/documents/{id}/reveal", Kind::Reveal),
    ("POST", "/api/v1/instances/{id}/reveal", Kind::Reveal),
    ("POST", "/api/v1/messages/{id}/reveal", Kind::Reveal),
    ("POST", TRY, Kind::Reveal),
];

/// Trying shows masked values with a reason, and else what anybody sees who may try.
const TRY: &str = "/api/v1/connectors/try";

/// The kind of an operation that may want two people.
pub fn kind_of(method: &Method, route: &str) -> Option<Kind> {
    GUARDED.iter().find(|(known, path, _)| *known == method.as_str() && *path == route).map(|(_, _, kind)| *kind)
}

/// Holds back what wants two people.
pub async fn layer(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    let proposals = Proposals::from_ref(&state);
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let kind = route.as_deref().and_then(|route| kind_of(request.method(), route)).filter(|kind| proposals.guards(*kind));
    match (kind, route) {
        (Some(kind), Some(route)) => {
            held(&state, &proposals, (kind, &route), request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn held(
    state: &ApiState,
    proposals: &Proposals,
    (kind, route): (Kind, &str),
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (mut parts, sent) = request.into_parts();
    let gate = Gate::from_ref(state);
    let mut caller = gate.caller(&parts).await?;
    for needed in openapi::needs(&parts.method, route) {
        caller = auth::proved(&gate, caller, &mut parts, state, needed).await?;
    }
    let bytes = body::read(Request::from_parts(parts.clone(), sent)).await?;
    let again = |parts: Parts| Request::from_parts(parts, Body::from(bytes.clone()));
    let read = if bytes.is_empty() { Ok(Value::Object(serde_json::Map::new())) } else { serde_json::from_slice(&bytes) };
    // What is no object, or only says what would be, is for the handler to refuse or to answer.
    let Some(mut asked) = read.ok().filter(Value::is_object).filter(|body| body.get("dry_run") != Some(&Value::Bool(true))) else {
        return Ok(next.run(again(parts)).await);
    };
    if route == TRY && asked.get("reason").is_none_or(Value::is_null) {
        return Ok(next.run(again(parts)).await);
    }
    let publishing = Publishing::from_ref(state);
    let mut drafts = Vec::new();
    if kind == Kind::Publish {
        drafts = as_files(&publishing, &caller, &mut asked).await?;
        // What was confirmed was confirmed on top of what is live: once another is, it is another change.
        asked["on_top_of"] = publishing.live_release().into();
    }
    let actor = auth::actor(&caller, &parts);
    let object = parts.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let published = asked.clone();
    let asked = Asked { kind, action: format!("{} {route}", parts.method), object, body: asked };
    match proposals.ask(&actor, &party(&caller), &asked).await? {
        Standing::Waits(item) => {
            let place = format!("/api/v1/proposals/{}", item.proposal);
            Ok((StatusCode::ACCEPTED, [(header::LOCATION, place)], Json(item)).into_response())
        }
        Standing::May(id) => {
            let response = next.run(if drafts.is_empty() { again(parts) } else { with(parts, published) }).await;
            if response.status().is_success() {
                for [kind, id, hash] in drafts {
                    // One that was written on meanwhile stays.
                    let _ = publishing.drop_draft(caller.tenant, &caller.name, &kind, &id, Some(hash)).await;
                }
            }
            if !response.status().is_success()
                && let Err(error) = proposals.give_back(&actor, id).await
            {
                tracing::warn!("a proposal that came to nothing counts as used: {error}");
            }
            Ok(response)
        }
    }
}

/// A publication of drafts as one of the files that they come to now. What a second person confirms are these texts, and they
/// are what is published: the drafts can be written on meanwhile.
async fn as_files(publishing: &Publishing, caller: &Caller, asked: &mut Value) -> Result<Vec<[String; 3]>, Problem> {
    let Some(named) = asked.get("drafts").filter(|drafts| !drafts.is_null()).cloned() else { return Ok(Vec::new()) };
    let text = |one: &Value, name: &str| one.get(name).and_then(Value::as_str).map(str::to_owned);
    let named: Option<Vec<(String, String)>> =
        named.as_array().and_then(|named| named.iter().map(|one| Some((text(one, "kind")?, text(one, "id")?))).collect());
    // What is no list of names is for the handler to refuse.
    let Some(named) = named else { return Ok(Vec::new()) };
    let (files, which) = publishing.files_of_drafts(caller.tenant, &caller.name, &named).await?;
    if let Some(members) = asked.as_object_mut() {
        members.shift_remove("drafts");
        members.insert("files".to_owned(), serde_json::json!(files));
    }
    Ok(which)
}

/// The request with another body.
fn with(mut parts: Parts, mut body: Value) -> Request {
    if let Some(members) = body.as_object_mut() {
        members.shift_remove("on_top_of");
    }
    parts.headers.remove(header::CONTENT_LENGTH);
    Request::from_parts(parts, Body::from(body.to_string()))
}

/// The caller as one of the two.
pub fn party(caller: &Caller) -> Party {
    Party { name: caller.name.to_string(), user: caller.user(), person: caller.person().map(str::to_owned) }
}
