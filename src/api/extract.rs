//! Paths and queries: what cannot be read is a problem with a code, not a bare line of text.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::codes;
use super::problem::Problem;

/// The `{id}` of the path. What is no id names nothing: 404, as an id that is not known.
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = param(parts, state, "id").await?;
        text.parse().map(Id).map_err(|_| Problem::new(&codes::NOT_FOUND, "The path holds no id of the form this API uses."))
    }
}

/// The `{number}` of the path.
pub struct Number(pub u32);

impl<S: Send + Sync> FromRequestParts<S> for Number {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = param(parts, state, "number").await?;
        text.parse().map(Number).map_err(|_| Problem::new(&codes::NOT_FOUND, "The path holds no number of a revision."))
    }
}

/// The `{number}` of a release in the path; none for `live`.
pub struct Release(pub Option<u32>);

impl<S: Send + Sync> FromRequestParts<S> for Release {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = param(parts, state, "number").await?;
        if text == "live" {
            return Ok(Release(None));
        }
        let wrong = |_| Problem::new(&codes::NOT_FOUND, "The path holds neither a number of a release nor `live`.");
        text.parse().map(|number| Release(Some(number))).map_err(wrong)
    }
}

/// The `{kind}` and `{id}` of a definition in the path.
pub struct Definition {
    /// The kind.
    pub kind: String,
    /// The id; a path for tests and other files.
    pub id: String,
}

impl<S: Send + Sync> FromRequestParts<S> for Definition {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let (kind, id) = (param(parts, state, "kind").await?, param(parts, state, "id").await?);
        let sound = |text: &str| text.len() <= 512 && !text.chars().any(|letter| letter.is_control() || letter == '\u{fffd}');
        if !sound(&kind) || !sound(&id) {
            return Err(Problem::new(&codes::NOT_FOUND, "The path holds no name of a definition."));
        }
        Ok(Definition { kind, id })
    }
}

/// The `{name}` of the path: a connection. What no connection can be called names nothing.
pub struct Name(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Name {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = param(parts, state, "name").await?;
        if text.chars().count() > FILTER_CHARACTERS_MAX || text.chars().any(char::is_control) {
            return Err(Problem::new(&codes::NOT_FOUND, "Nothing here has such a name."));
        }
        Ok(Name(text))
    }
}

/// The `{stream}` of the path, beside `{name}`.
pub struct StreamName(pub String);

impl<S: Send + Sync> FromRequestParts<S> for StreamName {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = param(parts, state, "stream").await?;
        if text.chars().count() > FILTER_CHARACTERS_MAX || text.chars().any(char::is_control) {
            return Err(Problem::new(&codes::NOT_FOUND, "Nothing here has such a name."));
        }
        Ok(StreamName(text))
    }
}

/// The `{form}` of the path.
pub struct FormId(pub String);

impl<S: Send + Sync> FromRequestParts<S> for FormId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        param(parts, state, "form").await.map(FormId)
    }
}

/// The `{flow}` of the path.
pub struct FlowId(pub String);

impl<S: Send + Sync> FromRequestParts<S> for FlowId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        param(parts, state, "flow").await.map(FlowId)
    }
}

/// The `{verb}` of the path.
pub struct VerbWord(pub String);

impl<S: Send + Sync> FromRequestParts<S> for VerbWord {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let word = param(parts, state, "verb").await?;
        let known = crate::domain::flow::people::verbs::verb(&word).is_some();
        known.then_some(VerbWord(word)).ok_or_else(|| Problem::new(&codes::NOT_FOUND, "There is no such verb."))
    }
}

async fn param<S: Send + Sync>(parts: &mut Parts, state: &S, name: &str) -> Result<String, Problem> {
    let missing = || Problem::new(&codes::NOT_FOUND, "There is nothing under this path.");
    let params = RawPathParams::from_request_parts(parts, state).await.map_err(|_| missing())?;
    params.iter().find(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).ok_or_else(missing)
}

/// Text in a filter: short, and without control characters, which no key holds and PostgreSQL refuses.
const FILTER_CHARACTERS_MAX: usize = 256;

/// Why a text cannot be part of a filter.
fn unsound(text: &str) -> Option<String> {
    if text.chars().count() > FILTER_CHARACTERS_MAX {
        return Some(format!("is longer than {FILTER_CHARACTERS_MAX} characters"));
    }
    text.chars().any(|letter| letter.is_control() || letter == '\u{fffd}').then(|| "holds characters that are no text".to_owned())
}

/// Whether every text of a filter that came as JSON can be part of one, as of a query: its first fault, with its name.
pub fn sound(filter: &serde_json::Map<String, serde_json::Value>) -> Result<(), (String, String)> {
    let texts = filter.iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    match texts.map(|(name, text)| (name, unsound(text))).find(|(_, fault)| fault.is_some()) {
        Some((name, fault)) => Err((shown(name), fault.unwrap_or_default())),
        None => Ok(()),
    }
}

/// Refuses a word that the parameter does not know: an empty list would look like good news.
pub fn known(name: &str, word: Option<&str>, words: &[&str]) -> Result<(), Problem> {
    match word {
        Some(word) if !words.contains(&word) => {
            let words = words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
            Err(Problem::new(&codes::BAD_QUERY, format!("`{name}` is one of {words}.")))
        }
        _ => Ok(()),
    }
}

/// The query, with unknown parameters refused.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let refuse = |detail: String| Problem::new(&codes::BAD_QUERY, detail);
        let text = parts.uri.query().unwrap_or_default();
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            if let Some(fault) = unsound(&value) {
                return Err(refuse(format!("`{}` {fault}.", shown(&name))));
            }
        }
        axum::extract::Query::<T>::try_from_uri(&parts.uri)
            .map(|query| Query(query.0))
            .map_err(|error| refuse(format!("{}.", error.body_text().trim_end_matches('.'))))
    }
}

/// A parameter's name as far as a message may repeat it.
fn shown(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(40).collect()
}
