//! `kind: token_request`: one request gives a token, `token` in `apply`.

use super::apply::{self, Apply};
use super::handshake::{Ask, Capture, Handshake};
use super::moment::Moment;
use super::parts::{self, Parts};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::{self, RequestTemplate};
use crate::domain::connector::scopes::Scopes;
use crate::domain::text::shape::{Field, Kind, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Type;
use std::sync::Arc;

static FROM: ObjectShape = ObjectShape {
    name: "token_from",
    doc: "Where in the answer something is.",
    fields: &[Field::required("from", Shape::Path, "A JSONPath on the answer's body.")],
};

/// The shape.
pub static KIND: Kind = Kind {
    word: "token_request",
    doc: "One request gives a token for the further ones.",
    later: false,
    fields: &[
        Field::required("request", Shape::Object(&request::SHAPE), "The request that gives the token; sees `now`, `nonce` and `sign`."),
        Field::optional("sign", parts::SHAPE, "Parts of a signature for the request."),
        Field::required("token", Shape::Object(&FROM), "Where the token is."),
        Field::optional(
            "expires_in",
            Shape::Either(&[Shape::Duration, Shape::Object(&FROM)]),
            "How long it lives: seconds in the answer, or a fixed time.",
        ),
        Field::required("apply", apply::SHAPE, "Where it goes in further requests."),
        Field::optional("expired_when", Shape::Expression, "Says of an answer that the token has lapsed; a 401 always does."),
    ],
};

pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Handshake> {
    let (sign, seen) = Parts::compile(node.get("sign"), &Moment::types(scopes.settings()), false, compiler)?;
    let request = compiler.inside("request", |compiler| RequestTemplate::compile(node.get("request")?, &seen, compiler));
    let token = compiler.inside("token", |compiler| compiler.json_path(node.get("token")?.get("from")?));
    let expires_in = super::handshake::compile_lifetime(node.get("expires_in"), compiler);
    let scope = scopes.settings().with("token", Type::Text);
    let apply = Apply::compile_all(node.get("apply")?, &scope, compiler);
    let expired_when = super::handshake::compile_expired(node, scopes, compiler);
    Some(Handshake {
        ask: Ask::Request(Box::new(request?)),
        sign,
        assertion: None,
        name: "token",
        captures: vec![(Arc::from("token"), Capture::From(token?))],
        expires_in,
        apply: apply?,
        expired_when,
        consent: None,
    })
}
