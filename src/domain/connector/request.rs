//! Requests: the template an operation declares, the draft built from it, the request that goes out.

use super::body::{self, RequestBody};
use super::compiler::Compiler;
use super::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Place, Scope, ScopeType, Template};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::text::units;
use crate::domain::value::Value;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

/// Methods that are spoken.
pub const METHODS: &[&str] = &["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/// The shape of a request.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "request",
    doc: "One HTTP request.",
    fields: &[
        Field::required("method", Shape::Word(METHODS), "The method."),
        Field::optional("path", Shape::Template, "The path below `http.base_url`; what is inserted is percent-encoded."),
        Field::optional("url", Shape::Template, "A whole URL, for partners whose handshake lives elsewhere."),
        Field::optional("query", Shape::Map(&Shape::Any), "Query parameters; unset optional ones are left out."),
        Field::optional("headers", Shape::Map(&Shape::Any), "Headers."),
        body::JSON,
        body::FORM,
        body::MULTIPART,
        body::ODATA_BATCH,
        body::XML,
        body::SOAP,
        body::TEXT,
        Field::optional("timeout", Shape::Duration, "Time for this request."),
    ],
};

/// Headers that the client makes itself, or that would change who is spoken to.
const HEADERS_NOT_SET: &[&str] =
    &["host", "content-length", "transfer-encoding", "connection", "accept-encoding", "upgrade", "te", "trailer", "expect"];

/// Encoded in a query: everything but the unreserved characters of RFC 3986.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A compiled request.
#[derive(Debug)]
pub struct RequestTemplate {
    method: &'static str,
    target: Target,
    query: Vec<(Arc<str>, Tree)>,
    headers: Vec<(Arc<str>, Tree)>,
    body: RequestBody,
    timeout_millis: Option<u64>,
}

#[derive(Debug)]
enum Target {
    Path(Template),
    Url(Template),
}

/// A request being built: auth, idempotency and versions still add to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The method.
    pub method: &'static str,
    /// The URL without what `query` adds.
    pub url: String,
    /// Query parameters in order.
    pub query: Vec<(String, String)>,
    /// Headers in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: DraftBody,
    /// Milliseconds for this request.
    pub timeout_millis: Option<u64>,
}

/// The body of a draft.
#[derive(Clone, Debug, PartialEq)]
pub enum DraftBody {
    /// None.
    Empty,
    /// A JSON value.
    Json(Value),
    /// Form fields in order.
    Form(Vec<(String, String)>),
    /// Written out already: XML, multipart, text.
    Bytes {
        /// What it is.
        content_type: String,
        /// The bytes.
        bytes: Vec<u8>,
    },
}

/// A request as it goes out.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The method.
    pub method: &'static str,
    /// The whole URL.
    pub url: String,
    /// Headers, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body's bytes.
    pub body: Vec<u8>,
    /// Milliseconds for this request.
    pub timeout_millis: Option<u64>,
}

impl Request {
    /// A header, by its name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// Sets a header, replacing one of the same name.
    pub(super) fn set_header(&mut self, name: &str, value: String) {
        set_header(&mut self.headers, name, value);
    }

    /// Adds cookies, written as the header writes them, to those there are.
    pub(super) fn add_cookies(&mut self, cookies: &str) {
        add_cookies(&mut self.headers, cookies);
    }

    /// Adds a parameter to the query.
    pub(super) fn add_query(&mut self, name: &str, value: &str) {
        add_query(&mut self.url, name, value);
    }
}

impl RequestTemplate {
    /// The method.
    pub(super) fn method(&self) -> &'static str {
        self.method
    }

    /// Compiles a request.
    pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<RequestTemplate> {
        let written = node.get("method").and_then(Node::text);
        let method = METHODS.iter().copied().find(|method| Some(*method) == written);
        let target = compile_target(node, scope, compiler);
        let query = compile_entries(node, "query", scope, Place::Plain, compiler);
        let headers = compile_entries(node, "headers", scope, Place::Header, compiler);
        for (name, value) in node.get("headers").map(Node::entries).unwrap_or_default() {
            check_header(&name.text, name.span, compiler);
            super::lint::literal_secret(&name.text, value, compiler);
        }
        for (name, value) in node.get("query").map(Node::entries).unwrap_or_default() {
            super::lint::literal_secret(&name.text, value, compiler);
        }
        let body = RequestBody::compile(node, scope, compiler);
        let has_body = body.as_ref().is_some_and(|body| !matches!(body, RequestBody::Empty));
        if let (Some("GET" | "HEAD"), true) = (method, has_body) {
            compiler.error("wrong_type", node.span, "GET and HEAD take no body").hint("move it to `query`, or use POST");
        }
        let timeout_millis = plain_millis(node.get("timeout"), compiler);
        Some(RequestTemplate { method: method?, target: target?, query: query?, headers: headers?, body: body?, timeout_millis })
    }

    /// Builds a draft; `url` replaces the target (the next link of a page).
    ///
    /// # Errors
    /// When something cannot be computed, is unset, or would change the request's structure.
    pub fn draft(&self, base_url: &Template, scope: &Scope<'_>, payload: &Value, url: Option<&str>) -> Result<Draft, BuildError> {
        self.draft_at(None, base_url, scope, payload, url)
    }

    /// The same; `told` is the base that a log-in named, which counts before the connector's own.
    pub(super) fn draft_at(
        &self,
        told: Option<&str>,
        base_url: &Template,
        scope: &Scope<'_>,
        payload: &Value,
        url: Option<&str>,
    ) -> Result<Draft, BuildError> {
        let mut budget = Budget::default();
        let mut query = Vec::with_capacity(self.query.len());
        let target = match url {
            // A next link carries its own query; ours would stand in it twice.
            Some(url) => url.to_owned(),
            None => {
                for (name, tree) in &self.query {
                    let place = format!("query.{name}");
                    let value = tree.build(scope, payload, &place, &mut budget)?;
                    spread(name, &value, &place, &mut query)?;
                }
                self.target.render(told, base_url, scope, &mut budget)?
            }
        };
        let mut headers = Vec::with_capacity(self.headers.len() + 4);
        for (name, tree) in &self.headers {
            let place = format!("headers.{name}");
            let value = tree.build(scope, payload, &place, &mut budget)?;
            if let Some(text) = scalar_text(&value, &place)? {
                headers.push((name.to_ascii_lowercase(), header_text(text, &place)?));
            }
        }
        if let Some((name, value)) = self.body.header().filter(|(name, _)| !headers.iter().any(|(known, _)| known == name)) {
            headers.push((name.to_owned(), value));
        }
        if let Some(accepts) = self.body.accepts().filter(|_| !headers.iter().any(|(known, _)| known == "accept")) {
            headers.push(("accept".to_owned(), accepts.to_owned()));
        }
        let body = self.body.build(scope, payload, &mut budget)?;
        Ok(Draft { method: self.method, url: target, query, headers, body, timeout_millis: self.timeout_millis })
    }
}

impl Target {
    fn render(&self, told: Option<&str>, base_url: &Template, scope: &Scope<'_>, budget: &mut Budget) -> Result<String, BuildError> {
        let failed = |place: &str| {
            let place = place.to_owned();
            move |source| BuildError::Evaluate { place, source }
        };
        match self {
            Target::Url(template) => template.render(scope, budget).map_err(failed("url")),
            Target::Path(template) => {
                let base = match told {
                    Some(told) => told.to_owned(),
                    None => base_url.render(scope, budget).map_err(failed("http.base_url"))?,
                };
                let path = template.render(scope, budget).map_err(failed("path"))?;
                check_segments(&path)?;
                Ok(join(&base, &path))
            }
        }
    }
}

/// Below the base, whatever the slashes: a base URL may itself have a path, which `Url::join` would drop.
pub(super) fn join(base: &str, path: &str) -> String {
    if path.is_empty() {
        return base.to_owned();
    }
    format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'))
}

/// An inserted `..` would climb out of the path it was inserted in: URLs are normalised before they are sent.
fn check_segments(path: &str) -> Result<(), BuildError> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let climbs = path.split(['/', '\\']).any(|segment| {
        let plain = segment.to_ascii_lowercase().replace("%2e", ".");
        plain == "." || plain == ".."
    });
    match climbs {
        true => Err(BuildError::Invalid { place: "path".to_owned(), why: "has a segment of dots" }),
        false => Ok(()),
    }
}

fn compile_target(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Target> {
    match (node.get("path"), node.get("url")) {
        (Some(path), None) => compiler.inside("path", |compiler| compiler.template(path, Place::UrlSegment, scope)).map(Target::Path),
        (None, Some(url)) => compiler.inside("url", |compiler| compiler.template(url, Place::Url, scope)).map(Target::Url),
        (Some(_), Some(url)) => {
            compiler.error("wrong_type", url.span, "`path` and `url` cannot stand together").hint("keep one of them");
            None
        }
        (None, None) => {
            compiler.error("missing_key", node.span, "neither `path` nor `url` says where to").hint("add `path`");
            None
        }
    }
}

fn compile_entries(node: &Node, key: &str, scope: &ScopeType, place: Place, compiler: &mut Compiler<'_>) -> Option<Vec<(Arc<str>, Tree)>> {
    let entries = node.get(key).map(Node::entries).unwrap_or_default();
    let trees: Vec<_> = entries
        .iter()
        .filter_map(|(name, value)| {
            let tree = compiler.inside(&format!("{key}.{}", name.text), |compiler| Tree::compile_for(value, scope, place, compiler))?;
            Some((Arc::from(name.text.as_str()), tree))
        })
        .collect();
    (trees.len() == entries.len()).then_some(trees)
}

/// Whether a header may be set by a definition.
pub(super) fn check_header(name: &str, span: crate::domain::diagnostic::Span, compiler: &mut Compiler<'_>) {
    let lower = name.to_ascii_lowercase();
    let token = !lower.is_empty() && lower.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.!#$%&'*+^`|~".contains(&byte));
    if !token {
        compiler.error("bad_value", span, format!("`{name}` is not a header name"));
    } else if HEADERS_NOT_SET.contains(&lower.as_str()) {
        compiler.error("bad_value", span, format!("`{name}` is set by the client itself")).hint("leave it out");
    }
}

/// A plain duration in milliseconds; working time has no calendar here.
pub(super) fn plain_millis(node: Option<&Node>, compiler: &mut Compiler<'_>) -> Option<u64> {
    let node = node?;
    let span = node.text().and_then(units::duration)?;
    if span.millis().is_none() {
        compiler
            .error("wrong_type", node.span, "working time needs a calendar, which a connector does not have")
            .hint("write plain time such as `15s`");
    }
    span.millis()
}

/// One query or form entry; a list repeats its name, an unset value is left out.
pub(super) fn spread(name: &str, value: &Value, place: &str, into: &mut Vec<(String, String)>) -> Result<(), BuildError> {
    match value {
        Value::List(items) => {
            for item in items.iter() {
                into.extend(scalar_text(item, place)?.map(|text| (name.to_owned(), text)));
            }
        }
        other => into.extend(scalar_text(other, place)?.map(|text| (name.to_owned(), text))),
    }
    Ok(())
}

/// The text of a single value; none when it is unset, an error for lists and mappings.
pub(super) fn scalar_text(value: &Value, place: &str) -> Result<Option<String>, BuildError> {
    Ok(match value {
        Value::Unset => None,
        Value::Null => Some(String::new()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::Decimal(number) => Some(number.to_string()),
        Value::Number(text) | Value::Text(text) => Some(text.to_string()),
        Value::Instant(instant) => Some(instant.to_string()),
        Value::Date(date) => Some(date.to_string()),
        Value::Duration(duration) => Some(duration.to_string()),
        Value::List(_) | Value::Map(_) => {
            return Err(BuildError::Invalid { place: place.to_owned(), why: "is a list or a mapping where one value is sent" });
        }
    })
}

/// A header value: no control characters (they would begin another header), spaces around it cut.
pub(super) fn header_text(text: String, place: &str) -> Result<String, BuildError> {
    if text.chars().any(char::is_control) {
        return Err(BuildError::Invalid { place: place.to_owned(), why: "has a control character, which a header cannot carry" });
    }
    Ok(text.trim().to_owned())
}

fn set_header(headers: &mut Vec<(String, String)>, name: &str, value: String) {
    let name = name.to_ascii_lowercase();
    headers.retain(|(known, _)| *known != name);
    headers.push((name, value));
}

fn add_cookies(headers: &mut Vec<(String, String)>, cookies: &str) {
    match headers.iter_mut().find(|(known, _)| known == "cookie") {
        Some((_, there)) => *there = format!("{there}; {cookies}"),
        None => headers.push(("cookie".to_owned(), cookies.to_owned())),
    }
}

fn add_query(url: &mut String, name: &str, value: &str) {
    url.push(if url.contains('?') { '&' } else { '?' });
    url.extend(utf8_percent_encode(name, QUERY));
    url.push('=');
    url.extend(utf8_percent_encode(value, QUERY));
}

impl Draft {
    /// Sets a header, replacing one of the same name.
    pub fn set_header(&mut self, name: &str, value: String) {
        set_header(&mut self.headers, name, value);
    }

    /// Adds a cookie to those there are.
    pub fn add_cookie(&mut self, name: &str, value: &str) {
        add_cookies(&mut self.headers, &format!("{name}={value}"));
    }

    /// Adds a field to the body; false when the body has no place for it.
    pub fn set_body_field(&mut self, name: &str, value: Value) -> bool {
        match &mut self.body {
            DraftBody::Json(Value::Map(map)) => {
                Arc::make_mut(map).insert(Arc::from(name), value);
                true
            }
            DraftBody::Form(fields) => match scalar_text(&value, name) {
                Ok(Some(text)) => {
                    fields.retain(|(known, _)| known != name);
                    fields.push((name.to_owned(), text));
                    true
                }
                _ => false,
            },
            DraftBody::Json(_) | DraftBody::Bytes { .. } => false,
            DraftBody::Empty => {
                self.body = DraftBody::Json(Value::map([(name, value)]));
                true
            }
        }
    }

    /// The request as it goes out.
    pub fn finish(mut self) -> Request {
        let mut url = self.url;
        for (name, value) in &self.query {
            add_query(&mut url, name, value);
        }
        let (body, content_type) = match self.body {
            DraftBody::Empty => (Vec::new(), None),
            DraftBody::Json(value) => (value.to_json_text().into_bytes(), Some("application/json".to_owned())),
            DraftBody::Form(fields) => {
                let text = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                (text.into_bytes(), Some("application/x-www-form-urlencoded".to_owned()))
            }
            DraftBody::Bytes { content_type, bytes } => (bytes, Some(content_type)),
        };
        let has = |headers: &[(String, String)], name: &str| headers.iter().any(|(known, _)| known == name);
        if let Some(content_type) = content_type.filter(|_| !has(&self.headers, "content-type")) {
            self.headers.push(("content-type".to_owned(), content_type));
        }
        if !has(&self.headers, "accept") {
            self.headers.push(("accept".to_owned(), "application/json".to_owned()));
        }
        Request { method: self.method, url, headers: self.headers, body, timeout_millis: self.timeout_millis }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(body: DraftBody) -> Draft {
        Draft { method: "POST", url: "https://erp.example/x?a=1".into(), query: vec![], headers: vec![], body, timeout_millis: None }
    }

    #[test]
    fn joining_keeps_the_base_path() {
        let table = [
            ("https://erp.example/k3cloud/", "/orders", "https://erp.example/k3cloud/orders"),
            ("https://erp.example", "orders", "https://erp.example/orders"),
            ("https://erp.example/", "", "https://erp.example/"),
        ];
        for (base, path, whole) in table {
            assert_eq!(join(base, path), whole);
        }
    }

    #[test]
    fn segments_of_dots_are_refused() {
        for path in ["/a/../b", "/a/%2e%2E/b", "/a/.", "/a/.%2e", "/a\\..\\b"] {
            assert!(check_segments(path).is_err(), "{path}");
        }
        for path in ["/a/..b", "/a/b.c", "/a?x=../..", ""] {
            assert!(check_segments(path).is_ok(), "{path}");
        }
    }

    #[test]
    fn a_query_is_percent_encoded_and_appended() {
        let mut request = draft(DraftBody::Empty);
        request.query = vec![("q".into(), "a b&c=d/é".into())];
        assert_eq!(request.finish().url, "https://erp.example/x?a=1&q=a%20b%26c%3Dd%2F%C3%A9");
    }

    #[test]
    fn fields_go_into_either_body() {
        let mut json = draft(DraftBody::Json(Value::map([("a", Value::Int(1))])));
        assert!(json.set_body_field("key", Value::text("k")));
        assert_eq!(json.finish().body, br#"{"a":1,"key":"k"}"#);
        let mut form = draft(DraftBody::Form(vec![("a".into(), "x y".into())]));
        assert!(form.set_body_field("key", Value::text("k&k")));
        let request = form.finish();
        assert_eq!(request.body, b"a=x+y&key=k%26k");
        assert!(request.headers.contains(&("content-type".into(), "application/x-www-form-urlencoded".into())));
        assert!(!draft(DraftBody::Json(Value::list([]))).set_body_field("key", Value::text("k")));
    }

    #[test]
    fn control_characters_never_reach_a_header() {
        assert!(header_text("a\r\nx-admin: 1".into(), "headers.a").is_err());
        assert_eq!(header_text(" 采购 ".into(), "headers.a").unwrap(), "采购");
    }
}
