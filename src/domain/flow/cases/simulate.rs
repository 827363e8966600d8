//! Playing a document through a flow with answers by name, in whatever order they are asked for, until something is asked
//! that has none. A flow test says what must happen; this says what would.

use super::read::{Case, Item, What};
use super::run::{CaseResult, Play, Setting};
use super::wait::{Asked, Wait, waits};
use crate::domain::diagnostic::{Report, Span};
use crate::domain::text::shape::{Field, ObjectShape, Shape, check};
use crate::domain::text::tree::{Key, Node, NodeKind};
use crate::domain::text::units;
use std::collections::{BTreeMap, VecDeque};

/// Answers and events one simulation takes: a flow that asks for ever must not hold the terminal for ever.
const TURNS_MAX: u32 = 10_000;

static ANSWERS: Shape = Shape::Object(&ObjectShape {
    name: "answers",
    doc: "Answers to whatever a simulated flow asks.",
    fields: &[
        Field::optional(
            "calls",
            Shape::Map(&Shape::OneOrMany(&Shape::Any)),
            "`role.operation` to one answer for always, or a list in order.",
        ),
        Field::optional(
            "events",
            Shape::Map(&Shape::OneOrMany(&Shape::Any)),
            "`role.event` to one event, or a list in order; each comes once.",
        ),
        Field::optional(
            "advance",
            Shape::List(&Shape::Duration),
            "Time that passes, one after the other, whenever nothing else can go on; reminders and deadlines come.",
        ),
        Field::optional(
            "subflows",
            Shape::Map(&Shape::OneOrMany(&Shape::Any)),
            "A flow that is a step to its end `{outcome: …, output: …}`, or a list in order; each comes once.",
        ),
        Field::optional(
            "people",
            Shape::Map(&Shape::OneOrMany(&Shape::Any)),
            "A step that asks people to what they do: `approve`, `reject`, or an act as in a flow test, or a list in order; by whoever has the turn.",
        ),
        Field::optional(
            "linked",
            Shape::Map(&Shape::OneOrMany(&Shape::Text)),
            "The type of a document the flow made to its status, or a list in order.",
        ),
    ],
});

/// Answers by the name of what is asked.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    calls: BTreeMap<String, Given>,
    events: BTreeMap<String, Given>,
    advance: VecDeque<(Span, units::Span)>,
    subflows: BTreeMap<String, Given>,
    linked: BTreeMap<String, Given>,
    people: BTreeMap<String, Given>,
}

/// What is given for one name.
#[derive(Clone, Debug)]
struct Given {
    items: Vec<Node>,
    for_always: bool,
    next: usize,
}

impl Answers {
    /// Checks a tree and reads it.
    pub fn read(node: &Node, report: &mut Report) -> Answers {
        check(node, &ANSWERS, report);
        let part = |key: &str, for_always: bool| {
            let entries = node.get(key).map(Node::entries).unwrap_or_default();
            entries.iter().map(|(name, node)| (name.text.clone(), Given::new(node, for_always))).collect()
        };
        let (subflows, linked, people) = (part("subflows", false), part("linked", false), part("people", true));
        let spans = node.get("advance").map(Node::items).unwrap_or_default();
        let advance = spans.iter().filter_map(|one| Some((one.span, units::duration(one.text()?)?))).collect();
        Answers { calls: part("calls", true), events: part("events", false), advance, subflows, linked, people }
    }

    /// Names of which nothing was taken.
    pub fn unused(&self) -> Vec<&str> {
        let all = self.calls.iter().chain(&self.events).chain(&self.subflows).chain(&self.linked).chain(&self.people);
        all.filter(|(_, given)| given.next == 0).map(|(name, _)| name.as_str()).collect()
    }

    /// The script item that answers this, when there is one.
    fn take(&mut self, wait: &Wait) -> Option<Item> {
        match &wait.asked {
            Asked::Call { role, operation, .. } => {
                let answer = self.calls.get_mut(&format!("{role}.{operation}"))?.take()?;
                Some(item(answer.span, What::Call { call: (role.clone(), operation.clone()), answer }))
            }
            Asked::Event { role, event, id, .. } => {
                let node = self.events.get_mut(&format!("{role}.{event}"))?.take()?;
                let node = about(node, id);
                Some(item(node.span, What::Event { event: (role.clone(), event.clone()), node }))
            }
            Asked::Subflow { flow, .. } => {
                let node = self.subflows.get_mut(flow)?.take()?;
                Some(item(node.span, What::Subflow(flow.clone(), node)))
            }
            Asked::Linked { kind, .. } => {
                let node = self.linked.get_mut(kind)?.take()?;
                Some(item(node.span, What::Linked(kind.clone(), node.text()?.to_owned())))
            }
            Asked::People { holders, .. } => {
                let node = self.people.get_mut(&wait.step)?.take()?;
                let (verb, node) = act(node, &wait.step, holders.first()?);
                Some(item(node.span, What::Act(verb, node)))
            }
            Asked::Time(_) => None,
        }
    }
}

/// An act without `by` and `step` is that of whoever has the turn at the step; a word alone is its verb.
fn act(node: Node, step: &str, holder: &str) -> (String, Node) {
    let text = |text: &str| Node { span: node.span, kind: NodeKind::Scalar { text: text.to_owned(), quoted: true } };
    let key = |name: &str| Key { text: name.to_owned(), span: node.span };
    let mut entries = match &node.kind {
        NodeKind::Map(entries) => entries.clone(),
        _ => vec![(key("act"), node.clone())],
    };
    for (name, value) in [("by", holder), ("step", step)] {
        if !entries.iter().any(|(known, _)| known.text == name) {
            entries.push((key(name), text(value)));
        }
    }
    let verb = entries.iter().find(|(known, _)| known.text == "act").and_then(|(_, verb)| verb.text()).unwrap_or_default().to_owned();
    (verb, Node { kind: NodeKind::Map(entries), span: node.span })
}

impl Given {
    fn new(node: &Node, for_always: bool) -> Given {
        match &node.kind {
            NodeKind::List(items) => Given { items: items.clone(), for_always: false, next: 0 },
            _ => Given { items: vec![node.clone()], for_always, next: 0 },
        }
    }

    fn take(&mut self) -> Option<Node> {
        let at = if self.for_always { 0 } else { self.next };
        let taken = self.items.get(at).cloned();
        self.next += usize::from(taken.is_some());
        taken
    }
}

fn item(span: Span, what: What) -> Item {
    Item { what, span, expect: None }
}

fn item_of_time(span: Span, time: units::Span) -> Item {
    item(span, What::Advance(time))
}

/// An event without `id` is about the object that is waited for.
fn about(node: Node, id: &str) -> Node {
    let NodeKind::Map(mut entries) = node.kind else { return node };
    if !entries.iter().any(|(key, _)| key.text == "id") {
        let named = Node { span: node.span, kind: NodeKind::Scalar { text: id.to_owned(), quoted: true } };
        entries.push((Key { text: "id".to_owned(), span: node.span }, named));
    }
    Node { kind: NodeKind::Map(entries), ..node }
}

/// Plays until the flow ends, stops for a person, or asks something that has no answer. Of the case only the document and
/// the start count. Time passes only for `wait` steps, and only when nothing else is open.
pub fn simulate(case: &Case, answers: &mut Answers, setting: &Setting<'_>) -> CaseResult {
    let mut play = match Play::open(case, setting) {
        Ok(play) => play,
        Err(result) => return *result,
    };
    for _ in 0..TURNS_MAX {
        let open = waits(&play.stage);
        if play.has_failed() || open.is_empty() {
            return play.result();
        }
        if let Some(item) = open.iter().find_map(|wait| answers.take(wait)) {
            play.item(&item);
            continue;
        }
        if let Some((span, time)) = answers.advance.pop_front() {
            play.item(&item_of_time(span, time));
            continue;
        }
        match (open.iter().all(|wait| matches!(wait.asked, Asked::Time(_))), play.stage.next_timer()) {
            (true, Some((number, _))) => {
                play.stage.fire(number);
                play.settle();
            }
            _ => return play.result(),
        }
    }
    play.fail(case.span, format!("more than {TURNS_MAX} answers were taken; the flow asks the same again and again"));
    play.result()
}
