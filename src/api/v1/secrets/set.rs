//! `PUT /api/v1/secrets/{name}`

use axum::extract::State;
use axum::response::Response;
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use secrecy::SecretString;

use crate::api::auth::{self, Allowed};
use crate::api::body::Json;
use crate::api::extract::Name;
use crate::api::problem::Problem;
use crate::api::v1::exceptions::settle::Fields;
use crate::api::{codes, etag};
use crate::app::secrets::{SecretSet, Secrets, Seen};

/// A value for the hub to keep.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"value": "a-value-of-the-partner", "expires_at": "2027-11-30T00:00:00Z"}))]
pub struct SecretOrder {
    /// The value, text of at most 64 KiB. It is sealed before it is stored, and never given back.
    pub value: String,
    /// When the partner will not take it any more: a fortnight before, the hub begins to say so.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub expires_at: Option<jiff::Timestamp>,
}

/// Keeps a secret, or a new value of one: connections that name `store/NAME` use it from now on, other replicas within seconds.
/// The request says what was seen: the version of the list in `If-Match`, or with `If-None-Match: *` that there was none.
#[utoipa::path(
    put, path = "/api/v1/secrets/{name}", tag = "connections", operation_id = "set_secret", request_body = SecretOrder,
    params(
        ("name" = String, Path, description = "The secret's name: lower-case letters, digits, `_`, `.` and `-`"),
        ("If-Match" = Option<String>, Header, description = "The version that was seen, in double quotes: `\"3\"`; this one or `If-None-Match` is required"),
        ("If-None-Match" = Option<String>, Header, description = "`*`: there was none; this one or `If-Match` is required"),
    ),
    responses((status = 200, body = SecretSet, headers(("ETag" = String, description = "The new version, for `If-Match`")))),
    security(("token" = ["secrets"]))
)]
pub async fn set(
    Allowed { actor, .. }: Allowed<auth::Secrets>,
    Name(name): Name,
    State(secrets): State<Secrets>,
    headers: HeaderMap,
    Json(body): Json,
) -> Result<Response, Problem> {
    let mut fields = Fields::of(body);
    let value = fields.rest().shift_remove("value");
    let value = value.as_ref().and_then(serde_json::Value::as_str).map(SecretString::from);
    if value.is_none() {
        fields.fault("value", "is required and must be text");
    }
    let expires_at = fields.instant("expires_at");
    fields.finish()?;
    let value = value.unwrap_or_default();
    let set = secrets.set(&actor, &name, &value, expires_at, seen(&headers)?).await?;
    Ok(etag::tagged(&set, &format!("\"{}\"", set.version)))
}

/// What the request says was seen.
pub(super) fn seen(headers: &HeaderMap) -> Result<Seen, Problem> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).map(str::trim);
    match (text(header::IF_MATCH), text(header::IF_NONE_MATCH)) {
        (Some("*"), _) => Ok(Seen::Anything),
        (Some(tag), _) => {
            let version = tag.trim_start_matches("W/").strip_prefix('"').and_then(|rest| rest.strip_suffix('"')?.parse().ok());
            version
                .map(Seen::Version)
                .ok_or_else(|| Problem::new(&codes::PRECONDITION_FAILED, format!("`{tag}` is no version of a secret.")))
        }
        (None, Some("*")) => Ok(Seen::Nothing),
        (None, _) => Err(Problem::new(&codes::PRECONDITION_REQUIRED, "The request says neither `If-Match` nor `If-None-Match: *`.")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_must_be_said() {
        let with = |name: header::HeaderName, value: &str| HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())]);
        for (headers, expected) in [
            (with(header::IF_MATCH, "\"3\""), Ok(Seen::Version(3))),
            (with(header::IF_MATCH, "W/\"12\""), Ok(Seen::Version(12))),
            (with(header::IF_MATCH, "*"), Ok(Seen::Anything)),
            (with(header::IF_NONE_MATCH, "*"), Ok(Seen::Nothing)),
            (with(header::IF_MATCH, "3"), Err(412)),
            (with(header::IF_MATCH, "\"x\""), Err(412)),
            (with(header::IF_NONE_MATCH, "\"3\""), Err(428)),
            (HeaderMap::new(), Err(428)),
        ] {
            assert_eq!(seen(&headers).map_err(|problem| problem.status), expected, "{headers:?}");
        }
    }
}
