//! The parts of a signature, each computed from those before it: a canonical text, its hash, its place in the request.
//!
//! `{join: […], sorted: true, with: ""}`, `text`, `value` or `body: true` give a text; `hash` or `hmac` with `key` digest
//! it; `encode` says how the digest is written. What a partner asks for beyond these is a kind of its own.

use super::digest::{ENCODINGS, Encoding, HASHES, Hash, KEYS, key_bytes};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::lint::literal_secret;
use crate::domain::connector::request::scalar_text;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Place, Scope, ScopeType};
use crate::domain::text::shape::Field;
use crate::domain::text::shape::{ObjectShape, Shape};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{Map, ObjectType, Type, TypeField, Value};
use indexmap::IndexMap;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::sync::Arc;

/// What RFC 3986 leaves as it is.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

static PART: ObjectShape = ObjectShape {
    name: "signature_part",
    doc: "One part of a signature; later ones see it as `sign.NAME`.",
    fields: &[
        Field::optional("join", Shape::List(&Shape::Any), "Texts put together."),
        Field::optional("sorted", Shape::Bool, "The joined texts in the order of their bytes."),
        Field::optional("with", Shape::Text, "What stands between the joined texts; nothing where it is left out."),
        Field::optional("text", Shape::Template, "A template."),
        Field::optional("value", Shape::Expression, "A CEL expression."),
        Field::optional("body", Shape::Bool, "The bytes of the request's body, to be digested."),
        Field::optional("as", Shape::Any, "How the value is written."),
        Field::optional("hash", Shape::Word(HASHES), "Digests it."),
        Field::optional("hmac", Shape::Word(HASHES), "Digests it with `key`."),
        Field::optional("key", Shape::Any, "The key, such as `{value: settings.app_secret}`."),
        Field::optional("key_written", Shape::Word(KEYS), "How the key is written; `text`."),
        Field::optional("encode", Shape::Word(ENCODINGS), "How the digest is written; `hex`."),
        Field::optional("percent_encoded", Shape::Bool, "Percent-encoded in the end, as RFC 3986 says."),
    ],
};

/// The shape of `sign:`.
pub(super) const SHAPE: Shape = Shape::IdMap(&Shape::Object(&PART));

/// Named parts in order.
#[derive(Debug, Default)]
pub(super) struct Parts(Vec<(Arc<str>, Part)>);

#[derive(Debug)]
struct Part {
    source: Source,
    digest: Option<Digest>,
    percent_encoded: bool,
}

#[derive(Debug)]
enum Source {
    Join { texts: Vec<Tree>, sorted: bool, with: Arc<str> },
    One(Tree),
    Body,
}

#[derive(Debug)]
enum Digest {
    Hash(Hash, Encoding),
    Keyed { hash: Hash, key: Tree, written: Arc<str>, encoding: Encoding },
}

impl Parts {
    /// Compiles `sign:` and the scope that sees its parts; `has_body` where a finished request is at hand.
    pub(super) fn compile(
        node: Option<&Node>,
        scope: &ScopeType,
        has_body: bool,
        compiler: &mut Compiler<'_>,
    ) -> Option<(Parts, ScopeType)> {
        let mut names = ObjectType { name: Arc::from("sign"), fields: IndexMap::new(), open: false };
        let mut parts = Vec::new();
        let entries = node.map(Node::entries).unwrap_or_default();
        for (name, part) in entries {
            let seen = with_parts(scope, &names);
            let compiled = compiler.inside(&format!("sign.{}", name.text), |compiler| Part::compile(part, &seen, has_body, compiler));
            parts.extend(compiled.map(|part| (Arc::from(name.text.as_str()), part)));
            let field = TypeField { of: Type::Text, required: true, max_length: None };
            names.fields.insert(Arc::from(name.text.as_str()), field);
        }
        (parts.len() == entries.len()).then(|| (Parts(parts), with_parts(scope, &names)))
    }

    /// Computes them; the scope then has `sign`.
    pub(super) fn compute<'s>(&self, scope: &Scope<'s>, body: &[u8]) -> Result<Scope<'s>, BuildError> {
        let mut made = Map::with_capacity(self.0.len());
        let mut seen = scope.clone();
        for (name, part) in &self.0 {
            let text = part.compute(&seen, body, &format!("auth.sign.{name}"))?;
            made.insert(name.clone(), Value::text(text));
            seen.set("sign", Value::Map(Arc::new(made.clone())));
        }
        Ok(seen)
    }
}

fn with_parts(scope: &ScopeType, names: &ObjectType) -> ScopeType {
    if names.fields.is_empty() {
        return scope.clone();
    }
    scope.clone().with("sign", Type::Object(Arc::new(names.clone())))
}

impl Part {
    fn compile(node: &Node, scope: &ScopeType, has_body: bool, compiler: &mut Compiler<'_>) -> Option<Part> {
        let given: Vec<&str> = ["join", "text", "value", "body"].into_iter().filter(|key| node.get(key).is_some()).collect();
        let [source] = given.as_slice() else {
            compiler.error("missing_key", node.span, "a part of a signature has exactly one of `join`, `text`, `value`, `body`");
            return None;
        };
        let digest = compile_digest(node, scope, compiler)?;
        let source = match *source {
            "join" => {
                let items = node.get("join").map(Node::items).unwrap_or_default();
                let texts: Vec<_> = items
                    .iter()
                    .enumerate()
                    .filter_map(|(index, item)| compiler.inside(&format!("join[{index}]"), |compiler| Tree::compile(item, scope, compiler)))
                    .collect();
                if texts.len() != items.len() {
                    return None;
                }
                let sorted = node.get("sorted").and_then(Node::bool).unwrap_or(false);
                Source::Join { texts, sorted, with: Arc::from(node.get("with").and_then(Node::text).unwrap_or_default()) }
            }
            "body" => {
                if !has_body || digest.is_none() {
                    let span = node.get("body").unwrap_or(node).span;
                    let what = if has_body { "a body is bytes and has to be digested" } else { "a log-in is signed before it has a body" };
                    compiler.error("bad_value", span, what).hint("add `hash` or `hmac`, or sign texts");
                    return None;
                }
                Source::Body
            }
            key => {
                // Only what computes the value: the digest's keys are not a tree's.
                let kept = |name: &str| name == key || name == "as";
                let rest = node.entries().iter().filter(|(key, _)| kept(&key.text)).cloned().collect();
                Source::One(Tree::compile_for(&Node { span: node.span, kind: NodeKind::Map(rest) }, scope, Place::Plain, compiler)?)
            }
        };
        let percent_encoded = node.get("percent_encoded").and_then(Node::bool).unwrap_or(false);
        Some(Part { source, digest, percent_encoded })
    }

    fn compute(&self, scope: &Scope<'_>, body: &[u8], place: &str) -> Result<String, BuildError> {
        let text;
        let bytes = match &self.source {
            Source::Body => body,
            Source::One(tree) => {
                text = text_of(tree, scope, place)?;
                text.as_bytes()
            }
            Source::Join { texts, sorted, with } => {
                let mut made = texts.iter().map(|tree| text_of(tree, scope, place)).collect::<Result<Vec<_>, _>>()?;
                if *sorted {
                    made.sort_unstable();
                }
                text = made.join(with);
                text.as_bytes()
            }
        };
        let made = match &self.digest {
            // Only a body may be other than text, and a body is always digested.
            None => String::from_utf8_lossy(bytes).into_owned(),
            Some(Digest::Hash(hash, encoding)) => encoding.write(&hash.of(bytes)),
            Some(Digest::Keyed { hash, key, written, encoding }) => {
                let place = format!("{place}.key");
                let key = key_bytes(&text_of(key, scope, &place)?, written, &place)?;
                encoding.write(&hash.keyed(&key, bytes))
            }
        };
        Ok(if self.percent_encoded { utf8_percent_encode(&made, UNRESERVED).to_string() } else { made })
    }
}

/// The text a tree gives; nothing is an error, since a signature over nothing is a wrong one.
pub(super) fn text_of(tree: &Tree, scope: &Scope<'_>, place: &str) -> Result<String, BuildError> {
    let value = tree.build(scope, &Value::Unset, place, &mut Budget::default())?;
    scalar_text(&value, place)?.ok_or_else(|| BuildError::Unset { place: place.to_owned() })
}

/// None when something is wrong; an inner none where nothing is digested.
fn compile_digest(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Option<Digest>> {
    let word = |key: &str| node.get(key).and_then(Node::text);
    let encoding = Encoding::from_word(word("encode").unwrap_or("hex"))?;
    match (word("hash"), word("hmac"), node.get("key")) {
        (None, None, None) => {
            if let Some(encode) = node.get("encode") {
                compiler
                    .error("bad_value", encode.span, "there is no digest to encode")
                    .hint("add `hash` or `hmac`, or write `as: base64`");
                return None;
            }
            Some(None)
        }
        (Some(hash), None, None) => Some(Some(Digest::Hash(Hash::from_word(hash)?, encoding))),
        (None, Some(hash), Some(key)) => {
            literal_secret("secret", key, compiler);
            let key = compiler.inside("key", |compiler| Tree::compile(key, scope, compiler))?;
            let written = Arc::from(word("key_written").unwrap_or("text"));
            Some(Some(Digest::Keyed { hash: Hash::from_word(hash)?, key, written, encoding }))
        }
        _ => {
            compiler.error("missing_key", node.span, "`hmac` and `key` belong together, and `hash` stands alone");
            None
        }
    }
}
