//! Problems as JSON (RFC 9457) with a stable code; the only form in which this door says no.

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::codes::{self, ProblemCode};
use super::request_id;
use crate::app::commands::CommandError;
use crate::app::publishing::{self, CaseView, Finding};
use crate::app::reconcile::Why;
use crate::app::{StoreError, access, keeping, reading, secrets};
use crate::runtime::envelope;

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Problem {
    /// `urn:waybill:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The code's title.
    pub title: String,
    /// The status, as in the answer's first line.
    pub status: u16,
    /// The stable code; each has a page.
    pub code: String,
    /// What happened this time, in a sentence.
    pub detail: String,
    /// The fields at fault.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub pointers: Vec<Pointer>,
    /// Findings in definitions, when that is what went wrong.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub findings: Vec<Finding>,
    /// Cases that were run, when some fail.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub cases: Vec<CaseView>,
    /// Hashes of texts, when the one that was seen is not the one that is there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub hashes: Option<Hashes>,
    /// What to do about it.
    pub hint: String,
    /// The code's page, relative to the documentation.
    pub docs: String,
    /// Names this request in the hub's log.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub request_id: Option<String>,
    /// When it makes sense to come again; told in the header `Retry-After`.
    #[serde(skip)]
    pub retry_after_seconds: Option<u32>,
}

/// A field at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Pointer {
    /// JSON Pointer into the body, such as `/reason`; empty for the whole body.
    pub pointer: String,
    /// What is wrong with it.
    pub message: String,
}

/// Which text was seen and which is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Hashes {
    /// Of the text that was seen; null for none.
    pub expected: Option<String>,
    /// Of the text that is there; null for none.
    pub found: Option<String>,
}

impl Problem {
    /// A problem with what happened this time.
    pub fn new(code: &'static ProblemCode, detail: impl Into<String>) -> Self {
        Self {
            kind: format!("urn:waybill:problem:{}", code.code),
            title: code.title.to_owned(),
            status: code.status.as_u16(),
            code: code.code.to_owned(),
            detail: detail.into(),
            pointers: Vec::new(),
            findings: Vec::new(),
            cases: Vec::new(),
            hashes: None,
            hint: code.fix.to_owned(),
            docs: format!("errors/{}.md", code.code),
            request_id: None,
            retry_after_seconds: None,
        }
    }

    /// Says when it makes sense to come again.
    pub fn with_retry_after(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// Names the fields at fault.
    pub fn with_pointers(mut self, pointers: Vec<Pointer>) -> Self {
        self.pointers = pointers;
        self
    }
}

/// What is away is commonly back within seconds.
const UNAVAILABLE_SECONDS: u32 = 5;

impl IntoResponse for Problem {
    fn into_response(mut self) -> Response {
        self.request_id = request_id::current();
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Plain strings and numbers: this cannot fail to serialise.
        let body = serde_json::to_vec(&self).unwrap_or_default();
        let mut response = (status, [(header::CONTENT_TYPE, "application/problem+json")], body).into_response();
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        let away = (status == StatusCode::SERVICE_UNAVAILABLE).then_some(UNAVAILABLE_SECONDS);
        if let Some(seconds) = self.retry_after_seconds.or(away) {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<reading::Error> for Problem {
    fn from(error: reading::Error) -> Self {
        match error {
            reading::Error::NotFound(_) => Problem::new(&codes::NOT_FOUND, format!("{error}.")),
            reading::Error::Cursor(_) => Problem::new(&codes::BAD_CURSOR, format!("{error}.")),
            reading::Error::Limit(_) => Problem::new(&codes::BAD_QUERY, format!("{error}.")),
            reading::Error::Store(error) => Problem::from(error),
        }
    }
}

impl From<Why> for Problem {
    fn from(error: Why) -> Self {
        match error {
            Why::NotFound(_) => Problem::new(&codes::NOT_FOUND, format!("{error}.")),
            Why::Conflict(_) => Problem::new(&codes::CONFLICT, error.to_string()),
            Why::Invalid(_) => Problem::new(&codes::INVALID_COMMAND, error.to_string()),
            Why::Partner(_) => Problem::new(&codes::PARTNER_AWAY, error.to_string()),
            Why::Store(error) => Problem::from(error),
        }
    }
}

impl From<access::Error> for Problem {
    fn from(error: access::Error) -> Self {
        use access::Error;
        match error {
            Error::NotFound(_) => Problem::new(&codes::NOT_FOUND, format!("{error}.")),
            Error::Refused => Problem::new(&codes::SIGN_IN_REFUSED, "The name or the password is wrong, or the account has to wait."),
            Error::Throttled(seconds) => {
                let wait = u32::try_from(seconds).unwrap_or(u32::MAX);
                Problem::new(&codes::TOO_MANY_ATTEMPTS, format!("This address may try again in {seconds} seconds.")).with_retry_after(wait)
            }
            Error::Link => Problem::new(&codes::LINK_OVER, "The link does not work any more."),
            Error::Invalid(field, why) => {
                let pointer = Pointer { pointer: format!("/{field}"), message: why };
                Problem::new(&codes::INVALID_BODY, "One or more fields are not valid.").with_pointers(vec![pointer])
            }
            Error::Changed(why) => Problem::new(&codes::PRECONDITION_FAILED, format!("{why}.")),
            Error::Conflict(why) => Problem::new(&codes::CONFLICT, why),
            Error::Secret => Problem::new(&codes::INTERNAL, "The request could not be answered."),
            Error::Store(error) => Problem::from(error),
        }
    }
}

impl From<secrets::Error> for Problem {
    fn from(error: secrets::Error) -> Self {
        use secrets::Error;
        match error {
            Error::NotFound => Problem::new(&codes::NOT_FOUND, "There is no such secret."),
            Error::Invalid(field, why) => {
                let pointer = Pointer { pointer: format!("/{field}"), message: why };
                Problem::new(&codes::INVALID_BODY, "One or more fields are not valid.").with_pointers(vec![pointer])
            }
            Error::Conflict(why) => Problem::new(&codes::CONFLICT, why),
            Error::Changed(why) => Problem::new(&codes::PRECONDITION_FAILED, why),
            Error::Sealing(envelope::Error::NoKey) => {
                Problem::new(&codes::NO_MASTER_KEY, "The hub has no master key to seal secrets with.")
            }
            Error::Sealing(error) => {
                tracing::error!("a secret cannot be sealed or opened: {error}");
                Problem::new(&codes::INTERNAL, "The request could not be answered.")
            }
            Error::Store(error) => Problem::from(error),
        }
    }
}

impl From<keeping::Error> for Problem {
    fn from(error: keeping::Error) -> Self {
        match error {
            keeping::Error::NotFound(_) => Problem::new(&codes::NOT_FOUND, format!("{error}.")),
            keeping::Error::Changed(why) => Problem::new(&codes::PRECONDITION_FAILED, format!("{why}.")),
            keeping::Error::Conflict(why) => Problem::new(&codes::CONFLICT, format!("{why}.")),
            keeping::Error::Invalid(field, why) => {
                let pointer = Pointer { pointer: format!("/{field}"), message: why };
                Problem::new(&codes::INVALID_BODY, "One or more fields are not valid.").with_pointers(vec![pointer])
            }
            keeping::Error::TooMany => Problem::new(&codes::SELECTION_TOO_LARGE, format!("{error}.")),
            keeping::Error::Store(error) => Problem::from(error),
            keeping::Error::Reading(error) => Problem::from(error),
        }
    }
}

impl From<CommandError> for Problem {
    fn from(error: CommandError) -> Self {
        match error {
            CommandError::NotFound => Problem::new(&codes::NOT_FOUND, format!("{error}.")),
            CommandError::Conflict(_) => Problem::new(&codes::CONFLICT, error.to_string()),
            CommandError::Invalid(_) => Problem::new(&codes::INVALID_COMMAND, error.to_string()),
            CommandError::Unavailable(error) => Problem::from(error),
        }
    }
}

impl From<publishing::Error> for Problem {
    fn from(error: publishing::Error) -> Self {
        use publishing::Error;
        let said = || {
            let text = error.to_string();
            let mut letters = text.chars();
            letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
        };
        match &error {
            Error::NotFound(_) => Problem::new(&codes::NOT_FOUND, said()),
            Error::Masked => Problem::new(&codes::MASKED, said()),
            Error::Moved(_) => Problem::new(&codes::RELEASE_MOVED, said()),
            Error::Outdated(_) => Problem::new(&codes::DRAFT_OUTDATED, said()),
            Error::Unsound(found) => {
                Problem { findings: found.iter().map(Finding::from).collect(), ..Problem::new(&codes::UNSOUND, said()) }
            }
            Error::TestsFail(cases) => {
                let failing = cases.iter().filter(|case| !case.passes).cloned().collect();
                Problem { cases: failing, ..Problem::new(&codes::CASES_FAIL, said()) }
            }
            Error::Field(field, why) => {
                let pointer = Pointer { pointer: format!("/{field}"), message: why.clone() };
                Problem::new(&codes::INVALID_BODY, said()).with_pointers(vec![pointer])
            }
            Error::Changed { expected, found } => {
                let hashes = Hashes { expected: expected.clone(), found: found.clone() };
                Problem { hashes: Some(hashes), ..Problem::new(&codes::TEXT_CHANGED, said()) }
            }
            Error::Broken => Problem::new(&codes::INTERNAL, "The request could not be answered."),
            Error::Store(_) => match error {
                Error::Store(error) => Problem::from(error),
                _ => Problem::new(&codes::INTERNAL, "The request could not be answered."),
            },
        }
    }
}

/// What the store says stays in the log; the caller learns whether to come again.
impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::CommitUnknown(_) => {
                tracing::warn!(error = %error, "a request failed because the database cannot be used");
                Problem::new(&codes::UNAVAILABLE, "The database cannot be used now.")
            }
            StoreError::Sealed { .. } => {
                tracing::error!(error = %error, "a request failed because what it asks for is sealed: {error}");
                Problem::new(&codes::CONTENT_CLOSED, "What was asked for is sealed in the database and does not open.")
            }
            StoreError::Refused(_) | StoreError::Known(_) | StoreError::Decode { .. } | StoreError::Schema(_) => {
                tracing::error!(error = %error, "a request failed on what the database holds or refuses");
                Problem::new(&codes::INTERNAL, "The request could not be answered.")
            }
        }
    }
}
