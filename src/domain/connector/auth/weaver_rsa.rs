//! `kind: weaver_rsa`: the header log-in of Weaver e-cology 9, with material that its registration gave once.
//!
//! Registration (an operator does it) gives a secret and a public key. The secret, encrypted with the key, gives a token; each
//! call carries the token, the application's id and the acting person's id, encrypted anew.

use super::handshake::{Ask, Capture, Handshake, Lifetime, compile_expired};
use super::moment::Moment;
use super::parts::{Parts, text_of};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secret;
use crate::domain::connector::request::{Draft, DraftBody, header_text, join, plain_millis};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Place, Scope, Template};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::Type;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rsa::pkcs8::DecodePublicKey;
use rsa::{Pkcs1v15Encrypt, PublicKey};
use std::sync::Arc;

/// The shape.
pub static KIND: Kind = Kind {
    word: "weaver_rsa",
    doc: "The header log-in of Weaver e-cology 9: a token by an encrypted secret, and the acting person encrypted in each call.",
    later: false,
    fields: &[
        Field::required("app_id", Shape::Any, "The application's id."),
        Field::required("secret", Shape::Any, "What the registration gave as `secrit`."),
        Field::required("public_key", Shape::Any, "What the registration gave as `spk`."),
        Field::required("user", Shape::Any, "The acting person's number; sees `input`, so that an operation may name another."),
        Field::optional("path", Shape::Template, "Where tokens are given; `/api/ec/dev/auth/applytoken`."),
        Field::optional("lives", Shape::Duration, "How long tokens are asked for; 30m."),
        Field::optional("expired_when", Shape::Expression, "Says of an answer that the token has lapsed; a 401 always does."),
    ],
};

const LIVES: u64 = 1_800_000;
/// Longer keys are a mistake in a setting, and slow.
const KEY_CHARACTERS_MAX: usize = 4_096;

/// The request for a token, and what goes with every call.
#[derive(Debug)]
pub(super) struct WeaverRsa {
    app_id: Tree,
    secret: Tree,
    public_key: Tree,
    user: Tree,
    path: Template,
    lives_millis: u64,
}

pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Handshake> {
    let scope = scopes.settings();
    literal_secret("secret", node.get("secret")?, compiler);
    let acting = scope.clone().with("input", Type::Any);
    let mut tree = |name: &str, scope| compiler.inside(name, |compiler| Tree::compile(node.get(name)?, scope, compiler));
    let (app_id, secret, public_key) = (tree("app_id", &scope), tree("secret", &scope), tree("public_key", &scope));
    let user = tree("user", &acting);
    let usual = Node { span: node.span, kind: NodeKind::Scalar { text: "/api/ec/dev/auth/applytoken".to_owned(), quoted: true } };
    let path = compiler.inside("path", |compiler| compiler.template(node.get("path").unwrap_or(&usual), Place::UrlSegment, &scope));
    let lives_millis = plain_millis(node.get("lives"), compiler).unwrap_or(LIVES);
    let token = Node { span: node.span, kind: NodeKind::Scalar { text: "$.token".to_owned(), quoted: true } };
    let captures = vec![(Arc::from("token"), Capture::From(compiler.json_path(&token)?))];
    let expired_when = compile_expired(node, scopes, compiler);
    let ask = WeaverRsa { app_id: app_id?, secret: secret?, public_key: public_key?, user: user?, path: path?, lives_millis };
    Some(Handshake {
        ask: Ask::Weaver(Box::new(ask)),
        sign: Parts::default(),
        assertion: None,
        name: "token",
        captures,
        expires_in: Some(Lifetime::Fixed(lives_millis)),
        apply: Vec::new(),
        expired_when,
        consent: None,
    })
}

impl WeaverRsa {
    /// The request for a token.
    pub(super) fn draft(&self, base_url: &Template, scope: &Scope<'_>, moment: &Moment) -> Result<Draft, BuildError> {
        let rendered = |template: &Template, place: &str| {
            let failed = |source| BuildError::Evaluate { place: place.to_owned(), source };
            template.render(scope, &mut Budget::default()).map_err(failed)
        };
        let url = join(&rendered(base_url, "http.base_url")?, &rendered(&self.path, "auth.path")?);
        let secret = self.encrypted(&text_of(&self.secret, scope, "auth.secret")?, scope, moment)?;
        let body = DraftBody::Form(Vec::new());
        let mut draft = Draft { method: "POST", url, query: Vec::new(), headers: Vec::new(), body, timeout_millis: None };
        draft.set_header("appid", header_text(text_of(&self.app_id, scope, "auth.app_id")?, "auth.app_id")?);
        draft.set_header("secret", secret);
        draft.set_header("time", (self.lives_millis / 1_000).to_string());
        Ok(draft)
    }

    /// Token, application and acting person go with a call.
    pub(super) fn apply(&self, draft: &mut Draft, scope: &Scope<'_>, token: &str, moment: &Moment) -> Result<(), BuildError> {
        let user = self.encrypted(&text_of(&self.user, scope, "auth.user")?, scope, moment)?;
        draft.set_header("token", header_text(token.to_owned(), "auth.token")?);
        draft.set_header("appid", header_text(text_of(&self.app_id, scope, "auth.app_id")?, "auth.app_id")?);
        draft.set_header("userid", user);
        Ok(())
    }

    /// PKCS #1 v1.5, as the vendor's Java code has it. Only a public key is ever used here.
    fn encrypted(&self, text: &str, scope: &Scope<'_>, moment: &Moment) -> Result<String, BuildError> {
        let place = "auth.public_key";
        let wrong = |why| BuildError::Invalid { place: place.to_owned(), why };
        let written = text_of(&self.public_key, scope, place)?;
        if written.len() > KEY_CHARACTERS_MAX {
            return Err(wrong("is too long for a public key"));
        }
        let letters: String = written.chars().filter(|letter| !letter.is_whitespace()).collect();
        let der = STANDARD.decode(letters).map_err(|_| wrong("is not base64"))?;
        let key = PublicKey::from_public_key_der(&der).map_err(|_| wrong("is not an RSA public key of 1024 to 8192 bits"))?;
        let sealed = key.encrypt(&mut moment.random(), Pkcs1v15Encrypt, text.as_bytes());
        sealed.map(|sealed| STANDARD.encode(sealed)).map_err(|_| wrong("is too short for what is encrypted with it"))
    }
}
