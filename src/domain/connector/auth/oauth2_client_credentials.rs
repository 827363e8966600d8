//! `kind: oauth2_client_credentials`: the client's own token, by its secret or by an assertion that its key signs.

use super::handshake::Handshake;
use super::jwt::{self, Assertion};
use super::token_endpoint::{
    APPLY, AssertionAs, BASE_URL, Client, EXPIRED_WHEN, EXPIRES_IN, PARAMS, SCOPE, SECRET_IN, TOKEN_URL, TokenForm, handshake, scope,
};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::scopes::Scopes;
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;

/// The shape.
pub static KIND: Kind = Kind {
    word: "oauth2_client_credentials",
    doc: "OAuth 2 client credentials: a token for the client itself, by its secret or by a signed assertion.",
    later: false,
    fields: &[
        TOKEN_URL,
        Field::optional("client_id", Shape::Any, "The client's id; may be left out beside an assertion."),
        Field::optional("client_secret", Shape::Any, "The client's secret."),
        SECRET_IN,
        Field::optional("assertion", jwt::SHAPE, "A signed assertion instead of a secret."),
        SCOPE,
        PARAMS,
        EXPIRES_IN,
        BASE_URL,
        APPLY,
        EXPIRED_WHEN,
    ],
};

pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Handshake> {
    let seen = scope(scopes);
    if node.get("client_secret").is_some() == node.get("assertion").is_some() {
        compiler
            .error("missing_key", node.span, "a client proves itself by `client_secret` or by `assertion`")
            .hint("write exactly one of them");
        return None;
    }
    if node.get("client_secret").is_some() && node.get("client_id").is_none() {
        compiler.error("missing_key", node.span, "`client_id` is missing");
        return None;
    }
    let client = match node.get("client_id") {
        Some(_) => Some(Client::compile(node, &seen, compiler)?),
        None => None,
    };
    let assertion = match node.get("assertion") {
        Some(assertion) => Some(compiler.inside("assertion", |compiler| Assertion::compile(assertion, &seen, compiler))?),
        None => None,
    };
    let as_client = assertion.is_some().then_some(AssertionAs::Client);
    let form = TokenForm::compile(node, "client_credentials", client, as_client, &seen, compiler)?;
    handshake(node, form, assertion, scopes, compiler)
}
