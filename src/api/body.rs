//! Bodies: bounded on the way in, read once, JSON by our own rules.

use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{HeaderMap, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde_json::Value;

use super::codes;
use super::fit;
use super::problem::Problem;

/// The bound of this route's bodies, for the message.
#[derive(Clone, Copy)]
struct Bound(usize);

/// Refuses bodies that say they are too large, and cuts off those that turn out to be.
pub async fn limit(State(bytes_max): State<usize>, request: Request, next: Next) -> Response {
    let announced = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|announced| announced > bytes_max as u64) {
        return too_large(bytes_max).into_response();
    }
    let (mut parts, body) = request.into_parts();
    parts.extensions.insert(Bound(bytes_max));
    next.run(Request::from_parts(parts, Body::new(Limited::new(body, bytes_max)))).await
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::new(&codes::TOO_LARGE, format!("The body is larger than {bytes_max} bytes."))
}

/// The whole body as it came.
pub async fn read(request: Request) -> Result<Bytes, Problem> {
    let bound = request.extensions().get::<Bound>().map_or(0, |bound| bound.0);
    match request.into_body().collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if is_too_large(&error) => Err(too_large(bound)),
        Err(_) => Err(Problem::new(&codes::BAD_JSON, "The body broke off before its end.")),
    }
}

fn is_too_large(error: &axum::Error) -> bool {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if error.is::<LengthLimitError>() {
            return true;
        }
        source = error.source();
    }
    false
}

/// The body as JSON; no body at all is an empty object.
pub struct Json(pub Value);

impl<S: Sync> FromRequest<S> for Json {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let declared = is_json(request.headers());
        let bytes = read(request).await?;
        if bytes.is_empty() {
            return Ok(Json(Value::Object(serde_json::Map::new())));
        }
        if !declared {
            return Err(Problem::new(&codes::UNSUPPORTED_MEDIA_TYPE, "`Content-Type` is not `application/json`."));
        }
        serde_json::from_slice(&bytes).map(Json).map_err(|error| Problem::new(&codes::BAD_JSON, format!("The body is not JSON: {error}.")))
    }
}

/// The body as a type of ours; what does not fit it is told by its field.
pub struct Typed<T>(pub T);

impl<T: serde::de::DeserializeOwned, S: Sync> FromRequest<S> for Typed<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let Json(value) = Json::from_request(request, state).await?;
        if !value.is_object() {
            // A list would be read as the fields in their order.
            return Err(Problem::new(&codes::INVALID_BODY, "The body must be a JSON object."));
        }
        let faults = |pointers| Problem::new(&codes::INVALID_BODY, "One or more fields are not valid.").with_pointers(pointers);
        fit::read(value).map(Typed).map_err(faults)
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}
