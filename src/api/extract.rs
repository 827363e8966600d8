//! Paths and queries: what cannot be read is a problem with a code, not a bare line of text.

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use http::request::Parts;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::codes;
use super::fit;
use super::openapi;
use super::problem::Problem;

/// The `{id}` of the path. What is no id names nothing: 404, as an id that is not known.
pub struct Id(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        id(parts, state, "id").await.map(Id)
    }
}

/// The `{file}` of the path, beside `{id}`.
pub struct FileId(pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for FileId {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        id(parts, state, "file").await.map(FileId)
    }
}

async fn id<S: Send + Sync>(parts: &mut Parts, state: &S, parameter: &str) -> Result<Uuid, Problem> {
    let text = param(parts, state, parameter).await?;
    text.parse().map_err(|_| Problem::new(&codes::NOT_FOUND, "The path holds no id of the form this API uses."))
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

/// Texts of the path, each a type of its own. What nothing can be called names nothing; neither does what is no UTF-8.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident = $parameter:literal;)*) => {
        $(
            $(#[$doc])*
            pub struct $name(pub String);

            impl<S: Send + Sync> FromRequestParts<S> for $name {
                type Rejection = Problem;

                async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
                    name(parts, state, $parameter).await.map($name)
                }
            }
        )*
    };
}

names! {
    /// The `{name}` of the path: a connection, or a secret.
    Name = "name";
    /// The `{stream}` of the path, beside `{name}`.
    StreamName = "stream";
    /// The `{form}` of the path.
    FormId = "form";
    /// The `{flow}` of the path.
    FlowId = "flow";
    /// The `{provider}` of the path: an identity provider.
    ProviderName = "provider";
    /// The `{app}` of the path: an app inside which people sign in.
    AppName = "app";
    /// The `{hook}` of the path.
    HookId = "hook";
}

/// The `{link}` of the path: a signed text, longer than names are.
pub struct LinkText(pub String);

impl<S: Send + Sync> FromRequestParts<S> for LinkText {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        param(parts, state, "link").await.map(LinkText)
    }
}

/// The `{id}` and `{identity}` of the path: a user, and who it is elsewhere.
pub struct Identity(pub Uuid, pub Uuid);

impl<S: Send + Sync> FromRequestParts<S> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let (user, identity) = (param(parts, state, "id").await?, param(parts, state, "identity").await?);
        match (user.parse(), identity.parse()) {
            (Ok(user), Ok(identity)) => Ok(Identity(user, identity)),
            _ => Err(Problem::new(&codes::NOT_FOUND, "There is no such identity.")),
        }
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

async fn name<S: Send + Sync>(parts: &mut Parts, state: &S, parameter: &str) -> Result<String, Problem> {
    let text = param(parts, state, parameter).await?;
    if text.chars().count() > FILTER_CHARACTERS_MAX || text.chars().any(char::is_control) {
        return Err(Problem::new(&codes::NOT_FOUND, "Nothing here has such a name."));
    }
    Ok(text)
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
        axum::extract::Query::<T>::try_from_uri(&parts.uri).map(|query| Query(query.0)).map_err(|error| refuse(said(&error.body_text())))
    }
}

/// What the reader of queries says, as this API says it: it names the parameter, then the fault.
fn said(text: &str) -> String {
    let text = text.strip_prefix("Failed to deserialize query string: ").unwrap_or(text);
    let named =
        ["unknown field `", "missing field `", "duplicate field `"].iter().find_map(|beginning| Some(text.split_once(beginning)?.1));
    let (name, fault) = match (named.and_then(|rest| rest.split_once('`')), text.split_once(": ")) {
        (Some((name, _)), Some((_, fault))) => (name, fault),
        (Some((name, _)), None) => (name, text),
        (None, Some((name, fault))) => (name, fault),
        (None, None) => return "A parameter has another form than it takes.".to_owned(),
    };
    format!("`{}` {}.", shown(name), fit::words(fault))
}

/// Refuses a query where the operation takes none, as those that take some refuse what they do not know.
///
/// # Errors
/// With the first parameter's name.
pub fn no_query(parts: &Parts) -> Result<(), Problem> {
    let Some(query) = parts.uri.query().filter(|query| !query.is_empty()) else { return Ok(()) };
    let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str).unwrap_or_default();
    // Pages for people are left alone: chats and mails hang their own marks on the links that lead there.
    if !route.starts_with("/api/v1/") || openapi::takes_query(&parts.method, route) {
        return Ok(());
    }
    let name = url::form_urlencoded::parse(query.as_bytes()).next().map(|(name, _)| shown(&name)).unwrap_or_default();
    Err(Problem::new(&codes::BAD_QUERY, format!("`{name}` is not known here; this operation takes no parameters.")))
}

/// For the operation that asks nobody who they are: it takes no query either. All others prove it with their caller.
pub struct NoQuery;

impl<S: Send + Sync> FromRequestParts<S> for NoQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        no_query(parts).map(|()| NoQuery)
    }
}

/// A parameter's name as far as a message may repeat it.
fn shown(name: &str) -> String {
    name.chars().filter(|letter| !letter.is_control()).take(40).collect()
}
