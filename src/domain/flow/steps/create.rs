//! `create`: a linked document of another type, made by a mapping; steps with `for:` act on it.

use super::outcome::OUTCOMES;
use super::{Kind, Word, no_blocks};
use crate::domain::flow::compile::{Compiler, StepContext};
use crate::domain::flow::decision::{CreatedDocument, LinkChange};
use crate::domain::flow::effect::Cause;
use crate::domain::flow::environment::MappingTarget;
use crate::domain::flow::event::Outcome;
use crate::domain::flow::flow::Step;
use crate::domain::flow::instance::{Made, State, Visit};
use crate::domain::flow::machine::Machine;
use crate::domain::flow::scope::Needs;
use crate::domain::flow::start::HUB;
use crate::domain::ids::{self, DocumentId};
use crate::domain::text::shape::{Field, ObjectShape, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use serde_json::json;

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required("create", Shape::Id, "The document type."),
    fields: &[
        Field::required("map", Shape::Id, "The mapping that makes it."),
        Field::optional(
            "link",
            Shape::Id,
            "How it relates to the document it is made for; `from` when left out. Flows for its type may start on it (`created`).",
        ),
        Field::optional("await", AWAIT, "The statuses of the new document that end the step; without it nobody waits."),
    ],
};

/// What is waited for.
const AWAIT: Shape = Shape::Object(&ObjectShape {
    name: "await_status",
    doc: "The statuses that end the step.",
    fields: &[Field::required("statuses", Shape::Map(&Shape::Word(OUTCOMES)), "Status of the new document to the outcome of the step.")],
});

/// For the compiler.
pub static WORD: Word = Word { key: "create", blocks: no_blocks, output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct Create {
    /// The document type.
    pub kind: String,
    /// The field that is its business key.
    pub key: String,
    /// The status it gets when it is taken back, when its type has it.
    pub cancelled: Option<String>,
    /// The mapping as the flow names it.
    pub map: String,
    /// How it relates.
    pub relation: String,
    /// The statuses that end the step, each with its outcome; empty when nobody waits.
    pub awaits: Vec<(String, Outcome)>,
}

fn output(compiler: &Compiler<'_>, node: &Node) -> Type {
    let kind = node.get("create").and_then(Node::text);
    kind.and_then(|kind| compiler.env.documents.get(kind)).map_or(Type::Any, |document| document.of.clone())
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node.get("create")?;
    let kind = node.text()?;
    let env = compiler.env;
    let Some(document) = env.documents.get(kind) else {
        compiler.unknown("document type", kind, node.span, env.documents.keys());
        return None;
    };
    let place = context.node.get("map")?;
    let (map, info) = compiler.mapping(place)?;
    compiler.mapping_inputs(place, info, &context.scope);
    if info.target != MappingTarget::Document(kind.to_owned()) {
        compiler.report.error("wrong_mapping", place.span, format!("this mapping does not make a `{kind}`"));
    }
    let relation = context.node.get("link").and_then(Node::text).unwrap_or("from").to_owned();
    let cancelled = document.statuses.iter().find(|status| *status == "cancelled").cloned();
    let awaits = awaits(compiler, context.node, kind);
    Some(Kind::Create(Create { kind: kind.to_owned(), key: document.key.clone(), cancelled, map, relation, awaits }))
}

fn awaits(compiler: &mut Compiler<'_>, node: &Node, kind: &str) -> Vec<(String, Outcome)> {
    let statuses = node.get("await").and_then(|awaits| awaits.get("statuses"));
    let mut found = Vec::new();
    for (status, outcome) in statuses.map(Node::entries).unwrap_or_default() {
        compiler.check_status(kind, &status.text, status.span);
        if let Some(outcome) = outcome.text().and_then(Outcome::from_word) {
            found.push((status.text.clone(), outcome));
        }
    }
    if let (Some(statuses), true) = (statuses, found.is_empty()) {
        compiler
            .report
            .error("missing_key", statuses.span, "no status ends the step")
            .hint("write for example `statuses: {approved: approved}`");
    }
    found
}

/// Enters the step.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, step: &Step, create: &Create) {
    let scope = match machine.scope_with(visit, &Needs::Nothing) {
        Ok(scope) => scope,
        Err(error) => return machine.expression_failed(visit, &error),
    };
    let map = machine.facts.binding.maps.get(&create.map).unwrap_or(&create.map);
    let body = match machine.env().map(map, &scope) {
        Ok(body) => body,
        Err(failure) => return machine.cannot_enter(visit, failure.cause, "mapping_failed", failure.message),
    };
    let key = create.key.split('.').fold(&body, |value, part| value.member(part));
    let key = match key {
        Value::Text(text) if !text.is_empty() => text.to_string(),
        Value::Int(number) => number.to_string(),
        _ => {
            let message = format!("the new `{}` has no `{}`, which is its key", create.kind, create.key);
            return machine.cannot_enter(visit, Cause::DataWrong, "no_key", message);
        }
    };
    if let Err(error) = step.output.read(&body) {
        return machine.cannot_enter(visit, Cause::DataWrong, "mapping_failed", error.to_string());
    }
    let id = ids::document_id(machine.facts.tenant, &create.kind, HUB, &key);
    let made_for = machine.facts.document.id;
    if let Some(Some(other)) = machine.facts.made.get(&id)
        && *other != made_for.to_string()
    {
        // As with two objects of one source: the second one's content would become the first one's.
        let message = format!("`{key}` is the key of a `{}` already that was made for something else ({other})", create.kind);
        return machine.cannot_enter(visit, Cause::DataWrong, "key_taken", message);
    }
    let body = body.to_json();
    // Made again at once, it was never taken back: what hangs on it hears of the new content alone.
    machine.changes.statuses.retain(|(document, _)| *document != id);
    machine.changes.withdrawn.retain(|document| *document != id);
    machine.note("created", Some(visit), json!({"kind": create.kind, "key": key, "id": id}));
    machine.changes.documents.push(CreatedDocument {
        id,
        kind: create.kind.clone(),
        key: key.clone(),
        body: body.clone(),
        made_for,
        relation: create.relation.clone(),
        awaited: !create.awaits.is_empty(),
    });
    let found = &mut machine.instance.visits[visit];
    found.output = Some(body);
    found.made = Some(Made { id, kind: create.kind.clone(), key, status: None });
    if create.awaits.is_empty() {
        return machine.complete(visit);
    }
    found.state = State::Awaiting;
    let step = Some((found.step.clone(), found.number));
    // By this link whoever changes the document's status finds who waits for it.
    machine.changes.links.push(LinkChange { step, ..own_link(id) });
    let statuses: Vec<&str> = create.awaits.iter().map(|(status, _)| status.as_str()).collect();
    machine.note(
        "awaiting",
        Some(visit),
        json!({"event": statuses.join(", "), "external_id": machine.instance.visits[visit].made.as_ref().map(|made| made.key.clone())}),
    );
}

fn own_link(document: DocumentId) -> LinkChange {
    LinkChange {
        document,
        connection: HUB.to_owned(),
        external_id: document.to_string(),
        step: None,
        written: None,
        seen: None,
        closed: false,
    }
}

/// A linked document has another status, by another flow or by a step of this one.
pub(in crate::domain::flow) fn linked(machine: &mut Machine<'_>, document: DocumentId, status: &str) {
    let waits = |visit: &Visit| visit.state == State::Awaiting && visit.made.as_ref().is_some_and(|made| made.id == document);
    let Some(visit) = machine.instance.visits.iter().position(waits) else {
        return machine.note("ignored", None, json!({"why": "nothing waits for this document", "status": status}));
    };
    heard(machine, visit, status);
}

/// What a step that waits for its document makes of a status.
pub(in crate::domain::flow) fn heard(machine: &mut Machine<'_>, visit: usize, status: &str) {
    let Some(Kind::Create(create)) = machine.step_of(visit).map(|step| &step.kind) else { return };
    let Some(made) = machine.instance.visits[visit].made.as_mut() else { return };
    let id = made.id;
    if made.status.as_deref() != Some(status) {
        made.status = Some(status.to_owned());
        machine.note("heard", Some(visit), json!({"event": "status", "outcome": status}));
    }
    let Some((_, outcome)) = create.awaits.iter().find(|(known, _)| known == status) else { return };
    machine.instance.visits[visit].outcome = Some(*outcome);
    machine.changes.links.push(LinkChange { closed: true, ..own_link(id) });
    machine.complete(visit);
}

/// Takes the document back: its status becomes `cancelled` where its type has the word. Once.
pub(in crate::domain::flow) fn reverse(machine: &mut Machine<'_>, visit: usize) {
    let Some(Kind::Create(create)) = machine.step_of(visit).map(|step| &step.kind) else { return };
    let (Some(status), Some(made)) = (create.cancelled.clone(), machine.instance.visits[visit].made.as_mut()) else { return };
    if made.status.as_deref() == Some(&status) {
        return;
    }
    let id = made.id;
    made.status = Some(status.clone());
    machine.changes.withdrawn.push(id);
    machine.note("reversed", Some(visit), json!({"status": status}));
    machine.changes.statuses.push((id, status));
}
