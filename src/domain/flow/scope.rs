//! The values behind the names that expressions see. Built per evaluation, with only the steps an expression looks at.

use super::environment::Environment;
use super::facts::{Binding, DocumentFacts};
use super::flow::Condition;
use super::instance::Visit;
use super::machine::Machine;
use super::reversal;
use super::steps::{Kind, each};
use super::tables::sight;
use crate::domain::expression::{Budget, EvaluateError, Scope};
use crate::domain::value::{Map, Value};
use std::sync::Arc;

/// Which steps an expression looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Needs {
    /// None.
    #[default]
    Nothing,
    /// These.
    Steps(Vec<String>),
    /// Perhaps any.
    All,
}

impl Needs {
    /// Reads them off the text. A superset is harmless, so words inside literals may count.
    pub fn of(text: &str) -> Needs {
        let mut ids: Vec<String> = Vec::new();
        for (at, _) in text.match_indices("steps") {
            if text[..at].ends_with(|before: char| before.is_alphanumeric() || before == '_') {
                continue;
            }
            let rest = text[at + "steps".len()..].trim_start();
            let Some(rest) = rest.strip_prefix('.') else { return Needs::All };
            let id: String = rest.trim_start().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            if id.is_empty() {
                return Needs::All;
            }
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        if ids.is_empty() { Needs::Nothing } else { Needs::Steps(ids) }
    }
}

/// What the `when` of a start sees.
pub(super) fn initial_scope(document: &DocumentFacts, initiator: &Value, binding: &Binding) -> Scope<'static> {
    Scope::default()
        .with("doc", document.doc.clone())
        .with("revision", Value::Int(i64::from(document.revision)))
        .with("initiator", initiator.clone())
        .with("values", binding.values.clone())
}

impl<'a> Machine<'a> {
    /// The scope of a visit: its document, loop names, the event of its reaction; `steps` as far as they are needed.
    pub(super) fn scope(&self, visit: usize, needs: &Needs) -> Scope<'a> {
        let facts = self.facts;
        let mut scope = Scope::default()
            .with("doc", self.doc_of(visit))
            .with("revision", Value::Int(i64::from(facts.document.revision)))
            .with("initiator", facts.initiator.clone())
            .with("values", facts.binding.values.clone());
        if let Some(parent) = &self.instance.parent {
            let input = Value::from_json(&parent.input);
            scope.set("input", self.flow.inputs.read(&input).unwrap_or(input));
        }
        match needs {
            Needs::Nothing => {}
            Needs::Steps(ids) => scope.set("steps", self.steps_value(visit, ids.iter().map(String::as_str))),
            Needs::All => {
                let ids = self.flow.steps.iter().filter(|step| step.is_authored()).map(|step| step.id.as_str());
                scope.set("steps", self.steps_value(visit, ids));
            }
        }
        self.surround(visit, &mut scope);
        scope
    }

    /// The scope of an expression, with the decision tables it looks at.
    ///
    /// # Errors
    /// When a table cannot decide.
    pub(super) fn seen(&self, visit: usize, condition: &Condition) -> Result<Scope<'a>, EvaluateError> {
        let scope = self.scope(visit, &condition.needs);
        if condition.tables.is_empty() { Ok(scope) } else { sight(&self.flow.tables, &condition.tables, scope, &self.own_scope()) }
    }

    /// What decision tables see: the flow's own document, whatever a step is about.
    pub(super) fn own_scope(&self) -> Scope<'static> {
        let facts = self.facts;
        Scope::default()
            .with("doc", self.doc.clone())
            .with("revision", Value::Int(i64::from(facts.document.revision)))
            .with("initiator", facts.initiator.clone())
            .with("values", facts.binding.values.clone())
    }

    /// Adds the step's `with` names.
    pub(super) fn scope_with(&self, visit: usize, needs: &Needs) -> Result<Scope<'a>, EvaluateError> {
        let mut scope = self.scope(visit, needs);
        if let Some(step) = self.step_of(visit) {
            for (name, condition) in &step.with {
                let value = self.value(visit, condition)?;
                scope.set(name, value);
            }
        }
        Ok(scope)
    }

    /// Evaluates an expression in the scope of a visit.
    pub(super) fn value(&self, visit: usize, condition: &Condition) -> Result<Value, EvaluateError> {
        condition.expression.evaluate(&self.seen(visit, condition)?, &mut Budget::default())
    }

    /// Evaluates a condition in the scope of a visit; unset is false.
    pub(super) fn holds(&self, visit: usize, condition: &Condition) -> Result<bool, EvaluateError> {
        condition.expression.holds(&self.seen(visit, condition)?, &mut Budget::default())
    }

    /// Evaluates an expression that also sees `output`.
    pub(super) fn value_with_output(&self, visit: usize, condition: &Condition, output: Value) -> Result<Value, EvaluateError> {
        let scope = self.seen(visit, condition)?.with("output", output);
        condition.expression.evaluate(&scope, &mut Budget::default())
    }

    fn steps_value<'s>(&self, visit: usize, ids: impl Iterator<Item = &'s str>) -> Value {
        let mut steps = Map::new();
        for id in ids {
            let value = self.visible(visit, id).map_or(Value::Unset, |found| self.step_value(&self.instance.visits[found]));
            steps.insert(Arc::from(id), value);
        }
        Value::Map(Arc::new(steps))
    }

    fn step_value(&self, visit: &Visit) -> Value {
        let error = visit.error.as_ref().map_or(Value::Unset, |error| {
            Value::map([
                ("class", Value::text(&error.class)),
                ("cause", Value::text(error.cause.word())),
                ("message", Value::text(&error.message)),
            ])
        });
        Value::map([
            ("state", Value::text(visit.state.word())),
            ("outcome", visit.outcome.map_or(Value::Unset, |outcome| Value::text(outcome.word()))),
            ("output", self.output_of(visit)),
            ("heard", self.heard_of(visit)),
            ("error", error),
        ])
    }

    /// What the awaited partner last said, typed; unset of a step that awaits no event.
    fn heard_of(&self, visit: &Visit) -> Value {
        let (Some(json), Some(Kind::Call(call))) = (&visit.heard, self.flow.step(&visit.step).map(|step| &step.kind)) else {
            return Value::Unset;
        };
        let Some(awaits) = &call.awaits else { return Value::Unset };
        let value = Value::from_json(json);
        awaits.output.read(&value).or_else(|_| awaits.output.read_open(&value)).unwrap_or(value)
    }

    /// The typed output of a visit.
    pub(super) fn output_of(&self, visit: &Visit) -> Value {
        let Some(json) = &visit.output else { return Value::Unset };
        let value = Value::from_json(json);
        match self.flow.step(&visit.step) {
            // Bound to several connectors, the declared output is what they have in common.
            Some(step) => step.output.read(&value).or_else(|_| step.output.read_open(&value)).unwrap_or(value),
            None => value,
        }
    }

    /// The newest visit of a step that a visit can see: inside a loop only that of the same iteration.
    pub(super) fn visible(&self, from: usize, id: &str) -> Option<usize> {
        let visits = &self.instance.visits;
        let around = self.ancestors(from);
        // What the flow went back behind counts no more, but for reactions, which have to see what they undo.
        let reacts = reversal::frame(self, from).is_some();
        let counts = |index: &usize| visits[*index].step == id && (reacts || !visits[*index].left || *index == from);
        (0..visits.len()).rev().filter(counts).find(|index| {
            self.ancestors(*index).iter().all(|(parent, lane)| {
                let is_loop = matches!(self.step_of(*parent).map(|step| &step.kind), Some(Kind::Each(_)));
                !is_loop || around.iter().all(|(other, mine)| other != parent || mine == lane)
            })
        })
    }

    /// The visits around a visit with the lane taken in each, inmost first.
    pub(super) fn ancestors(&self, visit: usize) -> Vec<(usize, u32)> {
        let mut around = Vec::new();
        let mut at = visit;
        while let Some(parent) = self.instance.visits[at].parent {
            around.push((parent as usize, self.instance.visits[at].lane));
            at = parent as usize;
        }
        around
    }

    fn surround(&self, visit: usize, scope: &mut Scope<'a>) {
        for (parent, lane) in self.ancestors(visit).into_iter().rev() {
            match self.step_of(parent).map(|step| &step.kind) {
                Some(Kind::Each(each)) => {
                    scope.set(&each.name, each::item(self, parent, each, lane));
                }
                Some(Kind::Reaction(_)) => scope.set("event", self.event_of(parent)),
                _ => {}
            }
        }
        if let Some(Kind::Reaction(_)) = self.step_of(visit).map(|step| &step.kind) {
            scope.set("event", self.event_of(visit));
        }
    }

    /// The event that set a reaction off, as its frame keeps it.
    fn event_of(&self, frame: usize) -> Value {
        let Some(heard) = &self.instance.visits[frame].heard else { return Value::Unset };
        let event = Value::from_json(heard);
        let typed = match self.step_of(frame) {
            Some(step) => {
                let told = event.member("output");
                step.output.read(told).or_else(|_| step.output.read_open(told)).unwrap_or_else(|_| told.clone())
            }
            None => Value::Unset,
        };
        event_value(event.member("outcome").clone(), event.member("external_id").clone(), typed)
    }

    /// The document a visit is about; with the fields that were assigned.
    fn doc_of(&self, visit: usize) -> Value {
        match self.made_for(visit) {
            Some(made) => self.output_of(&self.instance.visits[made]),
            None => self.doc.clone(),
        }
    }

    /// The `create` visit whose document a visit is about.
    pub(super) fn made_for(&self, visit: usize) -> Option<usize> {
        let about = self.step_of(visit)?.about.as_deref()?;
        self.visible(visit, about)
    }

    /// The environment, for those that build on the scope.
    pub(super) fn env(&self) -> &'a dyn Environment {
        self.env
    }
}

/// The value of `event`.
pub(super) fn event_value(outcome: Value, external_id: Value, output: Value) -> Value {
    Value::map([("outcome", outcome), ("external_id", external_id), ("output", output)])
}

/// Sets a dotted path in a mapping, making mappings on the way.
pub fn set_path(doc: &Value, path: &str, value: Value) -> Value {
    let (head, rest) = path.split_once('.').map_or((path, None), |(head, rest)| (head, Some(rest)));
    let mut map = match doc {
        Value::Map(map) => (**map).clone(),
        _ => Map::new(),
    };
    let value = match rest {
        Some(rest) => set_path(doc.member(head), rest, value),
        None => value,
    };
    map.insert(Arc::from(head), value);
    Value::Map(Arc::new(map))
}
