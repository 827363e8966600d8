//! Entity tags of texts: `"hash"`, and the conditions under which a draft may be saved.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};

use crate::api::codes;
use crate::api::problem::Problem;

/// An answer with the tag of the text it is about.
pub fn tagged(answer: impl IntoResponse, hash: &str) -> Response {
    let mut response = answer.into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("\"{hash}\"")) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

/// The hash of the text the caller saw: from `If-Match`, or none with `If-None-Match: *`.
pub fn seen(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::trim);
    if let Some(tag) = text(header::IF_MATCH) {
        let hash = tag.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|hash| !hash.is_empty() && !hash.contains('"'));
        return hash
            .map(|hash| Some(hash.to_owned()))
            .ok_or_else(|| Problem::new(&codes::PRECONDITION_REQUIRED, "`If-Match` is not one entity tag in double quotes."));
    }
    if text(header::IF_NONE_MATCH) == Some("*") {
        return Ok(None);
    }
    Err(Problem::new(&codes::PRECONDITION_REQUIRED, "The request says neither `If-Match` nor `If-None-Match: *`."))
}
