//! `by: lookup`: after an unknown outcome we ask by our reference whether it happened, and wait long enough to believe a no.

use super::Around;
use crate::domain::connector::answer::Answer;
use crate::domain::connector::arguments::Arguments;
use crate::domain::connector::class::Class;
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::request::plain_millis;
use crate::domain::connector::scopes::Scopes;
use crate::domain::expression::{Budget, Expression, Scope, ScopeType};
use crate::domain::text::shape::{Field, Kind, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{Map, Type, Value};
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
            "Holds on its `output` where it was found; a first output field that is set where it is left out.",
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
    first_field: Option<Arc<str>>,
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
    /// What the write would have answered, when the look-up found it.
    pub fn found(&self, answer: &Answer) -> Option<Value> {
        if answer.class != Class::Ok {
            return None;
        }
        let found = match (&self.found_when, &self.first_field) {
            (Some(condition), _) => {
                let scope = Scope::default().with("output", answer.output.clone());
                condition.holds(&scope, &mut Budget::default()).unwrap_or(false)
            }
            (None, Some(field)) => !matches!(answer.output.member(field), Value::Unset | Value::Null),
            (None, None) => false,
        };
        let adopt = || {
            let members = self.adopted.iter().map(|name| (name.clone(), answer.output.member(name).clone()));
            let members: Map = members.filter(|(_, value)| !value.is_unset()).collect();
            Value::Map(Arc::new(members))
        };
        found.then(adopt)
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
    let handing = Scopes::handing(around.input, None);
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
        first_field: target.output.fields.keys().next().cloned(),
        adopted: around.output.fields.keys().cloned().collect(),
    })
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
