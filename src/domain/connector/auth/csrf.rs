//! `csrf:` beside any kind: a token and cookies that are fetched first and go with every request that is not a mere read.
//!
//! SAP's way, and that of others: ask with `X-CSRF-Token: Fetch`, keep the token and all cookies, send both. A token that
//! has gone stale is answered with 403 and `X-CSRF-Token: Required`, before anything was done: it is fetched anew once.

use super::handshake::Credentials;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::reply::Reply;
use crate::domain::connector::request::{self, Draft, Request, RequestTemplate, plain_millis};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::BuildError;
use crate::domain::expression::{Budget, Expression, Scope, Template};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;

static OBJECT: ObjectShape = ObjectShape {
    name: "csrf",
    doc: "A token and cookies fetched before requests that change something.",
    fields: &[
        Field::required("fetch", Shape::Object(&request::SHAPE), "The read that gives them."),
        Field::optional("header", Shape::Text, "The header that asks for the token, gives it and carries it; `X-CSRF-Token`."),
        Field::optional("ask", Shape::Text, "What the header says when it asks; `Fetch`."),
        Field::optional(
            "stale_when",
            Shape::Expression,
            "Says of an answer that the token is stale; 403 with `Required` in the header always does.",
        ),
        Field::optional("lives", Shape::Duration, "How long they are used; 20m."),
    ],
};

/// The shape of `csrf:`.
pub(super) const SHAPE: Shape = Shape::Object(&OBJECT);

/// Milliseconds: gateways forget a session after half an hour of silence.
const LIVES: u64 = 20 * 60 * 1_000;

/// The handshake before writes.
#[derive(Debug)]
pub struct Csrf {
    fetch: RequestTemplate,
    header: String,
    ask: String,
    stale_when: Option<Expression>,
    lives_millis: u64,
}

impl Csrf {
    pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Csrf> {
        let fetch = compiler.inside("fetch", |compiler| RequestTemplate::compile(node.get("fetch")?, &scopes.settings(), compiler))?;
        if !matches!(fetch.method(), "GET" | "HEAD") {
            compiler.error("bad_value", node.get("fetch")?.span, "the token is fetched by a read").hint("write `method: HEAD` or `GET`");
        }
        if let Some(header) = node.get("header") {
            request::check_header(header.text()?, header.span, compiler);
        }
        let stale_when = match node.get("stale_when") {
            Some(stale) => Some(compiler.inside("stale_when", |compiler| compiler.condition(stale, &scopes.response(None)))?),
            None => None,
        };
        let text = |key: &str, default: &str| node.get(key).and_then(Node::text).unwrap_or(default).to_owned();
        let header = text("header", "X-CSRF-Token").to_ascii_lowercase();
        let lives_millis = plain_millis(node.get("lives"), compiler).unwrap_or(LIVES);
        Some(Csrf { fetch, header, ask: text("ask", "Fetch"), stale_when, lives_millis })
    }

    /// Whether a request has to carry the pair.
    pub fn is_wanted(&self, request: &Request) -> bool {
        !matches!(request.method, "GET" | "HEAD")
    }

    /// The read that asks for the pair, still without the proof of who we are.
    pub(super) fn draft(&self, base_url: &Template, scope: &Scope<'_>) -> Result<Draft, BuildError> {
        let mut draft = self.fetch.draft(base_url, scope, &Value::Unset, None)?;
        draft.set_header(&self.header, self.ask.clone());
        Ok(draft)
    }

    /// The pair, out of whatever answer has it: some gateways give it along with an error.
    pub fn capture(&self, reply: &Reply) -> Option<Credentials> {
        let token = reply.headers.member(&self.header).as_text().filter(|token| !token.is_empty() && !is_required(token))?;
        let cookies: Vec<&str> = reply.set_cookies.iter().filter_map(|cookie| cookie.split(';').next()).map(str::trim).collect();
        let value = Value::map([("token", Value::text(token)), ("cookies", Value::text(cookies.join("; ")))]);
        Some(Credentials::new(value, Some(self.lives_millis)))
    }

    /// A pair that stands for itself.
    pub fn stand_in(&self) -> Credentials {
        Credentials::new(Value::map([("token", Value::text("csrf-example")), ("cookies", Value::text(""))]), None)
    }

    /// Puts the pair into a request.
    pub fn apply(&self, request: &mut Request, pair: &Credentials) {
        let text = |name: &str| pair.value().member(name).as_text().unwrap_or_default().to_owned();
        request.set_header(&self.header, text("token"));
        let cookies = text("cookies");
        if !cookies.is_empty() {
            request.add_cookies(&cookies);
        }
    }

    /// Whether an answer says that the pair is stale: surely nothing was done.
    pub fn is_stale(&self, reply: &Reply, settings: &Value) -> bool {
        if reply.status == 403 && reply.headers.member(&self.header).as_text().is_some_and(is_required) {
            return true;
        }
        let Some(stale) = &self.stale_when else { return false };
        let scope = Scope::default().with("settings", settings.clone()).with("response", reply.value()).with("input", Value::Unset);
        stale.holds(&scope, &mut Budget::default()).unwrap_or(false)
    }
}

fn is_required(token: &str) -> bool {
    token.eq_ignore_ascii_case("required")
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn csrf() -> Csrf {
        let text = "fetch: {method: HEAD, path: /}";
        let mut report = crate::domain::diagnostic::Report::new("x.yaml");
        let node = crate::domain::text::tree::parse(text, &mut report).unwrap();
        let scopes = Scopes::new(std::sync::Arc::new(crate::domain::value::ObjectType {
            name: "settings".into(),
            fields: indexmap::IndexMap::new(),
            open: false,
        }));
        Csrf::compile(&node, &scopes, &mut Compiler::new(&mut report)).unwrap()
    }

    fn reply(status: u16, headers: &[(&str, &str)]) -> Reply {
        let headers: Vec<_> = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Reply::new(status, &headers, b"", Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn token_and_every_cookie_go_along() {
        let csrf = csrf();
        let given = reply(
            404,
            &[
                ("x-csrf-token", "T1"),
                ("set-cookie", "SAP_SESSIONID_ABC_100=s%3d; path=/; HttpOnly"),
                ("set-cookie", "sap-usercontext=sap-client=100;"),
            ],
        );
        let pair = csrf.capture(&given).unwrap();
        let mut request = Request {
            method: "POST",
            url: String::new(),
            headers: vec![("cookie".into(), "a=1".into())],
            body: vec![],
            timeout_millis: None,
        };
        csrf.apply(&mut request, &pair);
        assert_eq!(request.header("x-csrf-token"), Some("T1"));
        assert_eq!(request.header("cookie"), Some("a=1; SAP_SESSIONID_ABC_100=s%3d; sap-usercontext=sap-client=100"));
    }

    #[test]
    fn required_is_no_token_and_says_that_ours_is_stale() {
        let csrf = csrf();
        assert!(csrf.capture(&reply(403, &[("X-CSRF-Token", "Required")])).is_none());
        assert!(csrf.capture(&reply(200, &[])).is_none());
        assert!(csrf.is_stale(&reply(403, &[("X-CSRF-Token", "required")]), &Value::Unset));
        assert!(!csrf.is_stale(&reply(403, &[]), &Value::Unset));
        assert!(!csrf.is_stale(&reply(200, &[("X-CSRF-Token", "Required")]), &Value::Unset));
    }
}
