//! What a played flow waits for: calls without an answer, events of partners, time.

use crate::domain::approval::TaskKind;
use crate::domain::flow::effect::Work;
use crate::domain::flow::instance::{State, Sub, SubState};
use crate::domain::flow::people::is_asking;
use crate::domain::flow::stage::{Phase, Stage};
use crate::domain::flow::steps::Kind;
use crate::domain::value::Type;
use jiff::Timestamp;
use serde_json::{Value as Json, json};

/// Objects within one another that an example of an answer shows.
const DEPTH_MAX: usize = 4;

/// One thing it waits for.
#[derive(Clone, Debug, PartialEq)]
pub struct Wait {
    /// The step.
    pub step: String,
    /// What.
    pub asked: Asked,
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// The answer to a call.
    Call {
        /// The role, as scripts name it.
        role: String,
        /// The operation.
        operation: String,
        /// The input of the call that is open; of a look-up the input of the call in doubt.
        input: Json,
        /// What a good answer looks like.
        output: Type,
        /// Whether it is the look-up of a call whose answer was lost.
        looks_up: bool,
    },
    /// A partner's event.
    Event {
        /// The role.
        role: String,
        /// The event.
        event: String,
        /// The object it is about.
        id: String,
        /// What its read-back looks like.
        output: Type,
        /// Whether it says an outcome.
        outcomes: bool,
    },
    /// The end of a subflow.
    Subflow {
        /// The flow.
        flow: String,
        /// What it gives back.
        output: Type,
    },
    /// A status of a linked document.
    Linked {
        /// The document's type.
        kind: String,
        /// The statuses that end the step.
        statuses: Vec<String>,
    },
    /// A decision of one of these people.
    People {
        /// Whose turn it is.
        holders: Vec<String>,
        /// The verb that ends it well.
        verb: &'static str,
    },
    /// Time that passes.
    Time(Timestamp),
}

/// Everything it waits for: calls first, then events, then time.
pub(super) fn waits(stage: &Stage<'_>) -> Vec<Wait> {
    let mut found: Vec<Wait> = calls(stage).collect();
    found.extend(events(stage));
    found.extend(inside(stage));
    found.extend(people(stage));
    let waiting = stage.instance.visits.iter().filter(|visit| visit.state == State::Waiting);
    if let Some((_, due)) = stage.next_timer() {
        found.extend(waiting.map(|visit| Wait { step: visit.step.clone(), asked: Asked::Time(due) }));
    }
    found
}

fn calls<'s>(stage: &'s Stage<'_>) -> impl Iterator<Item = Wait> + 's {
    stage.outbox.iter().filter_map(|open| {
        let Work::Call { connection, operation, input, .. } = &open.effect.work else { return None };
        let (operation, looks_up) = match &open.phase {
            Phase::Ready => (operation, false),
            Phase::LookingUp(asked) => (asked, true),
            Phase::Stopped => return None,
        };
        let output = stage.env.operation(connection, operation).map_or(Type::Any, |info| info.output.clone());
        let asked = Asked::Call { role: role(stage, connection), operation: operation.clone(), input: input.clone(), output, looks_up };
        Some(Wait { step: open.effect.step.clone(), asked })
    })
}

fn events<'s>(stage: &'s Stage<'_>) -> impl Iterator<Item = Wait> + 's {
    stage.instance.visits.iter().filter(|visit| visit.state == State::Awaiting).filter_map(|visit| {
        let Kind::Call(call) = &stage.flow.step(&visit.step)?.kind else { return None };
        let awaits = call.awaits.as_ref()?;
        let asked = Asked::Event {
            role: awaits.role.clone(),
            event: awaits.event.clone(),
            id: visit.external_id.clone().unwrap_or_default(),
            output: awaits.output.clone(),
            outcomes: awaits.outcomes,
        };
        Some(Wait { step: visit.step.clone(), asked })
    })
}

/// What other instances and documents of the hub are waited for.
fn inside<'s>(stage: &'s Stage<'_>) -> impl Iterator<Item = Wait> + 's {
    stage.instance.visits.iter().filter_map(|visit| {
        let step = stage.flow.step(&visit.step)?;
        let asked = match &step.kind {
            Kind::Subflow(subflow) => {
                let open = |sub: &Sub| matches!(sub.state, SubState::Running | SubState::TakingBack);
                let waits = visit.state == State::Awaiting || visit.left;
                visit.sub.as_ref().filter(|sub| open(sub) && waits)?;
                Asked::Subflow { flow: subflow.flow.clone(), output: step.output.clone() }
            }
            Kind::Create(create) if visit.state == State::Awaiting => {
                Asked::Linked { kind: create.kind.clone(), statuses: create.awaits.iter().map(|(status, _)| status.clone()).collect() }
            }
            _ => return None,
        };
        Some(Wait { step: visit.step.clone(), asked })
    })
}

/// Whose decisions are waited for.
fn people<'s>(stage: &'s Stage<'_>) -> impl Iterator<Item = Wait> + 's {
    stage.instance.visits.iter().filter(|visit| is_asking(visit) && !visit.left).filter_map(|visit| {
        let activation = visit.people.as_ref()?;
        let verb = match activation.returned {
            Some(_) => "resubmit",
            None if activation.tasks.iter().any(|task| task.kind == TaskKind::Handle) => "complete",
            None => "approve",
        };
        Some(Wait { step: visit.step.clone(), asked: Asked::People { holders: activation.holders(), verb } })
    })
}

/// The role that a connection plays; the connection itself where it plays none.
fn role(stage: &Stage<'_>, connection: &str) -> String {
    let roles = &stage.facts.binding.roles;
    roles.iter().find(|(_, plays)| *plays == connection).map_or_else(|| connection.to_owned(), |(role, _)| role.clone())
}

/// Something of a type, as an example of an answer.
pub fn example_of(of: &Type) -> Json {
    of_type(of, 0)
}

fn of_type(of: &Type, depth: usize) -> Json {
    match of {
        Type::Any | Type::Text | Type::Secret => json!("…"),
        Type::Bool => json!(true),
        Type::Int => json!(1),
        Type::Decimal { .. } => json!("1.00"),
        Type::Instant => json!("2026-09-28T10:00:00+08:00"),
        Type::Date => json!("2026-09-28"),
        Type::Duration => json!("1h"),
        Type::List(of, _) if depth < DEPTH_MAX => json!([of_type(of, depth + 1)]),
        Type::Object(object) if depth < DEPTH_MAX => {
            Json::Object(object.fields.iter().map(|(name, field)| (name.to_string(), of_type(&field.of, depth + 1))).collect())
        }
        Type::List(..) => json!([]),
        Type::Object(_) | Type::Map(_) => json!({}),
    }
}

/// What it waits for, for programs.
pub fn wait_json(wait: &Wait) -> Json {
    match &wait.asked {
        Asked::Call { role, operation, input, output, looks_up } => json!({
            "kind": "call", "step": wait.step, "call": format!("{role}.{operation}"), "looks_up": looks_up, "input": input,
            "answer_example": of_type(output, 0),
        }),
        Asked::Event { role, event, id, output, .. } => json!({
            "kind": "event", "step": wait.step, "event": format!("{role}.{event}"), "id": id, "output_example": of_type(output, 0),
        }),
        Asked::Subflow { flow, output } => {
            json!({"kind": "subflow", "step": wait.step, "flow": flow, "output_example": of_type(output, 0)})
        }
        Asked::Linked { kind, statuses } => json!({"kind": "linked", "step": wait.step, "document": kind, "statuses": statuses}),
        Asked::People { holders, verb } => json!({"kind": "people", "step": wait.step, "holders": holders, "act": verb}),
        Asked::Time(due) => json!({"kind": "time", "step": wait.step, "due": due}),
    }
}
