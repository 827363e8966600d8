//! `by: lookup`: after an unknown outcome we ask by our reference whether it happened, and wait long enough to believe a no.

use super::{Around, carries};
use crate::domain::connector::answer::Answer;
use crate::domain::connector::arguments::Arguments;
use crate::domain::connector::class::Class;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::plain_millis;
use crate::domain::connector::scopes::Scopes;
use crate::domain::expression::{Budget, Expression, Scope, ScopeType};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, ObjectType, Type, Value};
use std::sync::Arc;

/// The shape.
pub static KIND: Kind = Kind {
    word: "lookup",
    doc: "We ask the partner by our reference whether it happened.",
    later: false,
    fields: &[
        Field::required("operation", Shape::Id, "The read that finds it."),
        Field::optional("with", Shape::Map(&Shape::Expression), "What it is asked with."),
        Field::optional(
            "found_when",
            Shape::Expression,
            "Holds on its `output` where it was found; where it is left out, all that the write must answer (or `external_id`) is there.",
        ),
        Field::optional(
            "executes_within",
            Shape::Duration,
            "The partner executes a request at the latest this long after receiving it; 60s.",
        ),
        Field::optional("visible_within", Shape::Duration, "The look-up shows the result at the latest this much later; 2m."),
        Field::optional("ask_after", Shape::List(&Shape::Duration), "When to ask, counted from the sending; [5s, 30s, 4m]."),
        Field::optional("then", Shape::Word(&["repeat", "person"]), "What follows when it was not found at last; repeat."),
    ],
};

/// How a write is looked up.
#[derive(Debug)]
pub struct Lookup {
    /// The read that finds it.
    pub operation: Arc<str>,
    /// What it is asked with; sees `input`, `reference`, `attempt`.
    pub with: Arguments,
    /// The partner executes a request at the latest this long after receiving it, milliseconds.
    pub executes_within_millis: u64,
    /// The look-up shows the result at the latest this much later, milliseconds.
    pub visible_within_millis: u64,
    /// When to ask, milliseconds from the sending of the last request, growing; the last is beyond the sum of the two.
    pub ask_after_millis: Vec<u64>,
    /// What follows when it was not found at last.
    pub then: LookupThen,
    found_when: Option<Expression>,
    /// What must be there to call it found, where nothing else says so.
    evidence: Vec<Arc<str>>,
    /// What the write must answer.
    required: Vec<Arc<str>>,
    adopted: Vec<Arc<str>>,
}

/// What follows when a write was not found at last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupThen {
    /// It was not done: send it again.
    Repeat,
    /// A person decides.
    Person,
}

impl Lookup {
    /// What an answer of the look-up tells of the write.
    pub fn found(&self, answer: &Answer) -> Found {
        if answer.class != Class::Ok {
            return Found::No;
        }
        let is_there = |name: &Arc<str>| !matches!(answer.output.member(name), Value::Unset | Value::Null);
        let found = match &self.found_when {
            Some(condition) => {
                let scope = Scope::default().with("output", answer.output.clone());
                match condition.holds(&scope, &mut Budget::default()) {
                    Ok(found) => found,
                    Err(error) => return Found::Doubtful(format!("`found_when` cannot be told: {error}")),
                }
            }
            None => self.evidence.iter().any(is_there),
        };
        if !found {
            return Found::No;
        }
        // Half of an answer is neither yes nor no: taken for a no it would be done twice.
        if let Some(missing) = self.required.iter().find(|name| !is_there(name)) {
            return Found::Doubtful(format!("`{}` finds it, but gives no `{missing}`", self.operation));
        }
        let members = self.adopted.iter().map(|name| (name.clone(), answer.output.member(name).clone()));
        let members: Map = members.filter(|(_, value)| !value.is_unset()).collect();
        Found::Yes(Value::Map(Arc::new(members)))
    }
}

/// What a look-up tells of a write.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    /// It was done, and would have answered this.
    Yes(Value),
    /// It is not there.
    No,
    /// Its answer says neither, in words why.
    Doubtful(String),
}

/// The member that names what a write made.
const EXTERNAL_ID: &str = "external_id";

/// What tells that it was found: the id, else all that the write must answer, else what both can say, else what comes first.
fn evidence(write: &ObjectType, lookup: &ObjectType) -> Vec<Arc<str>> {
    let shared = |required: bool| {
        let fields = write.fields.iter().filter(move |(name, field)| field.required == required && lookup.fields.contains_key(*name));
        fields.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let (must, may) = (shared(true), shared(false));
    if let Some(id) = must.iter().chain(&may).find(|name| name.as_ref() == EXTERNAL_ID) {
        return vec![id.clone()];
    }
    match (must.is_empty(), may.is_empty()) {
        (false, _) => must,
        (true, false) => may,
        (true, true) => lookup.fields.keys().take(1).cloned().collect(),
    }
}

pub(super) fn compile(node: &Node, around: &Around<'_>, compiler: &mut Compiler<'_>) -> Option<Lookup> {
    let written = node.get("operation")?;
    let name = written.text()?;
    let Some(target) = around.declared.get(name) else {
        compiler.unknown(written, "operation", name, around.declared.names());
        return None;
    };
    if !target.is_read {
        compiler.error("wrong_type", written.span, format!("`{name}` is a write; a look-up only reads"));
    }
    // What the look-up finds stands for what the lost answer would have said.
    for (field, _) in around.output.fields.iter().filter(|(_, field)| field.required) {
        if !target.output.fields.contains_key(field) {
            compiler
                .error("unknown_field", written.span, format!("`{name}` does not give `{field}`, which `{}` answers", around.operation))
                .hint(format!("add `{field}` to the output of `{name}`"));
        }
    }
    let evidence = evidence(around.output, &target.output);
    if node.get("found_when").is_none() {
        check_evidence(written, name, &evidence, &target.output, compiler);
    }
    let evidence = evidence.into_iter().filter(|field| tells(&target.output, field)).collect();
    check_question(node, around, &target.input, compiler);
    let handing = Scopes::handing(around.input, None);
    let handing = match around.item {
        Some(item) => handing.with(&item.name, item.of.clone()),
        None => handing,
    };
    let with = Arguments::compile(node.get("with"), node, &target.input, &handing, compiler);
    let found_scope = ScopeType::default().with("output", Type::Object(target.output.clone()));
    let found_when =
        node.get("found_when").and_then(|when| compiler.inside("found_when", |compiler| compiler.condition(when, &found_scope)));
    let executes_within_millis = plain_millis(node.get("executes_within"), compiler).unwrap_or(60_000);
    let visible_within_millis = plain_millis(node.get("visible_within"), compiler).unwrap_or(120_000);
    let ask_after_millis = match node.get("ask_after") {
        Some(list) => list.items().iter().filter_map(|item| plain_millis(Some(item), compiler)).collect(),
        None => vec![5_000, 30_000, 240_000],
    };
    check_waits(node, &ask_after_millis, executes_within_millis + visible_within_millis, compiler);
    let then = match node.get("then").and_then(Node::text) {
        Some("person") => LookupThen::Person,
        _ => LookupThen::Repeat,
    };
    Some(Lookup {
        operation: Arc::from(name),
        with,
        executes_within_millis,
        visible_within_millis,
        ask_after_millis,
        then,
        found_when,
        evidence,
        required: around.output.fields.iter().filter(|(_, field)| field.required).map(|(name, _)| name.clone()).collect(),
        adopted: around.output.fields.keys().cloned().collect(),
    })
}

/// A required count, a flag and a list are also there when nothing was found.
fn tells(lookup: &ObjectType, name: &Arc<str>) -> bool {
    let field = &lookup.fields[name];
    match field.of {
        Type::Bool | Type::List(..) => false,
        Type::Int | Type::Decimal { .. } => !field.required || name.as_ref() == EXTERNAL_ID,
        _ => true,
    }
}

fn check_evidence(place: &Node, name: &str, evidence: &[Arc<str>], output: &ObjectType, compiler: &mut Compiler<'_>) {
    if evidence.iter().any(|field| tells(output, field)) {
        return;
    }
    let message = match evidence.first() {
        Some(field) => format!("`{name}` gives `{field}` whether it was found or not, so nothing tells when it was"),
        None => format!("`{name}` gives nothing, so nothing tells when it was found"),
    };
    compiler.error("lookup_cannot_tell", place.span, message).hint("say `found_when`, such as `found_when: \"output.count > 0\"`");
}

/// The names of what is one write's own.
const OWN: &[&str] = &["reference", "attempt.key"];

/// The question must be about this write: by what the write itself has sent, or it is never found, or always.
fn check_question(node: &Node, around: &Around<'_>, input: &ObjectType, compiler: &mut Compiler<'_>) {
    let with = node.get("with");
    let asks_with = |name: &str| with.is_some_and(|with| carries(with, name));
    if let Some(with) = with.filter(|with| around.item.is_some() && carries(with, "input.reference")) {
        compiler
            .error("lookup_cannot_tell", with.span, "`input.reference` is that of the whole list, and each item is looked up by its own")
            .hint("write `reference`");
    }
    let by_reference =
        asks_with("reference") || (input.fields.contains_key("reference") && with.is_none_or(|with| with.get("reference").is_none()));
    // Of a batch each item is looked up by what is its own; what the whole was given finds the others as well.
    let own = around.item.map_or("input", |item| item.name.as_ref());
    if !by_reference && ![own, "attempt"].iter().any(|name| asks_with(name)) {
        compiler
            .error(
                "lookup_cannot_tell",
                with.unwrap_or(node).span,
                "the look-up asks the same whatever was written, so it finds anything or nothing",
            )
            .hint("ask by what this write sent, such as `with: {reference: reference}`");
        return;
    }
    let asked: Vec<&str> = OWN.iter().copied().filter(|name| if *name == "reference" { by_reference } else { asks_with(name) }).collect();
    for name in asked {
        if !around.sends(name) {
            let message = format!(
                "the look-up asks by `{name}`, which `{}` sends nowhere: it would never be found, and be done again",
                around.operation
            );
            compiler
                .error("lookup_cannot_tell", with.unwrap_or(node).span, message)
                .hint(format!("send `{{value: {name}}}` in the request, where the partner keeps it"));
        }
    }
}

fn check_waits(node: &Node, waits: &[u64], latest: u64, compiler: &mut Compiler<'_>) {
    let place = node.get("ask_after").unwrap_or(node);
    if waits.windows(2).any(|pair| pair[0] >= pair[1]) {
        compiler
            .error("bad_value", place.span, "the waits of `ask_after` do not grow")
            .hint("they are counted from the sending, such as [5s, 30s, 4m]");
    }
    if waits.last().is_none_or(|last| *last <= latest) {
        compiler
            .error("lookup_too_early", place.span, "the last look-up is not beyond `executes_within` plus `visible_within`")
            .hint(format!("add a wait of more than {} s to `ask_after`", latest.div_ceil(1_000)));
    }
}
