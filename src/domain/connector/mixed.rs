//! Answers of many parts: what OData's `$batch` answers with (`multipart/mixed`), made into one value.
//!
//! `{responses: [{status, headers, body, id}]}`, in the order in which they stand, changesets unfolded, as the JSON form of a batch
//! of OData V4 writes it. A part that is no HTTP answer makes the whole unreadable: half of an answer is none.

use super::reply::read_body;
use crate::domain::value::{Map, Value};
use std::sync::Arc;

/// Parts of one answer.
const PARTS_MAX: usize = 10_000;
/// A batch holds changesets, and a changeset holds answers.
const DEPTH_MAX: usize = 2;

/// Reads such an answer; none when it is not one.
pub(super) fn read(content_type: &str, body: &str) -> Option<Value> {
    let mut responses = Vec::new();
    unfold(content_type, body, 1, &mut responses)?;
    Some(Value::map([("responses", Value::list(responses))]))
}

fn unfold(content_type: &str, body: &str, depth: usize, responses: &mut Vec<Value>) -> Option<()> {
    for part in parts(&boundary(content_type)?, body)? {
        let (headers, rest) = head(part)?;
        let of = value_of(&headers, "content-type").unwrap_or_default();
        let kind = of.to_ascii_lowercase();
        if kind.starts_with("multipart/mixed") && depth < DEPTH_MAX {
            unfold(of, rest, depth + 1, responses)?;
        } else if kind.starts_with("application/http") && responses.len() < PARTS_MAX {
            responses.push(answer(&headers, rest)?);
        } else {
            return None;
        }
    }
    Some(())
}

/// The boundary that a content type names.
fn boundary(content_type: &str) -> Option<String> {
    let parameters = content_type.split(';').skip(1);
    let named = parameters.filter_map(|parameter| parameter.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"));
    named.map(|(_, boundary)| boundary.trim().trim_matches('"').to_owned()).filter(|boundary| !boundary.is_empty())
}

/// What stands between the boundaries; none without the last one, since the answer broke off.
fn parts<'b>(boundary: &str, body: &'b str) -> Option<Vec<&'b str>> {
    let delimiter = format!("--{boundary}");
    let mut parts = Vec::new();
    // Where the part at hand begins.
    let mut begun: Option<usize> = None;
    let mut at = 0;
    for line in body.split_inclusive('\n') {
        let next = at + line.len();
        let plain = line.trim_end();
        if let Some(rest) = plain.strip_prefix(&delimiter).filter(|rest| rest.is_empty() || *rest == "--") {
            if let Some(from) = begun {
                // The line end before a boundary belongs to the boundary.
                let part = &body[from..at];
                let part = part.strip_suffix('\n').unwrap_or(part);
                parts.push(part.strip_suffix('\r').unwrap_or(part));
            }
            if rest == "--" {
                return Some(parts);
            }
            begun = Some(next);
        }
        at = next;
    }
    None
}

/// Header lines up to the empty one, and what follows.
fn head(part: &str) -> Option<(Vec<(&str, &str)>, &str)> {
    let mut headers = Vec::new();
    let mut rest = part;
    loop {
        let (line, after) = rest.split_once('\n').unwrap_or((rest, ""));
        let line = line.trim_end();
        if line.is_empty() {
            return Some((headers, after));
        }
        let (name, value) = line.split_once(':')?;
        headers.push((name.trim(), value.trim()));
        if after.is_empty() {
            return Some((headers, ""));
        }
        rest = after;
    }
}

fn value_of<'h>(headers: &[(&'h str, &'h str)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
}

/// One HTTP answer: status line, headers, body.
fn answer(around: &[(&str, &str)], text: &str) -> Option<Value> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let mut words = first.split_whitespace();
    let status: u16 = words.next().filter(|word| word.starts_with("HTTP/")).and(words.next())?.parse().ok()?;
    let (headers, body) = head(rest)?;
    let content_type = value_of(&headers, "content-type").unwrap_or_default().to_ascii_lowercase();
    let (_, body) = read_body(&content_type, body.as_bytes());
    let mut told = Map::new();
    told.insert(Arc::from("status"), Value::Int(i64::from(status)));
    let named: Map = headers.iter().map(|(name, value)| (Arc::from(name.to_ascii_lowercase()), Value::text(value))).collect();
    told.insert(Arc::from("headers"), Value::Map(Arc::new(named)));
    if !body.is_unset() {
        told.insert(Arc::from("body"), body);
    }
    // Some servers name the part, some the answer.
    if let Some(id) = value_of(around, "content-id").or_else(|| value_of(&headers, "content-id")) {
        told.insert(Arc::from("id"), Value::text(id));
    }
    Some(Value::Map(Arc::new(told)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As a gateway answers: a changeset that was done, one that was refused as a whole, and a read.
    const ANSWER: &str = "--B1\r\nContent-Type: multipart/mixed; boundary=\"CS 1\"\r\nContent-Length: 200\r\n\r\n--CS 1\r\nContent-Type: application/http\r\ncontent-transfer-encoding: binary\r\nContent-ID: 1\r\n\r\nHTTP/1.1 201 Created\r\nContent-Type: application/json\r\nETag: W/\"1\"\r\n\r\n{\"d\":{\"PurchaseOrder\":\"4500000001\"}}\r\n--CS 1--\r\n\r\n--B1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n\r\n{\"error\":{\"code\":\"06/321\"}}\r\n--B1\r\nContent-Type: application/http\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n\r\n--B1--";

    #[test]
    fn parts_are_unfolded_in_order() {
        for text in [ANSWER.to_owned(), ANSWER.replace("\r\n", "\n")] {
            let read = read("multipart/mixed; boundary=B1", &text).unwrap().to_json();
            let wanted = serde_json::json!({"responses": [
                {"status": 201, "headers": {"content-type": "application/json", "etag": "W/\"1\""}, "body": {"d": {"PurchaseOrder": "4500000001"}}, "id": "1"},
                {"status": 400, "headers": {"content-type": "application/json"}, "body": {"error": {"code": "06/321"}}},
                {"status": 204, "headers": {}},
            ]});
            assert_eq!(read, wanted);
        }
    }

    #[test]
    fn half_of_an_answer_is_none() {
        let whole = |text: &str| read("multipart/mixed; boundary=B1", text);
        assert!(whole(&ANSWER[..ANSWER.len() - 6]).is_none(), "without its end");
        assert!(whole(&ANSWER.replace("--CS 1--", "")).is_none(), "a changeset without its end");
        assert!(whole(&ANSWER.replace("HTTP/1.1 400", "400")).is_none(), "a part that is no answer");
        assert!(read("multipart/mixed", ANSWER).is_none(), "without a boundary");
        assert_eq!(whole("--B1--\r\n").map(|value| value.to_json()), Some(serde_json::json!({"responses": []})));
        // Nested deeper than anything is: not followed.
        let deep =
            "--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c--\n--b--\n--a--\n";
        assert!(read("multipart/mixed; boundary=a", deep).is_none());
    }
}
