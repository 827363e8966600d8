//! `notify`: a notice to people. The flow does not wait for it; a notice that cannot be sent becomes an exception.

use super::{Kind, Word, no_blocks, no_output};
use crate::domain::expression::{Budget, EvaluateError, ScopeType, Template};
use crate::domain::flow::compile::{Compiler, StepContext};
use crate::domain::flow::effect::{Cause, EffectResult};
use crate::domain::flow::flow::{Step, Who};
use crate::domain::flow::instance::Stopped;
use crate::domain::flow::ladder::Whom;
use crate::domain::flow::machine::Machine;
use crate::domain::flow::notices::{self, Telling};
use crate::domain::flow::people::Asks;
use crate::domain::flow::scope::Needs;
use crate::domain::flow::shown;
use crate::domain::flow::tables::sight;
use crate::domain::notice::Told;
use crate::domain::text::shape::{Field, KeyedShape, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use serde_json::json;

/// Whom a notice may go to.
pub const TO: Shape = Shape::Either(&[
    Shape::Word(&["initiator"]),
    Shape::Keyed(&KeyedShape {
        name: "recipient",
        doc: "Whom a notice goes to.",
        common: &[],
        variants: &[
            &Variant { key: Field::required("role", Shape::Text, "All holders of a role."), fields: &[] },
            &Variant { key: Field::required("user", Shape::Text, "One user."), fields: &[] },
            &Variant {
                key: Field::required("from", Shape::Expression, "Those an expression names: text or a list of texts."),
                fields: &[],
            },
        ],
    }),
]);

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required("notify", TO, "Whom."),
    fields: &[
        Field::optional("template", Shape::Id, "The template of `flows/templates/`."),
        Field::optional("subject", Shape::Template, "The subject, where there is no template."),
        Field::optional("text", Shape::Template, "The text, where there is no template."),
        Field::optional("channel", Shape::Text, "The one channel it takes; those that people have when left out."),
        Field::optional("urgent", Shape::Bool, "It waits neither for the end of quiet hours nor for a digest."),
    ],
};

/// For the compiler.
pub static WORD: Word = Word { key: "notify", blocks: no_blocks, output: no_output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct Notify {
    /// Whom.
    pub to: Whom,
    /// What is said.
    pub says: Says,
    /// The one channel it takes.
    pub channel: Option<String>,
    /// It waits for nothing.
    pub urgent: bool,
}

/// What a notice says.
#[derive(Clone, Debug)]
pub enum Says {
    /// A template of the catalog.
    Template(String),
    /// Subject and text written in the flow.
    Text(Template, Template),
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node;
    let to = whom(compiler, node.get("notify")?, &context.scope)?;
    let says = match (node.get("template"), node.get("subject"), node.get("text")) {
        (Some(template), None, None) => {
            let name = template.text()?;
            if !compiler.env.templates.contains(name) {
                compiler.unknown("template", name, template.span, compiler.env.templates.iter());
            }
            Says::Template(name.to_owned())
        }
        (None, Some(subject), Some(text)) => {
            let subject = compiler.template(subject, &context.scope);
            Says::Text(subject?, compiler.template(text, &context.scope)?)
        }
        _ => {
            compiler
                .report
                .error("missing_key", node.span, "a notice has either `template`, or `subject` and `text`")
                .hint("write one of the two");
            return None;
        }
    };
    let channel = node.get("channel").and_then(|channel| compiler.channel(channel));
    let urgent = node.get("urgent").and_then(Node::bool).unwrap_or(false);
    Some(Kind::Notify(Box::new(Notify { to, says, channel, urgent })))
}

/// Reads whom a notice goes to.
pub(in crate::domain::flow) fn whom(compiler: &mut Compiler<'_>, node: &Node, scope: &ScopeType) -> Option<Whom> {
    let Some(from) = node.get("from") else { return Some(Whom::Who(compiler.who(Some(node))?)) };
    let expression = compiler.expression(from, scope)?;
    let fits = match expression.expression.result_type() {
        Type::Text | Type::Any => true,
        Type::List(item, _) => matches!(**item, Type::Text | Type::Any),
        _ => false,
    };
    if !fits {
        let message = format!("this gives {}, but text or a list of texts is wanted", expression.expression.result_type().name());
        compiler.report.error("expression_type", from.span, message);
    }
    Some(Whom::From(expression))
}

/// The people behind a recipient; `output` is what an await last heard.
pub(in crate::domain::flow) fn people(
    machine: &Machine<'_>,
    visit: usize,
    whom: &Whom,
    output: Value,
) -> Result<Vec<String>, EvaluateError> {
    match whom {
        Whom::Who(Who::Person(person)) => Ok(machine.env().people(person)),
        Whom::Who(Who::Initiator) => {
            let initiator = &machine.facts.initiator;
            let id = initiator.member("id").as_text();
            // Whoever is in the directory goes by id, as everybody else; an address is for those who are not.
            let known = id.filter(|id| machine.env().directory().works_here(id)).or_else(|| initiator.member("email").as_text()).or(id);
            Ok(known.map(str::to_owned).into_iter().collect())
        }
        Whom::From(condition) => Ok(match machine.value_with_output(visit, condition, output)? {
            Value::Text(text) => vec![text.to_string()],
            Value::List(items) => items.iter().filter_map(Value::as_text).map(str::to_owned).collect(),
            _ => Vec::new(),
        }),
    }
}

/// Enters the step: the notice is asked for, and the flow goes on.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, step: &Step, notify: &Notify) {
    let to = match people(machine, visit, &notify.to, Value::Unset) {
        Ok(to) => to,
        Err(error) => return machine.expression_failed(visit, &error),
    };
    if to.is_empty() {
        // Nobody to tell is worth a line, not a stop: the document has reached its state all the same.
        machine.note("told_nobody", Some(visit), serde_json::Value::Null);
        return machine.complete(visit);
    }
    let telling = Telling {
        event: "notify",
        to: to.clone(),
        on_behalf_of: &[],
        channel: notify.channel.as_deref(),
        more: &[],
        urgent: notify.urgent,
        says: Some(&notify.says),
        retry: machine.flow.retry(step),
    };
    if let Err(message) = notices::tell(machine, visit, &telling) {
        return machine.cannot_enter(visit, Cause::DataWrong, "template_failed", message);
    }
    machine.note("notified", Some(visit), json!({"to": to}));
    machine.complete(visit);
}

/// Recipients by the language they read, each language once, in the order of the first who reads it.
pub(in crate::domain::flow) fn by_language(machine: &Machine<'_>, people: Vec<String>) -> Vec<(String, Vec<String>)> {
    let mut groups: Vec<(String, Vec<String>)> = Vec::new();
    for person in people {
        let language = machine.env().language(&person);
        match groups.iter_mut().find(|(known, _)| known == language) {
            Some((_, readers)) => readers.push(person),
            None => groups.push((language.to_owned(), vec![person])),
        }
    }
    groups
}

/// What a notice says, in the language of whom it goes to.
pub(in crate::domain::flow) fn words(machine: &Machine<'_>, visit: usize, says: &Says, told: &Told) -> Result<(String, String), String> {
    let scope = machine.scope_with(visit, &Needs::All).map_err(|error| error.to_string())?;
    let used: Vec<String> = machine.flow.tables.keys().cloned().collect();
    let scope = sight(&machine.flow.tables, &used, scope, &machine.own_scope()).map_err(|error| error.to_string())?;
    let mut scope = scope.with("notice", told.value());
    // What a step hides from those whom it asks, its notices do not tell them; to the initiator it goes back as a whole.
    let hidden = machine.asks(visit).filter(|_| told.event != "returned").map(Asks::hidden).unwrap_or_default();
    if !hidden.is_empty() {
        let doc = hidden.out_of_value(scope.get("doc"));
        scope.set("doc", doc);
    }
    match says {
        Says::Template(name) => machine.env().notice(name, &told.language, &scope),
        Says::Text(subject, text) => {
            let subject = subject.render(&scope, &mut Budget::default()).map_err(|error| error.to_string())?;
            Ok((subject, text.render(&scope, &mut Budget::default()).map_err(|error| error.to_string())?))
        }
    }
}

/// A notice has gone out, or could not.
pub(in crate::domain::flow) fn ended(machine: &mut Machine<'_>, visit: usize, index: u32, result: &EffectResult) {
    machine.instance.visits[visit].notices.retain(|known| *known != index);
    let shows = shown::is_showing(&machine.instance, visit, index);
    // A notice about a step that the flow has left is not missed by anybody; what a centre shows is, wherever the flow stands.
    let found = &machine.instance.visits[visit];
    let wanted = found.stop.is_none() && (shows || !found.left);
    match result {
        EffectResult::Done { output } => {
            let waits = matches!(&machine.instance.visits[visit].stop, Some(stop) if stop.what == Stopped::Notice(index));
            if waits {
                machine.close_stop(visit, "sent");
            }
            shown::answered(machine, visit, index, output);
        }
        EffectResult::Failed { cause, message, .. } if wanted => {
            machine.stop(visit, *cause, "notice_failed", message, Stopped::Notice(index));
        }
        EffectResult::Failed { cause, message, .. } => {
            machine.note("notice_failed", Some(visit), json!({"message": message}));
            match cause {
                // It may have been done, and nobody can be asked here: it counts as under way, so that it is never done blindly again.
                Cause::Unknown if shows => machine.instance.visits[visit].notices.push(index),
                _ => shown::given_up(machine, visit, index),
            }
        }
    }
}
