//! People in a flow test: whose turn it is, and an act as a script writes it.

use crate::domain::approval::{Act, Actor, Added, Attachment, TaskRef, TaskState};
use crate::domain::flow::instance::Instance;
use crate::domain::flow::people::verbs::{On, verb};
use crate::domain::text::tree::Node;

/// The word for somebody who runs the flow.
const ADMIN: &str = "admin";

/// Whose turn it is, in the order of the steps.
pub(super) fn holders(instance: &Instance) -> Vec<String> {
    let live = instance.visits.iter().filter(|visit| !visit.left).filter_map(|visit| visit.people.as_ref());
    live.flat_map(|activation| activation.holders()).collect()
}

/// An act as written. The task is the newest one of the person that the verb is for; `number` tells acts apart.
pub(super) fn act(instance: &Instance, word: &str, node: &Node, number: usize) -> Act {
    let text = |key: &str| node.get(key).and_then(Node::text).map(str::to_owned);
    let texts = |key: &str| -> Vec<String> {
        let Some(found) = node.get(key) else { return Vec::new() };
        match found.text() {
            Some(one) => vec![one.to_owned()],
            None => found.items().iter().filter_map(Node::text).map(str::to_owned).collect(),
        }
    };
    let flag = |key: &str| node.get(key).and_then(Node::bool).unwrap_or(false);
    let (person, whose) = (text("by").unwrap_or_default(), text("for"));
    let holder = whose.clone().unwrap_or_else(|| person.clone());
    Act {
        verb: word.to_owned(),
        task: task(instance, word, &holder, text("step").as_deref()),
        by: Actor { admin: person == ADMIN, on_behalf_of: whose, person },
        token: format!("case {number}"),
        comment: text("comment"),
        attachments: texts("attachments").into_iter().map(|name| Attachment { reference: name.clone(), name, sha256: None }).collect(),
        to: texts("to"),
        step: text("target"),
        how: text("how").and_then(|how| match how.as_str() {
            "before" => Some(Added::Before),
            "after" => Some(Added::After),
            "beside" => Some(Added::Beside),
            _ => None,
        }),
        in_turn: flag("in_turn"),
        straight: flag("straight"),
        outcome: text("outcome"),
        // A script acts on what stands there.
        seen: None,
        edits: node
            .get("edits")
            .map(Node::entries)
            .unwrap_or_default()
            .iter()
            .map(|(key, value)| (key.text.clone(), value.to_json()))
            .collect(),
    }
}

/// The newest task of somebody in a state the verb is for; else the newest of theirs, whose refusal then says why.
fn task(instance: &Instance, word: &str, person: &str, step: Option<&str>) -> Option<TaskRef> {
    let On::Task(kinds, states) = &verb(word)?.on else { return None };
    let find = |fits: &dyn Fn(TaskState, bool) -> bool| {
        instance.visits.iter().rev().filter(|visit| step.is_none_or(|step| visit.step == step)).find_map(|visit| {
            let tasks = &visit.people.as_ref()?.tasks;
            let number = tasks
                .iter()
                .rposition(|task| (task.person == person || person == ADMIN) && fits(task.state, kinds.contains(&task.kind)))?;
            Some(TaskRef { step: visit.step.clone(), visit: visit.number, number: u32::try_from(number).unwrap_or(u32::MAX) })
        })
    };
    find(&|state, kind| kind && states.contains(&state)).or_else(|| find(&|_, kind| kind)).or_else(|| find(&|_, _| true))
}
