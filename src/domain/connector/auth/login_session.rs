//! `kind: login_session`: any request logs in; what it answers is captured by name and goes with every further request.
//!
//! Later captures may be computed from earlier ones, so that a header such as `Session base64(user:id:token)` needs no
//! code: `{text: "{{settings.user}}:{{session.id}}:{{session.token}}", as: base64}`.

use super::apply::{self, Apply};
use super::handshake::{Ask, Capture, Handshake};
use super::moment::Moment;
use super::parts::{self, Parts};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::{self, RequestTemplate};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::tree::Tree;
use crate::domain::expression::Place;
use crate::domain::text::shape::{Field, Kind, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{ObjectType, Type, TypeField};
use indexmap::IndexMap;
use std::sync::Arc;

static CAPTURE: ObjectShape = ObjectShape {
    name: "session_capture",
    doc: "One thing kept from the answer to the log-in.",
    fields: &[
        Field::optional("from", Shape::Path, "A JSONPath on the answer's body."),
        Field::optional("header", Shape::Text, "A header of the answer."),
        Field::optional("cookie", Shape::Text, "A cookie that the answer sets."),
        Field::optional("value", Shape::Expression, "Computed from `settings` and what was captured before, `session.NAME`."),
        Field::optional("text", Shape::Template, "Written from `settings` and what was captured before."),
        Field::optional("as", Shape::Any, "How it is written, such as `base64`."),
    ],
};

static FROM: ObjectShape = ObjectShape {
    name: "session_lifetime",
    doc: "Where in the answer the life of the session is.",
    fields: &[Field::required("from", Shape::Path, "A JSONPath to a number of seconds.")],
};

/// The shape.
pub static KIND: Kind = Kind {
    word: "login_session",
    doc: "A log-in whose session goes with every further request.",
    later: false,
    fields: &[
        Field::required("request", Shape::Object(&request::SHAPE), "The request that logs in; sees `now`, `nonce` and `sign`."),
        Field::optional("sign", parts::SHAPE, "Parts of a signature for the request."),
        Field::required("capture", Shape::IdMap(&Shape::Object(&CAPTURE)), "What is kept of the answer, in order."),
        Field::optional("expires_in", Shape::Either(&[Shape::Duration, Shape::Object(&FROM)]), "How long the session lives."),
        Field::required("apply", apply::SHAPE, "Where it goes in further requests."),
        Field::optional("expired_when", Shape::Expression, "Says of an answer that the session has ended; a 401 always does."),
        Field::later("logout", "A request that ends the session."),
    ],
};

pub(super) fn compile(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Handshake> {
    let (sign, seen) = Parts::compile(node.get("sign"), &Moment::types(scopes.settings()), false, compiler)?;
    let request = compiler.inside("request", |compiler| RequestTemplate::compile(node.get("request")?, &seen, compiler));
    let mut names = ObjectType { name: Arc::from("session"), fields: IndexMap::new(), open: false };
    let mut captures = Vec::new();
    let entries = node.get("capture")?.entries();
    for (name, capture) in entries {
        let compiled = compiler.inside(&format!("capture.{}", name.text), |compiler| compile_capture(capture, &names, scopes, compiler));
        captures.extend(compiled.map(|capture| (Arc::from(name.text.as_str()), capture)));
        let field = TypeField { of: Type::Text, required: true, max_length: None };
        names.fields.insert(Arc::from(name.text.as_str()), field);
    }
    let expires_in = super::handshake::compile_lifetime(node.get("expires_in"), compiler);
    let scope = scopes.settings().with("session", Type::Object(Arc::new(names)));
    let apply = Apply::compile_all(node.get("apply")?, &scope, compiler);
    let expired_when = super::handshake::compile_expired(node, scopes, compiler);
    let complete = captures.len() == entries.len();
    let ask = Ask::Request(Box::new(request?));
    let handshake =
        Handshake { ask, sign, assertion: None, name: "session", captures, expires_in, apply: apply?, expired_when, consent: None };
    complete.then_some(handshake)
}

fn compile_capture(node: &Node, before: &ObjectType, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Capture> {
    let given: Vec<&str> = ["from", "header", "cookie", "value", "text"].into_iter().filter(|key| node.get(key).is_some()).collect();
    let [source] = given.as_slice() else {
        compiler.error("missing_key", node.span, "a capture has exactly one of `from`, `header`, `cookie`, `value`, `text`");
        return None;
    };
    match *source {
        "from" => compiler.inside("from", |compiler| compiler.json_path(node.get("from")?)).map(Capture::From),
        "header" => Some(Capture::Header(Arc::from(node.get("header")?.text()?.to_ascii_lowercase()))),
        "cookie" => Some(Capture::Cookie(Arc::from(node.get("cookie")?.text()?))),
        _ => {
            let scope = scopes.settings().with("session", Type::Object(Arc::new(before.clone())));
            Tree::compile_for(node, &scope, Place::Plain, compiler).map(|tree| Capture::Computed(Box::new(tree)))
        }
    }
}
