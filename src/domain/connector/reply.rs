//! An HTTP answer as bytes, made into values once.

use crate::domain::retry::parse_retry_after;
use crate::domain::value::{Map, Value};
use jiff::Timestamp;
use std::sync::Arc;

/// Text of a body that is not JSON, as far as expressions see it, characters.
const TEXT_MAX: usize = 16 * 1024;

/// What a body turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BodyForm {
    /// Nothing.
    Empty,
    /// JSON.
    Json,
    /// Said to be JSON or XML, or begun like it, but not valid.
    Malformed,
    /// XML, as a tree.
    Xml,
    /// Answers in one, as `{responses: [{status, headers, body, id}]}`.
    Mixed,
    /// An HTML page: a proxy, a login page, an error page.
    Html,
    /// Other text.
    Text,
    /// Bytes.
    Binary,
}

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// Headers by lower-case name; several of one name are joined with `, `.
    pub headers: Value,
    /// Every `Set-Cookie`, which must not be joined.
    pub set_cookies: Vec<String>,
    /// JSON as a value; other text as text; unset for nothing and for bytes.
    pub body: Value,
    /// What the body turned out to be.
    pub form: BodyForm,
    /// Earliest next try by `Retry-After`, milliseconds from now.
    pub retry_after_millis: Option<u64>,
    /// When it came.
    pub received_at: Timestamp,
}

impl Reply {
    /// Makes values of an answer.
    pub fn new(status: u16, headers: &[(String, String)], body: &[u8], now: Timestamp) -> Reply {
        let mut map = Map::with_capacity(headers.len());
        let mut set_cookies = Vec::new();
        for (name, value) in headers {
            let name = name.to_ascii_lowercase();
            if name == "set-cookie" {
                set_cookies.push(value.clone());
                continue;
            }
            let joined = match map.get(name.as_str()).and_then(Value::as_text) {
                Some(before) => Value::text(format!("{before}, {value}")),
                None => Value::text(value),
            };
            map.insert(Arc::from(name), joined);
        }
        let headers = Value::Map(Arc::new(map));
        let written = headers.member("content-type").as_text().unwrap_or_default();
        let content_type = written.to_ascii_lowercase();
        let (form, body) = match content_type.starts_with("multipart/mixed") {
            true => read_mixed(written, body),
            false => read_body(&content_type, body),
        };
        let retry_after = headers.member("retry-after").as_text().and_then(|text| parse_retry_after(text, now));
        Reply { status, set_cookies, body, form, retry_after_millis: retry_after, received_at: now, headers }
    }

    /// The value of a cookie that the answer sets.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.set_cookies.iter().find_map(|cookie| {
            let (known, value) = cookie.split(';').next()?.split_once('=')?;
            (known.trim() == name).then(|| value.trim())
        })
    }

    /// `response` for expressions.
    pub fn value(&self) -> Value {
        Value::map([("status", Value::Int(i64::from(self.status))), ("headers", self.headers.clone()), ("body", self.body.clone())])
    }
}

/// Boundaries tell capital letters apart, so that this needs the content type as it was written.
fn read_mixed(content_type: &str, body: &[u8]) -> (BodyForm, Value) {
    let Ok(text) = std::str::from_utf8(body) else { return (BodyForm::Malformed, Value::Unset) };
    match super::mixed::read(content_type, text) {
        Some(value) => (BodyForm::Mixed, value),
        None => (BodyForm::Malformed, cut(text)),
    }
}

pub(super) fn read_body(content_type: &str, body: &[u8]) -> (BodyForm, Value) {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    let trimmed = body.trim_ascii();
    if trimmed.is_empty() {
        return (BodyForm::Empty, Value::Unset);
    }
    let Ok(text) = std::str::from_utf8(trimmed) else {
        return (if content_type.contains("json") { BodyForm::Malformed } else { BodyForm::Binary }, Value::Unset);
    };
    let said = content_type.contains("json");
    // Many partners send JSON as text/plain or text/html: what it is counts, not what it is called.
    if said || text.starts_with(['{', '[']) {
        return match text.parse::<Value>() {
            Ok(value) => (BodyForm::Json, value),
            Err(_) => (BodyForm::Malformed, cut(text)),
        };
    }
    let html = content_type.contains("html") || text.get(..14).is_some_and(|head| head.eq_ignore_ascii_case("<!doctype html"));
    if !html && (content_type.contains("xml") || text.starts_with("<?xml")) {
        return match Value::from_xml(text) {
            Ok(value) => (BodyForm::Xml, nothing(&value)),
            Err(_) => (BodyForm::Malformed, cut(text)),
        };
    }
    (if html { BodyForm::Html } else { BodyForm::Text }, cut(text))
}

/// `xsi:nil="true"` is how XML says null. The reader bounds the depth.
fn nothing(value: &Value) -> Value {
    match value {
        Value::Map(map) if map.len() == 1 && map.get("@nil").and_then(Value::as_text).is_some_and(|nil| matches!(nil, "true" | "1")) => {
            Value::Null
        }
        Value::Map(map) => Value::Map(Arc::new(map.iter().map(|(name, member)| (name.clone(), nothing(member))).collect())),
        Value::List(items) => Value::list(items.iter().map(nothing)),
        other => other.clone(),
    }
}

fn cut(text: &str) -> Value {
    let end = text.char_indices().nth(TEXT_MAX).map_or(text.len(), |(end, _)| end);
    Value::text(&text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(content_type: &str, body: &[u8]) -> Reply {
        Reply::new(200, &[("Content-Type".into(), content_type.into())], body, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn bodies_are_what_they_are() {
        let table: &[(&str, &[u8], BodyForm)] = &[
            ("application/json", b"{\"a\":1}", BodyForm::Json),
            ("text/plain", b" [1]", BodyForm::Json),
            ("text/html", b"{\"a\":1}", BodyForm::Json),
            ("application/json", b"\xef\xbb\xbf{}", BodyForm::Json),
            ("application/json", b"null", BodyForm::Json),
            ("application/json", b"{\"a\":", BodyForm::Malformed),
            ("application/json", b"<html>", BodyForm::Malformed),
            ("text/html; charset=utf-8", b"<html></html>", BodyForm::Html),
            ("", b"<!DOCTYPE HTML><p>", BodyForm::Html),
            ("text/plain", b"response_error: no", BodyForm::Text),
            ("text/xml", b"<a/>", BodyForm::Xml),
            ("", b"<?xml version='1.0'?><a/>", BodyForm::Xml),
            ("application/xml", b"<a>", BodyForm::Malformed),
            ("application/xml", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", BodyForm::Malformed),
            ("application/xhtml+xml", b"<html/>", BodyForm::Html),
            ("application/pdf", b"\xff\xfe\x00", BodyForm::Binary),
            ("application/json", b"\xff", BodyForm::Malformed),
            ("application/json", b"  ", BodyForm::Empty),
        ];
        for (content_type, body, form) in table {
            assert_eq!(reply(content_type, body).form, *form, "{content_type} {}", String::from_utf8_lossy(body));
        }
    }

    #[test]
    fn nesting_beyond_the_parser_is_malformed_and_no_panic() {
        let deep = "[".repeat(100_000);
        assert_eq!(reply("application/json", deep.as_bytes()).form, BodyForm::Malformed);
    }

    #[test]
    fn xml_is_a_tree_and_its_nil_is_null() {
        let xml = b"<?xml version='1.0'?><a xmlns:x='http://www.w3.org/2001/XMLSchema-instance'><b x:nil='true'/><c>1</c></a>";
        assert_eq!(reply("text/xml", xml).body.to_json().to_string(), r#"{"a":{"b":null,"c":"1"}}"#);
    }

    #[test]
    fn cookies_are_read_one_by_one() {
        let headers = vec![
            ("Set-Cookie".to_owned(), "B1SESSION=abc; HttpOnly; path=/".to_owned()),
            ("set-cookie".to_owned(), "ROUTEID=.node1; path=/".to_owned()),
            ("X-A".to_owned(), "1".to_owned()),
            ("x-a".to_owned(), "2".to_owned()),
        ];
        let reply = Reply::new(200, &headers, b"", Timestamp::UNIX_EPOCH);
        assert_eq!(reply.cookie("B1SESSION"), Some("abc"));
        assert_eq!(reply.cookie("ROUTEID"), Some(".node1"));
        assert_eq!(reply.cookie("path"), None);
        assert_eq!(reply.headers.member("x-a"), &Value::text("1, 2"));
    }
}
