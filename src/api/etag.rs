//! Versions of what several people may edit: `ETag` when it is read, `If-Match` when it is changed.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::codes;
use super::problem::Problem;

/// The tag of a value: of its JSON.
pub fn of(value: &impl Serialize) -> String {
    let text = serde_json::to_vec(value).unwrap_or_default();
    format!("\"{}\"", hex::encode(&Sha256::digest(text)[..8]))
}

/// A value with its tag.
pub fn tagged<T: Serialize>(value: &T, tag: &str) -> Response {
    let mut response = axum::Json(value).into_response();
    if let Ok(tag) = HeaderValue::from_str(tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// Refuses a change of something else than what was read.
///
/// # Errors
/// Without `If-Match`, and with another tag than this one.
pub fn demand(headers: &HeaderMap, tag: &str) -> Result<(), Problem> {
    let Some(given) = headers.get(header::IF_MATCH).and_then(|value| value.to_str().ok()) else {
        return Err(Problem::new(&codes::PRECONDITION_REQUIRED, "`If-Match` is missing."));
    };
    let matches = given.split(',').any(|one| one.trim().trim_start_matches("W/") == tag || one.trim() == "*");
    if matches { Ok(()) } else { Err(Problem::new(&codes::PRECONDITION_FAILED, "It has changed since it was read.")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_read_is_changed() {
        let tag = of(&("a", 1));
        assert_ne!(tag, of(&("a", 2)));
        let with = |value: &str| HeaderMap::from_iter([(header::IF_MATCH, HeaderValue::from_str(value).unwrap())]);
        for good in [tag.clone(), format!("\"x\", {tag}"), "*".to_owned(), format!("W/{tag}")] {
            assert!(demand(&with(&good), &tag).is_ok(), "{good}");
        }
        assert_eq!(demand(&with("\"x\""), &tag).unwrap_err().status, 412);
        assert_eq!(demand(&HeaderMap::new(), &tag).unwrap_err().status, 428);
    }
}
