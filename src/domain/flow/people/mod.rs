//! Steps that ask people: who is asked, what follows from a decision, what people may do with a task.
//!
//! The tasks of a visit are part of the instance's state; what changes of them is told as rows for lists. Everything goes
//! through here: a verb says what changes, `proceed` says what follows for the step.

pub mod choose;
pub(in crate::domain::flow) mod enter;
pub mod forecast;
mod going_back;
pub mod proceed;
pub mod seen;
pub mod shape;
mod suspend;
pub mod verbs;

use super::compile::{Compiler, StepContext};
use super::effect::Cause;
use super::flow::{Condition, Flow, Step};
use super::instance::{Stopped, Visit};
use super::ladder::Rung;
use super::machine::Machine;
use super::steps::Kind;
use crate::domain::approval::{Empty, Mode, OwnApproval, RejectMeans, Repeated, TaskKind};
use crate::domain::directory::{Around, Directory, Who};
use crate::domain::document::Hidden;
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::text::units::Span;
use crate::domain::value::Type;
use choose::Chooser;
use indexmap::IndexMap;
use serde_json::json;
use std::collections::BTreeSet;

pub(super) use enter::{carry_over, enter, had_a_say_here};
use going_back::pass_straight;
pub(super) use suspend::thaw;

/// A compiled step that asks people.
#[derive(Clone, Debug)]
pub struct Asks {
    /// To agree, or to do something.
    pub kind: TaskKind,
    /// Who.
    pub by: Vec<Chooser>,
    /// How many, in which order.
    pub mode: Mode,
    /// Whose no ends a vote.
    pub veto: Vec<Chooser>,
    /// When there is nobody.
    pub empty: Empty,
    /// When the initiator is among them.
    pub own: OwnApproval,
    /// When somebody has agreed before.
    pub repeated: Repeated,
    /// Nobody who had a say before may decide.
    pub second_person: bool,
    /// What a no means.
    pub reject: RejectMeans,
    /// Verbs that need a comment.
    pub comment: BTreeSet<String>,
    /// Of the verbs that can be switched off, those that are not; none for all.
    pub verbs: Option<BTreeSet<String>>,
    /// Rights on fields of the document by dotted path.
    pub fields: IndexMap<String, FieldRight>,
    /// Who is told, and when.
    pub copies: Vec<(CopyAt, Vec<Chooser>)>,
    /// Whether a file must be attached when it is done.
    pub proof: bool,
    /// What happens while it takes long.
    pub ladder: Vec<Rung>,
    /// How long people have.
    pub due: Option<Span>,
    /// Who takes over from somebody who leaves.
    pub instead: Vec<Chooser>,
}

/// What can be done with a field of the document at a step; the wider comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FieldRight {
    /// Changed.
    Edit,
    /// Changed, and there when it is agreed to.
    Required,
    /// Seen.
    Read,
    /// Not seen.
    Hide,
}

impl FieldRight {
    /// The word.
    pub fn word(self) -> &'static str {
        match self {
            FieldRight::Read => "read",
            FieldRight::Edit => "edit",
            FieldRight::Required => "required",
            FieldRight::Hide => "hide",
        }
    }
}

/// When somebody is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopyAt {
    /// When the step is entered.
    Entry,
    /// When it is over.
    Exit,
    /// Both.
    Both,
}

impl Asks {
    /// Reads what stands under `approve` or `task`.
    pub(super) fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>, key: &str, kind: TaskKind) -> Option<Asks> {
        let node = context.node.get(key)?;
        let by = choosers(compiler, node.get("by"), context);
        if context.node.get("due").is_none() {
            compiler.report.error("missing_owner", node.span, "nothing says how long people have here").hint("add for example `due: 2wd`");
        }
        let word = |key: &str| node.get(key).and_then(Node::text);
        let words = |key: &str| {
            node.get(key).map(|list| list.items().iter().filter_map(Node::text).map(str::to_owned).collect::<BTreeSet<String>>())
        };
        let scope = context.scope.clone().with("output", holders_type());
        let ladder = node.get("ladder").map(Node::items).unwrap_or_default();
        let ladder = ladder.iter().filter_map(|rung| Rung::compile(compiler, rung, &scope)).collect();
        let copies = node.get("copies").map(Node::items).unwrap_or_default();
        let copies = copies.iter().map(|copy| {
            let at = match copy.get("at").and_then(Node::text) {
                Some("exit") => CopyAt::Exit,
                Some("both") => CopyAt::Both,
                _ => CopyAt::Entry,
            };
            (at, choosers(compiler, copy.get("to"), context))
        });
        let copies = copies.collect();
        let veto = choosers(compiler, node.get("veto"), context);
        let instead = choosers(compiler, node.get("instead"), context);
        let mode = mode(compiler, node.get("mode"))?;
        if !veto.is_empty() && !matches!(mode, Mode::Percent(_) | Mode::Votes(_)) {
            let place = node.get("veto").map_or(node.span, |veto| veto.span);
            compiler.report.error("bad_value", place, "a veto is for votes: elsewhere every no counts").hint("add `mode: {percent: …}`");
        }
        let asks = Asks {
            kind,
            mode,
            veto,
            empty: empty(compiler, node.get("empty")?)?,
            own: match word("own") {
                Some("pass") => OwnApproval::Pass,
                Some("superior") => OwnApproval::Superior,
                Some("head") => OwnApproval::Head,
                _ => OwnApproval::Ask,
            },
            repeated: match word("repeated") {
                Some("pass_adjacent") => Repeated::PassAdjacent,
                Some("pass_earlier") => Repeated::PassEarlier,
                _ => Repeated::Ask,
            },
            second_person: node.get("second_person").and_then(Node::bool).unwrap_or(false),
            reject: if word("reject") == Some("return") { RejectMeans::Return } else { RejectMeans::End },
            comment: words("comment").unwrap_or_else(|| ["reject", "return"].map(str::to_owned).into()),
            verbs: words("verbs"),
            fields: rights(node.get("fields")),
            copies,
            proof: node.get("proof").and_then(Node::bool).unwrap_or(false),
            ladder,
            due: compiler.duration(context.node.get("due")),
            instead,
            by,
        };
        asks.contradictions(compiler, node);
        switches(compiler, node.get("verbs"));
        asks.known_fields(compiler, node, context);
        Some(asks)
    }

    /// Policies that cannot both hold.
    fn contradictions(&self, compiler: &mut Compiler<'_>, node: &Node) {
        if self.second_person && (self.own != OwnApproval::Ask || self.repeated != Repeated::Ask) {
            let place = node.get("own").or(node.get("repeated")).map_or(node.span, |word| word.span);
            compiler
                .report
                .error("bad_value", place, "with `second_person` nobody's share passes by itself, and the initiator is never asked")
                .hint("leave `own` and `repeated` out");
        }
    }

    /// Fields are the document's.
    fn known_fields(&self, compiler: &mut Compiler<'_>, node: &Node, context: &StepContext<'_>) {
        let Some(of) = context.scope.names.get("doc").cloned() else { return };
        let own = compiler.env.documents.get(&context.document).map(|info| info.key.clone()).unwrap_or_default();
        for (key, right) in node.get("fields").map(Node::entries).unwrap_or_default() {
            let top = key.text.split('.').next().unwrap_or_default();
            let identity = ["source", "status", "requester"].contains(&top) || own.split('.').next() == Some(top);
            if identity && matches!(right.text(), Some("edit" | "required")) {
                let message = format!("`{}` says which document it is, whose, or where it stands: nobody may change it", key.text);
                compiler.report.error("bad_value", key.span, message).hint("let people read it, or hide it");
            }
            let column = is_column(&of, &key.text);
            // What an earlier release took is not refused to what runs by it.
            if compiler.env.stored && column {
                continue;
            }
            if let Some((name, known)) = missing_member(&of, &key.text) {
                compiler.unknown("field of the document", &name, key.span, known.iter());
            } else if column && matches!(right.text(), Some("edit" | "required")) {
                let message = format!(
                    "`{}` is a column of a line table: a step lets people read it or hides it; the table is changed as a whole",
                    key.text
                );
                compiler.report.error("bad_value", key.span, message).hint("give the right to the table, or write `read` or `hide` here");
            }
        }
        self.changed_unseen(compiler, node);
    }

    /// Whoever changes a field gives it anew, so they must see all of it.
    fn changed_unseen(&self, compiler: &mut Compiler<'_>, node: &Node) {
        if compiler.env.stored {
            return;
        }
        for (key, right) in node.get("fields").map(Node::entries).unwrap_or_default() {
            let changes = matches!(right.text(), Some("edit" | "required"));
            let hides =
                |(path, right): &(&String, &FieldRight)| **right == FieldRight::Hide && Hidden::of([path.as_str()]).touches(&key.text);
            if let Some((path, _)) = self.fields.iter().find(hides).filter(|_| changes) {
                let message = format!("nobody can change `{}` here, because `{path}` is hidden", key.text);
                let hint = "hide neither what is changed nor a part of it, or take the right to change it out";
                compiler.report.error("bad_value", key.span, message).hint(hint);
            }
        }
    }

    /// What whoever is asked here is not shown.
    pub fn hidden(&self) -> Hidden {
        Hidden::of(self.fields.iter().filter(|(_, right)| **right == FieldRight::Hide).map(|(path, _)| path.as_str()))
    }

    /// What the step's expressions look at, for lints.
    pub(super) fn conditions(&self) -> Vec<&Condition> {
        let copies = self.copies.iter().flat_map(|(_, to)| to);
        self.by.iter().chain(&self.veto).chain(&self.instead).chain(copies).filter_map(Chooser::condition).collect()
    }
}

/// The first part of a dotted path that a type does not have, with what it has; lists are passed through.
fn missing_member(of: &Type, path: &str) -> Option<(String, Vec<String>)> {
    let mut at = of.clone();
    for part in path.split('.') {
        at = item_of(at);
        let Type::Object(object) = &at else { return None };
        match object.fields.get(part) {
            Some(field) => at = field.of.clone(),
            None if object.open => return None,
            None => return Some((part.to_owned(), object.fields.keys().map(ToString::to_string).collect())),
        }
    }
    None
}

/// Whether a dotted path leads into a list, to a part of each of its items.
fn is_column(of: &Type, path: &str) -> bool {
    let mut at = of.clone();
    for part in path.split('.') {
        let Type::Object(object) = &at else { return matches!(at, Type::List(..)) };
        let Some(field) = object.fields.get(part) else { return false };
        at = field.of.clone();
    }
    false
}

/// What a list holds; of anything else itself.
fn item_of(mut of: Type) -> Type {
    while let Type::List(item, _) = of {
        of = *item;
    }
    of
}

/// What rungs see as `output`.
fn holders_type() -> Type {
    super::compile::object("holders", [("holders".to_owned(), Type::List(Box::new(Type::Text), None))])
}

/// What a step switches off must be its to switch; an earlier release took every verb here, and what runs by it goes on.
fn switches(compiler: &mut Compiler<'_>, node: Option<&Node>) {
    if compiler.env.stored {
        return;
    }
    let written = node.map(Node::items).unwrap_or_default();
    for word in written.iter().filter(|word| word.text().is_some_and(|word| !verbs::SWITCHED.contains(&word))) {
        let message = format!("`{}` is not switched off by a step, so that it says nothing here", word.text().unwrap_or_default());
        compiler.report.error("bad_word", word.span, message).hint(format!("what a step can switch off: {}", verbs::SWITCHED.join(", ")));
    }
}

/// What a step that asked people gives.
pub(super) fn output_type() -> Type {
    let text = |name: &str| (name.to_owned(), Type::Text);
    let opinion = super::compile::object("opinion", ["person", "decision", "comment"].map(|name| (name.to_owned(), Type::Text)));
    let file = super::compile::object("attachment", ["name", "ref", "sha256"].map(|name| (name.to_owned(), Type::Text)));
    super::compile::object(
        "asked",
        [
            ("decided_by".to_owned(), Type::List(Box::new(Type::Text), None)),
            text("comment"),
            ("opinions".to_owned(), Type::List(Box::new(opinion), None)),
            ("attachments".to_owned(), Type::List(Box::new(file), None)),
        ],
    )
}

fn choosers(compiler: &mut Compiler<'_>, node: Option<&Node>, context: &StepContext<'_>) -> Vec<Chooser> {
    let Some(node) = node else { return Vec::new() };
    match &node.kind {
        NodeKind::List(items) => items.iter().filter_map(|item| Chooser::compile(compiler, item, context)).collect(),
        _ => Chooser::compile(compiler, node, context).into_iter().collect(),
    }
}

fn mode(compiler: &mut Compiler<'_>, node: Option<&Node>) -> Option<Mode> {
    let Some(node) = node else { return Some(Mode::All) };
    let number = |key: &str| node.get(key).and_then(Node::int).and_then(|number| u32::try_from(number).ok());
    let mode = match node.text() {
        Some("all") => Mode::All,
        Some("any") => Mode::Any,
        Some("any_agrees") => Mode::AnyAgrees,
        Some("sequence") => Mode::Sequence,
        Some("claim") => Mode::Claim,
        _ => match (number("percent"), number("votes")) {
            (Some(percent), _) if (1..=100).contains(&percent) => Mode::Percent(percent),
            (_, Some(votes)) if votes > 0 => Mode::Votes(votes),
            _ => {
                compiler.report.error("bad_value", node.span, "a vote needs 1 to 100 percent, or at least one vote");
                return None;
            }
        },
    };
    Some(mode)
}

fn empty(compiler: &mut Compiler<'_>, node: &Node) -> Option<Empty> {
    let Some(to) = node.get("to") else {
        return Some(match node.text()? {
            "pass" => Empty::Pass,
            "reject" => Empty::Reject,
            _ => Empty::Block,
        });
    };
    if let Some(role) = to.get("role") {
        compiler.people_role(role);
    }
    Who::read(to).map(Empty::To)
}

fn rights(node: Option<&Node>) -> IndexMap<String, FieldRight> {
    let right = |node: &Node| match node.text() {
        Some("edit") => FieldRight::Edit,
        Some("required") => FieldRight::Required,
        Some("hide") => FieldRight::Hide,
        _ => FieldRight::Read,
    };
    node.map(Node::entries).unwrap_or_default().iter().map(|(key, value)| (key.text.clone(), right(value))).collect()
}

/// What a step asks of people; none for other kinds.
pub fn asks_of(step: &Step) -> Option<&Asks> {
    match &step.kind {
        Kind::Approve(asks) | Kind::Task(asks) => Some(asks),
        _ => None,
    }
}

impl<'a> Machine<'a> {
    /// What the step of a visit asks of people.
    pub(super) fn asks(&self, visit: usize) -> Option<&'a Asks> {
        self.step_of(visit).and_then(asks_of)
    }

    /// Tells lists of a task that has changed.
    pub(super) fn touch(&mut self, visit: usize, task: usize) {
        self.touched.insert((visit, task));
    }
}

/// Somebody has left: what is open with them goes to those the step names, else to their superior. When that is nobody, a
/// person has to say who: a task of nobody would never be done.
pub(super) fn left(machine: &mut Machine<'_>, person: &str) {
    if machine.env().directory().works_here(person) {
        return machine.note("ignored", None, json!({"why": "the person works here", "person": person}));
    }
    let open = |visit: &Visit| {
        visit
            .people
            .as_ref()
            .is_some_and(|activation| activation.open().any(|(_, task)| task.person == person && task.kind != TaskKind::Copy))
    };
    let visits: Vec<usize> = (0..machine.instance.visits.len())
        .filter(|visit| is_asking(&machine.instance.visits[*visit]) && open(&machine.instance.visits[*visit]))
        .collect();
    for visit in visits {
        let Some(asks) = machine.asks(visit) else { continue };
        let mut to = choose::people(machine, visit, &asks.instead).unwrap_or_default();
        to.extend(machine.env().directory().superior(person).map(|user| user.id.to_string()));
        to.retain(|receiver| receiver != person);
        if to.is_empty() {
            let message = format!("`{person}` has left, and nobody is named who takes over");
            machine.stop(visit, Cause::RuleMissing, "nobody_to_ask", &message, Stopped::Nothing);
            continue;
        }
        proceed::hand_over(machine, visit, Some(person), &to, "has_left");
        machine.note("handed_over", Some(visit), json!({"from": person, "to": to.first()}));
        proceed::proceed(machine, visit, asks);
    }
}

/// Whether somebody is among those who keep a flow's instances moving.
pub fn co_manages(flow: &Flow, directory: &Directory, around: &Around, person: &str) -> bool {
    flow.co_managers.iter().any(|who| choose::resolved(directory, who, around).iter().any(|known| known == person))
}

/// Whether people are asked at a visit now.
pub fn is_asking(visit: &Visit) -> bool {
    visit.people.is_some() && visit.state == super::instance::State::Awaiting
}
