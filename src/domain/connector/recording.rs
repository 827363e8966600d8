//! Examples from real calls: recorded answers, and what the connector makes of them.
//!
//! What was recorded is masked already. The example is written from a replay of those answers, so that it holds none of the
//! connection's settings; a recording whose masks changed what it means is refused.

use super::class::Class;
use super::connector::Connector;
use super::example::{Played, play};
use super::redact::MASK;
use serde_json::{Map, Value as Json, json};
use std::sync::Arc;

/// Headers of answers that definitions read; others tell of servers and sessions.
const HEADERS: &[&str] = &["content-type", "location", "etag", "link", "retry-after", "last-modified", "content-location"];
/// What stands for the partner's address.
const SOMEWHERE: &str = "https://partner.example";

/// A call that was made.
#[derive(Clone, Debug)]
pub struct Recorded {
    /// The operation.
    pub operation: String,
    /// Its input.
    pub input: Json,
    /// Our reference.
    pub reference: String,
    /// The connection's address, which the example does not keep.
    pub base_url: Option<String>,
    /// The class it came to.
    pub class: Class,
    /// Requests and answers as they are kept, in order, log-ins left out.
    pub exchanges: Vec<(Json, Json)>,
}

/// Why no example can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordingError {
    /// No answer came.
    #[error("there is no answer to record")]
    NoAnswer,
    /// The body was not kept.
    #[error("the answer to request {number} is no text that is kept, only its digest is")]
    NotKept {
        /// Which.
        number: usize,
    },
    /// Masks took something that the definition reads.
    #[error("masked as it is, the recording means `{replayed}` where the call came to `{came}`: {why}")]
    Masked {
        /// What the call came to.
        came: &'static str,
        /// What the replay comes to.
        replayed: &'static str,
        /// In words.
        why: String,
    },
    /// The replay asks for more or less than there is.
    #[error("the call made {made} requests, its replay asks for {asked}")]
    Length {
        /// Requests of the call.
        made: usize,
        /// Requests of the replay.
        asked: usize,
    },
}

/// The example of a call.
///
/// # Errors
/// When the answers were not kept, or mean something else once masked.
pub fn example(connector: &Arc<Connector>, recorded: &Recorded) -> Result<Json, RecordingError> {
    if recorded.exchanges.is_empty() || recorded.exchanges.iter().any(|(_, response)| response.is_null()) {
        return Err(RecordingError::NoAnswer);
    }
    let mut input = recorded.input.clone();
    connector.redact.apply(&mut input);
    let responses =
        recorded.exchanges.iter().enumerate().map(|(number, (_, response))| kept(number, response, recorded.base_url.as_deref()));
    let responses = responses.collect::<Result<Vec<_>, _>>()?;
    let mut example = json!({"operation": recorded.operation, "input": input, "reference": recorded.reference});
    example["exchanges"] = responses.iter().map(|response| json!({"response": response})).collect();
    let played = play(connector, &example);
    if played.requests.len() != responses.len() {
        return Err(RecordingError::Length { made: responses.len(), asked: played.requests.len() });
    }
    if played.answer.class != recorded.class {
        let (came, replayed) = (recorded.class.word(), played.answer.class.word());
        return Err(RecordingError::Masked { came, replayed, why: played.answer.message });
    }
    Ok(written(example, &responses, &played))
}

fn written(mut example: Json, responses: &[Json], played: &Played) -> Json {
    let exchange = |(request, response): (&super::request::Request, &Json)| {
        let url = url::Url::parse(&request.url).ok();
        let path = url.map(|url| url.query().map_or_else(|| url.path().to_owned(), |query| format!("{}?{query}", url.path())));
        let mut kept = json!({"method": request.method});
        if let Some(path) = path {
            kept["path"] = json!(path);
        }
        match (serde_json::from_slice::<Json>(&request.body), std::str::from_utf8(&request.body)) {
            (Ok(body), _) => kept["body"] = body,
            (Err(_), Ok(text)) if !text.is_empty() => kept["text"] = json!(text),
            _ => {}
        }
        json!({"request": kept, "response": response})
    };
    let mut exchanges: Vec<Json> = played.requests.iter().zip(responses).map(exchange).collect();
    if let Some(object) = example.as_object_mut() {
        object.remove("exchanges");
        match exchanges.as_mut_slice() {
            [Json::Object(one)] => object.append(one),
            _ => drop(object.insert("exchanges".to_owned(), Json::Array(exchanges))),
        }
    }
    example["class"] = json!(played.answer.class.word());
    match played.answer.class {
        Class::Ok => example["output"] = played.answer.output.to_json(),
        _ => {
            example["message"] = json!(played.answer.message);
            if let Some(code) = &played.answer.code {
                example["code"] = json!(code);
            }
        }
    }
    example
}

/// An answer as the example keeps it.
fn kept(number: usize, response: &Json, base_url: Option<&str>) -> Result<Json, RecordingError> {
    let body = &response["body"];
    let digest = body.as_object().is_some_and(|body| body.len() == 3 && body.contains_key("sha256") && body.contains_key("content_type"));
    if digest || body.as_str() == Some(MASK) {
        return Err(RecordingError::NotKept { number: number + 1 });
    }
    let headers = response["headers"].as_object().into_iter().flatten();
    let headers: Map<String, Json> = headers
        .filter(|(name, _)| HEADERS.contains(&name.to_ascii_lowercase().as_str()))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    let mut out = json!({"status": response["status"], "headers": headers});
    if !body.is_null() {
        out["body"] = body.clone();
    }
    let Some(origin) = base_url.and_then(|url| url::Url::parse(url).ok()).map(|url| url.origin().ascii_serialization()) else {
        return Ok(out);
    };
    // Links of answers name the installation.
    Ok(serde_json::from_str(&out.to_string().replace(&origin, SOMEWHERE)).unwrap_or(out))
}
