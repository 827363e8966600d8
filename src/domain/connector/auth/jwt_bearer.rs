//! `kind: jwt_bearer`: a signed assertion is exchanged for a token that acts for the user it names (RFC 7523).

use super::handshake::Handshake;
use super::jwt::{self, Assertion};
use super::token_endpoint::{
    APPLY, AssertionAs, BASE_URL, EXPIRED_WHEN, EXPIRES_IN, PARAMS, SCOPE, TOKEN_URL, TokenForm, handshake, scope,
};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::scopes::Scopes;
use crate::domain::text::shape::{Field, Kind};
use crate::domain::text::tree::Node;

/// The shape.
pub static KIND: Kind = Kind {
    word: "jwt_bearer",
    doc: "OAuth 2 JWT bearer: a signed assertion that names a user gives a token.",
    later: false,
    fields: &[
        TOKEN_URL,
        Field::required("assertion", jwt::SHAPE, "The assertion."),
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
    let assertion = compiler.inside("assertion", |compiler| Assertion::compile(node.get("assertion")?, &seen, compiler))?;
    let grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let form = TokenForm::compile(node, grant, None, Some(AssertionAs::Grant), &seen, compiler)?;
    handshake(node, form, Some(assertion), scopes, compiler)
}
