//! Reads events: how they are heard, believed, matched and understood.

use super::arguments::Arguments;
use super::compiler::Compiler;
use super::event::{AsksPeople, EventDefinition, MakesDocument, OutcomeRules, ReadTruth, TaskAct};
use super::field::{self, Fields};
use super::heard_by::HeardBy;
use super::read::{Declared, Sources};
use super::webhook::payload_scope;
use crate::domain::expression::ScopeType;
use crate::domain::flow::event::Outcome;
use crate::domain::text::tree::Node;
use crate::domain::value::{ObjectType, Type, TypeField};
use indexmap::IndexMap;
use std::sync::Arc;

/// Reads all events.
pub(super) fn read_all(
    node: Option<&Node>,
    declared: &Declared,
    sources: &Sources<'_>,
    compiler: &mut Compiler<'_>,
) -> IndexMap<Arc<str>, EventDefinition> {
    let entries = node.map(Node::entries).unwrap_or_default();
    let read = entries.iter().filter_map(|(key, event)| {
        let event = compiler.inside(&key.text, |compiler| read(&key.text, event, declared, sources, compiler))?;
        Some((event.name.clone(), event))
    });
    read.collect()
}

fn read(name: &str, node: &Node, declared: &Declared, sources: &Sources<'_>, compiler: &mut Compiler<'_>) -> Option<EventDefinition> {
    let (heard_by, reference) = read_heard_by(node.get("heard_by")?, sources, compiler);
    let then = match node.get("then") {
        Some(then) => Some(compiler.inside("then", |compiler| read_then(then, declared, reference, compiler))?),
        None => None,
    };
    let trusted = read_trusted(name, node, &heard_by, sources, compiler);
    let output = match (&trusted, &then) {
        (Some(trusted), _) => trusted.of.clone(),
        (None, Some((_, of))) => of.clone(),
        (None, None) => {
            compiler
                .error("missing_key", node.span, "nothing says what is true of this event")
                .hint("add `then` (a read), or `trust: payload` with `output` for signed, complete and ordered senders");
            return None;
        }
    };
    if let (Some(trusted), Some((_, read))) = (&trusted, &then) {
        check_same(node, &trusted.of, read, compiler);
    }
    if trusted.is_some() && then.is_none() {
        check_only_trusted(node, &heard_by, sources, compiler);
    }
    let scope = ScopeType::default().with("output", Type::Object(output.clone()));
    let link = node.get("link").and_then(|link| link.get("external_id"));
    let link = link.and_then(|link| compiler.inside("link.external_id", |compiler| compiler.typed(link, &scope, &Type::Text)));
    let dedupe = node.get("dedupe").map(Node::items).unwrap_or_default().iter().enumerate();
    let dedupe: Vec<_> = dedupe
        .filter_map(|(index, part)| compiler.inside(&format!("dedupe[{index}]"), |compiler| compiler.expression(part, &scope)))
        .collect();
    let outcome = node.get("outcome").and_then(|rules| compiler.inside("outcome", |compiler| read_outcome(rules, &scope, compiler)));
    let asked = node.get("asked").and_then(|asked| compiler.inside("asked", |compiler| read_asked(asked, &scope, compiler)));
    let document = read_document(node, &scope, compiler);
    let act = node.get("act").and_then(|act| compiler.inside("act", |compiler| read_act(act, trusted.is_some(), &scope, compiler)));
    check_purpose(node, compiler);
    Some(EventDefinition {
        name: Arc::from(name),
        heard_by,
        then: then.map(|(then, _)| then),
        trusted,
        output,
        link,
        dedupe,
        outcome,
        asked,
        document,
        act,
    })
}

/// The ways, and the members of `ref` that every one of them gives.
fn read_heard_by(node: &Node, sources: &Sources<'_>, compiler: &mut Compiler<'_>) -> (Vec<HeardBy>, ObjectType) {
    let mut ways = Vec::new();
    let mut common: Option<Vec<Arc<str>>> = None;
    if node.items().is_empty() {
        compiler.error("missing_key", node.span, "the event is heard by nothing");
    }
    for (index, item) in node.items().iter().enumerate() {
        let way = compiler.inside(&format!("heard_by[{index}]"), |compiler| HeardBy::compile(item, sources, compiler));
        let Some((way, names)) = way else { continue };
        ways.push(way);
        common = Some(match common {
            None => names,
            Some(before) => before.into_iter().filter(|name| names.contains(name)).collect(),
        });
    }
    let fields = common.unwrap_or_default().into_iter();
    let fields = fields.map(|name| (name, TypeField { of: Type::Any, required: true, max_length: None })).collect();
    (ways, ObjectType { name: Arc::from("ref"), fields, open: false })
}

fn read_then(node: &Node, declared: &Declared, reference: ObjectType, compiler: &mut Compiler<'_>) -> Option<(ReadTruth, Arc<ObjectType>)> {
    let (operation, target) = declared.read_named(node, "what tells the truth", compiler)?;
    let scope = ScopeType::default().with("ref", Type::Object(Arc::new(reference)));
    let with = Arguments::compile(node.get("with"), node, &target.input, &scope, compiler);
    Some((ReadTruth { operation, with }, target.output.clone()))
}

fn read_trusted(name: &str, node: &Node, heard_by: &[HeardBy], sources: &Sources<'_>, compiler: &mut Compiler<'_>) -> Option<Fields> {
    let Some(trust) = node.get("trust") else {
        if let Some(output) = node.get("output") {
            compiler
                .error("wrong_type", output.span, "`output` says what a trusted payload holds, but the payload is not trusted")
                .hint("add `trust: payload`, or leave `output` to the operation in `then`");
        }
        return None;
    };
    for way in heard_by {
        let HeardBy::Webhook { webhook, .. } = way else { continue };
        if sources.webhooks.get(webhook).is_some_and(|webhook| webhook.signature.is_none()) {
            compiler
                .error("bad_value", trust.span, format!("the webhook `{webhook}` has no signature, so its payload cannot be trusted"))
                .hint("add `signature`, or read back with `then`");
        }
    }
    let Some(output) = node.get("output") else {
        compiler.error("missing_key", trust.span, "a trusted payload needs `output`, which says what it holds");
        return None;
    };
    let declared = compiler.inside("output", |compiler| field::declare(name, Some(output), compiler));
    let scope = payload_scope();
    Some(compiler.inside("output", |compiler| Fields::compile(Some(output), Arc::new(declared), &scope, compiler)))
}

/// A payload and a read-back must be able to stand for each other.
fn check_same(node: &Node, trusted: &ObjectType, read: &ObjectType, compiler: &mut Compiler<'_>) {
    for (name, field) in &trusted.fields {
        match read.fields.get(name) {
            Some(other) if super::types::fits(&other.of, &field.of) => {}
            _ => {
                let span = node.get("output").unwrap_or(node).span;
                compiler.error(
                    "unknown_field",
                    span,
                    format!("the operation in `then` does not give `{name}` of this type, which the payload does"),
                );
            }
        }
    }
}

/// Re-readings and most streams only bring references: without a read they could not be believed.
fn check_only_trusted(node: &Node, heard_by: &[HeardBy], sources: &Sources<'_>, compiler: &mut Compiler<'_>) {
    let brings = |way: &HeardBy| match way {
        HeardBy::Webhook { .. } => true,
        HeardBy::Stream { stream } => sources.streams.get(stream).is_some_and(|stream| stream.payload.is_some()),
        HeardBy::Reread { .. } => false,
    };
    if !heard_by.iter().all(brings) {
        compiler
            .error("missing_key", node.span, "a stream without `payload`, or a re-reading, brings no payload to trust")
            .hint("add `then`");
    }
}

fn read_outcome(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<OutcomeRules> {
    let mut rules = Vec::new();
    let mut otherwise = None;
    for (index, item) in node.items().iter().enumerate() {
        compiler.inside(&format!("[{index}]"), |compiler| {
            if otherwise.is_some() {
                compiler.error("bad_value", item.span, "nothing after `otherwise` is ever reached").hint("move `otherwise` to the end");
            }
            match (item.get("when"), item.get("is"), item.get("otherwise")) {
                (Some(when), Some(is), None) => {
                    let when = compiler.inside("when", |compiler| compiler.condition(when, scope));
                    rules.extend(when.zip(is.text().and_then(Outcome::from_word)));
                }
                (None, None, Some(word)) => otherwise = word.text().and_then(Outcome::from_word),
                _ => {
                    compiler.error("missing_key", item.span, "a rule is `{when: …, is: …}`, the last one `{otherwise: …}`");
                }
            }
        });
    }
    let Some(otherwise) = otherwise else {
        compiler
            .error("missing_otherwise", node.span, "`outcome` does not say what a status means that no rule knows")
            .hint("end with `{otherwise: unknown}`");
        return None;
    };
    if matches!(otherwise, Outcome::Approved | Outcome::Pending) {
        compiler
            .error("bad_value", node.span, format!("a status that no rule knows is never `{}`", otherwise.word()))
            .hint("write `{otherwise: unknown}`, which raises an exception");
    }
    Some(OutcomeRules { rules, otherwise })
}

fn read_document(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<MakesDocument> {
    let document = match (node.get("document"), node.get("map")) {
        (Some(document), Some(map)) => (document.text()?, map.text()?),
        (None, None) => {
            if let Some(withdrawn) = node.get("withdrawn") {
                compiler
                    .error("missing_key", withdrawn.span, "`withdrawn` belongs to events that make documents")
                    .hint("add `document` and `map`");
            }
            return None;
        }
        _ => {
            compiler.error("missing_key", node.span, "`document` and `map` stand together").hint("add the other one");
            return None;
        }
    };
    let withdrawn = node.get("withdrawn").and_then(|withdrawn| withdrawn.get("when"));
    let withdrawn = withdrawn.and_then(|when| compiler.inside("withdrawn.when", |compiler| compiler.condition(when, scope)));
    Some(MakesDocument { document: Arc::from(document.0), map: Arc::from(document.1), withdrawn })
}

fn read_asked(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<AsksPeople> {
    let names = Type::List(Box::new(Type::Text), None);
    let people = compiler.inside("people", |compiler| compiler.typed(node.get("people")?, scope, &names))?;
    let url = node.get("url").and_then(|url| compiler.inside("url", |compiler| compiler.typed(url, scope, &Type::Text)));
    Some(AsksPeople { people, url })
}

/// Whoever may send it decides for people: only a signed payload is believed.
fn read_act(node: &Node, trusted: bool, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<TaskAct> {
    if !trusted {
        compiler
            .error("missing_key", node.span, "what somebody did about a task is believed of a signed payload alone")
            .hint("add `trust: payload` with `output`");
    }
    let mut text = |key: &str| compiler.inside(key, |compiler| compiler.typed(node.get(key)?, scope, &Type::Text));
    let comment = text("comment");
    Some(TaskAct { task: text("task")?, verb: text("verb")?, comment })
}

/// An event that is about no object and makes no document could never be acted on.
fn check_purpose(node: &Node, compiler: &mut Compiler<'_>) {
    if node.get("act").is_some() {
        for key in ["link", "document", "outcome", "asked"] {
            if let Some(other) = node.get(key) {
                compiler.error("wrong_type", other.span, format!("`{key}` and `act` cannot stand together"));
            }
        }
        return;
    }
    if node.get("link").is_none() && node.get("document").is_none() {
        compiler.error("missing_key", node.span, "the event is about no object and makes no document").hint("add `link` or `document`");
    }
    if node.get("outcome").is_some() && node.get("link").is_none() {
        compiler.error("missing_key", node.span, "an outcome belongs to an object").hint("add `link: {external_id: …}`");
    }
    // Without an outcome nobody would know when it asks no longer.
    if let (Some(asked), None) = (node.get("asked"), node.get("outcome")) {
        compiler.error("missing_key", asked.span, "people are asked for an outcome").hint("add `outcome`");
    }
}
