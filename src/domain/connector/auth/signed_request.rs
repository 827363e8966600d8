//! `kind: signed_request`: a signature over every request, in the partner's own canonical form.

use super::apply::{self, Apply};
use super::moment::Moment;
use super::parts::{self, Parts};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::{Draft, Request};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::BuildError;
use crate::domain::connector::types::object;
use crate::domain::expression::{Scope, ScopeType};
use crate::domain::text::shape::{Field, Kind};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{Type, Value};
use url::Url;

/// The shape.
pub static KIND: Kind = Kind {
    word: "signed_request",
    doc: "A signature with every request: `sign` computes it from `request`, `settings`, `now` and `nonce`, `apply` sends it. One that goes into the body is made before there is a request, and looks at no part of it.",
    later: false,
    fields: &[
        Field::required("sign", parts::SHAPE, "The parts, in order; later ones see `sign.NAME`."),
        Field::required("apply", apply::SHAPE, "Headers and query parameters that carry them."),
    ],
};

/// What signs every request.
#[derive(Debug)]
pub struct SignedRequest {
    parts: Parts,
    apply: Vec<Apply>,
    /// It goes into the body, so it is made before the request is.
    in_body: bool,
}

impl SignedRequest {
    pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<SignedRequest> {
        let places = match node.get("apply").map(|apply| &apply.kind) {
            Some(NodeKind::List(items)) => items.iter().collect(),
            _ => vec![node.get("apply")?],
        };
        let in_body = places.iter().any(|place| place.get("body").is_some());
        let scope = if in_body { Moment::types(scopes.settings()) } else { with_request(scopes) };
        let (parts, seen) = Parts::compile(node.get("sign"), &scope, !in_body, compiler)?;
        let apply = Apply::compile_all(node.get("apply")?, &seen, compiler)?;
        Some(SignedRequest { parts, apply, in_body })
    }

    /// Puts what goes into a body there, while the body still can change.
    pub(super) fn apply(&self, draft: &mut Draft, scope: &Scope<'_>, moment: &Moment) -> Result<(), BuildError> {
        if !self.in_body {
            return Ok(());
        }
        let scope = self.parts.compute(&moment.scope(scope), &[])?;
        self.apply.iter().try_for_each(|apply| apply.apply(draft, &scope))
    }

    pub(super) fn sign(&self, request: &mut Request, scope: &Scope<'_>, moment: &Moment) -> Result<(), BuildError> {
        if self.in_body {
            return Ok(());
        }
        let scope = moment.scope(scope).with("request", facts(request)?);
        let scope = self.parts.compute(&scope, &request.body)?;
        self.apply.iter().try_for_each(|apply| apply.apply_to_request(request, &scope))
    }
}

/// The names of a signature over a request.
fn with_request(scopes: &Scopes) -> ScopeType {
    let texts = ["method", "url", "scheme", "host", "path", "query", "sorted_query", "body", "content_type"];
    let headers = ("headers", Type::Map(Box::new(Type::Text)));
    let request = object("request", texts.map(|name| (name, Type::Text)).into_iter().chain([headers]));
    Moment::types(scopes.settings().with("request", request))
}

/// `request` as the parts see it. A body that is not text can only be digested.
fn facts(request: &Request) -> Result<Value, BuildError> {
    let invalid = |_| BuildError::Invalid { place: "url".to_owned(), why: "is not a URL" };
    let url = Url::parse(&request.url).map_err(invalid)?;
    let query = url.query().unwrap_or_default();
    let mut sorted: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty()).collect();
    sorted.sort_unstable();
    let host = match url.port() {
        Some(port) => format!("{}:{port}", url.host_str().unwrap_or_default()),
        None => url.host_str().unwrap_or_default().to_owned(),
    };
    let content_type = request.header("content-type").unwrap_or_default();
    let body = std::str::from_utf8(&request.body).map_or(Value::Unset, Value::text);
    Ok(Value::map([
        ("method", Value::text(request.method)),
        ("url", Value::text(&request.url)),
        ("scheme", Value::text(url.scheme())),
        ("host", Value::text(host)),
        ("path", Value::text(url.path())),
        ("query", Value::text(query)),
        ("sorted_query", Value::text(sorted.join("&"))),
        ("body", body),
        ("content_type", Value::text(content_type)),
        ("headers", Value::map(request.headers.iter().map(|(name, value)| (name.as_str(), Value::text(value))))),
    ]))
}
