//! `shown`: the tasks of an instance as an app outside shows them, where people see and decide them.

use super::value::{field, object};
use crate::domain::value::{Type, TypeField, Value};
use jiff::Timestamp;
use std::sync::Arc;

/// Tasks of one instance that are shown; the newest, where there were more.
pub const SHOWN_MAX: usize = 300;

/// An instance with its tasks, as they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The instance.
    pub instance: String,
    /// Grows with each change: an app that is told a smaller one later ignores it.
    pub version: i64,
    /// The type of the document.
    pub document_kind: String,
    /// Its business key.
    pub key: String,
    /// What the flow is called.
    pub flow_title: String,
    /// `running`, or what it came to.
    pub status: String,
    /// Who began it.
    pub initiator: String,
    /// When it was first shown.
    pub began_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
    /// Where the document can be seen.
    pub url: String,
    /// What the centre calls it, where it keeps an object of its own; empty until that is made.
    pub external_id: String,
    /// Its tasks, in the order they came up; those whose turn has not come are left out.
    pub tasks: Vec<ShownTask>,
}

/// One task.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShownTask {
    /// Its id.
    pub id: String,
    /// Whose it is.
    pub person: String,
    /// Their name.
    pub person_name: String,
    /// What is asked: `approve`, `handle`, `assist`, `consult`, `copy`, `resubmit`.
    pub kind: String,
    /// Where it stands: `pending`, `approved`, `rejected`, `done`, `returned`, `transferred`, `cancelled`, `skipped`, `expired`.
    pub state: String,
    /// The step.
    pub step: String,
    /// What the step is called.
    pub step_title: String,
    /// Since when it is theirs.
    pub since: Timestamp,
    /// When it was over.
    pub ended_at: Option<Timestamp>,
    /// Whether it can be agreed to or refused with a comment at most, so that another app may offer it.
    pub decidable: bool,
    /// Whether a no needs a reason.
    pub reject_needs_comment: bool,
    /// Whether a yes needs one.
    pub approve_needs_comment: bool,
    /// Where it can be seen and decided.
    pub url: String,
    /// What the centre calls it, where it said so and the task was open there when it was last shown.
    pub external_id: String,
}

const TEXTS: [&str; 8] = ["instance", "document_kind", "key", "flow_title", "status", "initiator", "url", "external_id"];
const TASK_TEXTS: [&str; 9] = ["id", "person", "person_name", "kind", "state", "step", "step_title", "url", "external_id"];
const TASK_FLAGS: [&str; 3] = ["decidable", "reject_needs_comment", "approve_needs_comment"];

/// The type of `shown`, for mappings.
pub fn shown_type() -> Type {
    let of = |name: &str, of: Type| -> (Arc<str>, TypeField) { (Arc::from(name), field(of)) };
    let texts = |names: &[&str]| names.iter().map(|name| of(name, Type::Text)).collect::<Vec<_>>();
    let times = || [of("since", Type::Instant), of("ended_at", Type::Instant)];
    let flags = TASK_FLAGS.map(|name| of(name, Type::Bool));
    let task = object("shown_task", texts(&TASK_TEXTS).into_iter().chain(times()).chain(flags).collect());
    let more = [
        of("version", Type::Int),
        of("began_at", Type::Instant),
        of("ended_at", Type::Instant),
        of("tasks", Type::List(Box::new(task), Some(u32::try_from(SHOWN_MAX).unwrap_or(u32::MAX)))),
    ];
    object("shown", texts(&TEXTS).into_iter().chain(more).collect())
}

impl Shown {
    /// As mappings see it.
    pub fn value(&self) -> Value {
        let Shown { instance, document_kind, key, flow_title, status, initiator, url, external_id, .. } = self;
        let texts = [instance, document_kind, key, flow_title, status, initiator, url, external_id];
        let mut members: Vec<(&str, Value)> = TEXTS.into_iter().zip(texts).map(|(name, text)| (name, Value::text(text))).collect();
        members.push(("version", Value::Int(self.version)));
        members.push(("began_at", Value::Instant(self.began_at)));
        members.extend(self.ended_at.map(|at| ("ended_at", Value::Instant(at))));
        members.push(("tasks", Value::list(self.tasks.iter().map(ShownTask::value))));
        Value::map(members)
    }
}

impl ShownTask {
    fn value(&self) -> Value {
        let ShownTask { id, person, person_name, kind, state, step, step_title, url, external_id, .. } = self;
        let texts = [id, person, person_name, kind, state, step, step_title, url, external_id];
        let mut members: Vec<(&str, Value)> = TASK_TEXTS.into_iter().zip(texts).map(|(name, text)| (name, Value::text(text))).collect();
        members.push(("since", Value::Instant(self.since)));
        members.extend(self.ended_at.map(|at| ("ended_at", Value::Instant(at))));
        let flags = [self.decidable, self.reject_needs_comment, self.approve_needs_comment];
        members.extend(TASK_FLAGS.into_iter().zip(flags).map(|(name, flag)| (name, Value::Bool(flag))));
        Value::map(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_what_is_there() {
        let task = ShownTask { id: "t1".to_owned(), ended_at: Some(Timestamp::UNIX_EPOCH), ..ShownTask::default() };
        let shown = Shown { instance: "i1".to_owned(), ended_at: Some(Timestamp::UNIX_EPOCH), tasks: vec![task], ..Shown::default() };
        let value = shown.value();
        assert_eq!(shown_type().read(&value).ok().as_ref(), Some(&value), "every member is declared");
        let Type::Object(declared) = shown_type() else { panic!("an object") };
        for (name, of) in &declared.fields {
            assert!(!value.member(name).is_unset(), "{name} is there");
            let Type::List(task, _) = &of.of else { continue };
            let (Type::Object(task), Value::List(tasks)) = (&**task, value.member(name)) else { panic!("a list of objects") };
            assert!(task.fields.keys().all(|name| !tasks[0].member(name).is_unset()));
        }
    }
}
