//! An example for each operation of a draft: the request that its sample input makes, written by another hand than the
//! machine that replays it.

use super::{Body, Operation, Part, Source};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json, json};

/// What RFC 3986 leaves unreserved.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const NOTE: &str = "drafted from a description, not recorded: `waybill connector record` writes one from a real answer";

/// `examples/OPERATION.json`.
pub(super) fn example(operation: &Operation) -> String {
    let mut request = json!({"method": operation.method, "path": path(operation)});
    match &operation.body {
        Body::Json(members) => {
            request["body"] = Json::Object(members.iter().filter_map(|(name, source)| sent(operation, name, source)).collect());
        }
        Body::Literal(value) => request["body"] = value.clone(),
        _ => {}
    }
    let mut response = json!({"status": if operation.answer.status == 0 { 200 } else { operation.answer.status }});
    if let Some(body) = &operation.answer.body {
        response["body"] = body.clone();
    }
    let input: Map<String, Json> =
        operation.input.iter().filter_map(|input| Some((input.name.clone(), value(operation, &input.name)?))).collect();
    let example =
        json!({"operation": operation.name, "note": NOTE, "input": input, "request": request, "response": response, "class": "ok"});
    format!("{example:#}\n")
}

/// The sample of an argument; optional ones without a sample are left out.
fn value(operation: &Operation, name: &str) -> Option<Json> {
    let input = operation.input.iter().find(|input| input.name == name)?;
    input.sample.clone().or_else(|| (!input.optional).then(|| input.form.sample()))
}

fn sent(operation: &Operation, name: &str, source: &Source) -> Option<(String, Json)> {
    let value = match source {
        Source::Input(input) => value(operation, input)?,
        Source::Setting(setting) => json!(format!("{setting}-setting")),
        Source::Literal(value) => value.clone(),
    };
    Some((name.to_owned(), value))
}

fn path(operation: &Operation) -> String {
    let encode = |text: &str| utf8_percent_encode(text, ENCODED).to_string();
    let part = |part: &Part| match part {
        Part::Literal(literal) => literal.replace('{', "%7B").replace('}', "%7D"),
        Part::Input(name) => encode(&value(operation, name).map(|value| plain(&value)).unwrap_or_default()),
    };
    let path: String = operation.path.iter().map(part).collect();
    let pairs = operation.query.iter().filter_map(|(name, source)| sent(operation, name, source)).flat_map(|(name, value)| {
        let values = match value {
            Json::Array(items) => items,
            one => vec![one],
        };
        values.into_iter().map(move |value| (name.clone(), plain(&value))).collect::<Vec<_>>()
    });
    let query: Vec<_> = pairs.map(|(name, value)| format!("{}={}", encode(&name), encode(&value))).collect();
    if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
