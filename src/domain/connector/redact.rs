//! What is taken out of recorded requests and answers before they are stored.

use super::compiler::Compiler;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use serde_json::Value as Json;
use std::sync::Arc;

/// What stands in place of something redacted.
pub const MASK: &str = "[redacted]";

static OBJECT: ObjectShape = ObjectShape {
    name: "redact",
    doc: "A header or query parameter that is not recorded.",
    fields: &[Field::optional("header", Shape::Text, "A header."), Field::optional("query", Shape::Text, "A query parameter.")],
};

/// The shape of `redact:`: paths into bodies, headers, query parameters.
pub const SHAPE: Shape = Shape::List(&Shape::Either(&[Shape::Path, Shape::Object(&OBJECT)]));

/// Headers that are never recorded.
const HEADERS: &[&str] = &["authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "apikey", "api-key"];

/// Query parameters that are never recorded.
const QUERIES: &[&str] = &["access_token", "token", "key", "api_key", "apikey", "secret", "signature", "sign", "password"];

/// Compiled redaction.
#[derive(Debug, Default)]
pub struct Redaction {
    paths: Vec<Vec<Segment>>,
    headers: Vec<Arc<str>>,
    queries: Vec<Arc<str>>,
}

/// Redaction needs places, not values, so it has its own small reader: names, indexes, `[*]`, `..name`.
#[derive(Clone, Debug, PartialEq)]
enum Segment {
    Name(Arc<str>),
    Index(usize),
    Any,
    Anywhere(Arc<str>),
}

impl Redaction {
    pub(super) fn compile(node: Option<&Node>, compiler: &mut Compiler<'_>) -> Redaction {
        let mut redaction = Redaction::default();
        for item in node.map(Node::items).unwrap_or_default() {
            if let Some(text) = item.text() {
                match segments(text) {
                    Some(path) => redaction.paths.push(path),
                    None => {
                        compiler
                            .error("path_syntax", item.span, format!("`{text}` cannot be redacted"))
                            .hint("a redaction path has names, indexes, `[*]` and `..name`, such as `$.form.mobile`");
                    }
                }
            }
            let lower = |key: &str| item.get(key).and_then(Node::text).map(|text| Arc::from(text.to_ascii_lowercase()));
            redaction.headers.extend(lower("header"));
            redaction.queries.extend(lower("query"));
        }
        redaction
    }

    /// Whether a header is kept out of records.
    pub fn hides_header(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        HEADERS.contains(&name.as_str()) || self.headers.iter().any(|hidden| hidden.as_ref() == name)
    }

    /// Whether a query parameter is kept out of records.
    pub fn hides_query(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        QUERIES.contains(&name.as_str()) || self.queries.iter().any(|hidden| hidden.as_ref() == name)
    }

    /// Masks what the paths name.
    pub fn apply(&self, body: &mut Json) {
        for path in &self.paths {
            mask(body, path);
        }
    }

    /// Whether a body has to be looked into at all.
    pub fn has_paths(&self) -> bool {
        !self.paths.is_empty()
    }
}

fn mask(value: &mut Json, path: &[Segment]) {
    let Some((first, rest)) = path.split_first() else {
        *value = Json::String(MASK.to_owned());
        return;
    };
    match (first, value) {
        (Segment::Name(name), Json::Object(map)) => {
            if let Some(member) = map.get_mut(name.as_ref()) {
                mask(member, rest);
            }
        }
        (Segment::Index(index), Json::Array(items)) => {
            if let Some(item) = items.get_mut(*index) {
                mask(item, rest);
            }
        }
        (Segment::Any, Json::Array(items)) => items.iter_mut().for_each(|item| mask(item, rest)),
        (Segment::Any, Json::Object(map)) => map.values_mut().for_each(|member| mask(member, rest)),
        (Segment::Anywhere(name), Json::Object(map)) => {
            for (key, member) in map.iter_mut() {
                if key == name.as_ref() {
                    mask(member, rest);
                } else {
                    mask(member, path);
                }
            }
        }
        (Segment::Anywhere(_), Json::Array(items)) => items.iter_mut().for_each(|item| mask(item, path)),
        _ => {}
    }
}

fn segments(text: &str) -> Option<Vec<Segment>> {
    let mut rest = text.strip_prefix('$')?;
    let mut out = Vec::new();
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix("..") {
            let (name, after) = plain_name(after)?;
            out.push(Segment::Anywhere(name));
            rest = after;
        } else if let Some(after) = rest.strip_prefix(".*") {
            out.push(Segment::Any);
            rest = after;
        } else if let Some(after) = rest.strip_prefix('.') {
            let (name, after) = plain_name(after)?;
            out.push(Segment::Name(name));
            rest = after;
        } else {
            let inner = rest.strip_prefix('[')?;
            let close = inner.find(']')?;
            out.push(bracket(&inner[..close])?);
            rest = &inner[close + 1..];
        }
    }
    (!out.is_empty()).then_some(out)
}

fn plain_name(text: &str) -> Option<(Arc<str>, &str)> {
    let end = text.find(['.', '[']).unwrap_or(text.len());
    let name = &text[..end];
    let sound = !name.is_empty() && !name.contains(['*', '?', '(', '\'', '"', ' ', ']']);
    sound.then(|| (Arc::from(name), &text[end..]))
}

fn bracket(text: &str) -> Option<Segment> {
    if text == "*" {
        return Some(Segment::Any);
    }
    if let Ok(index) = text.parse() {
        return Some(Segment::Index(index));
    }
    let quoted = |quote: char| text.strip_prefix(quote).and_then(|text| text.strip_suffix(quote));
    let name = quoted('\'').or_else(|| quoted('"'))?;
    (!name.is_empty()).then(|| Segment::Name(Arc::from(name)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_mask_what_they_name() {
        let table = [
            ("$.a.b", json!({"a": {"b": MASK, "c": 1}, "b": 2, "l": [{"b": 3}]})),
            ("$['b']", json!({"a": {"b": 1, "c": 1}, "b": MASK, "l": [{"b": 3}]})),
            ("$.l[*].b", json!({"a": {"b": 1, "c": 1}, "b": 2, "l": [{"b": MASK}]})),
            ("$.l[0]", json!({"a": {"b": 1, "c": 1}, "b": 2, "l": [MASK]})),
            ("$..b", json!({"a": {"b": MASK, "c": 1}, "b": MASK, "l": [{"b": MASK}]})),
            ("$.missing.x", json!({"a": {"b": 1, "c": 1}, "b": 2, "l": [{"b": 3}]})),
        ];
        for (path, expected) in table {
            let redaction = Redaction { paths: vec![segments(path).unwrap()], ..Redaction::default() };
            let mut body = json!({"a": {"b": 1, "c": 1}, "b": 2, "l": [{"b": 3}]});
            redaction.apply(&mut body);
            assert_eq!(body, expected, "{path}");
        }
    }

    #[test]
    fn what_it_cannot_do_is_refused() {
        for path in ["", "a.b", "$", "$.", "$.a[?(@.b)]", "$.a[", "$['a", "$..*", "$.a b"] {
            assert_eq!(segments(path), None, "{path}");
        }
    }

    #[test]
    fn credentials_are_never_recorded() {
        let redaction = Redaction::default();
        assert!(redaction.hides_header("Authorization") && redaction.hides_header("Set-Cookie"));
        assert!(redaction.hides_query("access_token") && !redaction.hides_query("page"));
    }
}
