//! From rows to one situation. Deterministic: the first rule that fits decides.

use jiff::Timestamp;

use super::{Facts, State, WaitingOn};
use crate::domain::delivery::{Delivery, Phase};
use crate::domain::flow::effect::Cause;
use crate::store::{AttemptRow, DocumentView, EffectRow, ExceptionRow, LinkRow};

/// Where a document stands, with what its sentences need.
#[derive(Clone, Debug, PartialEq)]
pub enum Situation {
    /// A person is needed.
    Exception { cause: Option<Cause>, code: String, message: String, step: String, owner: Option<String>, others: usize, since: Timestamp },
    /// A write may or may not have happened; the hub finds out. `answer`: what the partner said, when it did.
    OutcomeUnknown { connection: String, operation: String, answer: Option<String>, since: Timestamp, ask_at: Timestamp },
    /// An attempt failed and is repeated.
    RetryLater { connection: String, operation: String, attempts: u32, answer: String, since: Timestamp, retry_at: Timestamp },
    /// A call is under way or about to be.
    Calling { connection: String, operation: String, since: Timestamp },
    /// A partner has it and has not decided.
    AwaitingPartner {
        connection: String,
        external_id: String,
        seen: Option<String>,
        people: Vec<String>,
        since: Timestamp,
        ask_at: Option<Timestamp>,
    },
    /// A step waits for its time or for a person.
    Standing { step: String, since: Timestamp },
    /// Over.
    Ended { flow: String, outcome: String, status: String, since: Timestamp },
    /// Replaced by a newer revision whose instance is not there yet.
    Superseded { revision: u32, since: Timestamp },
    /// No flow took it.
    NotStarted { withdrawn: bool, since: Timestamp },
}

/// The situation of one live instance.
pub fn situation(view: &DocumentView, facts: &Facts) -> Situation {
    if let Some(found) = exception(&facts.exceptions) {
        return found;
    }
    let open = facts.effects.iter().filter(|effect| is_open(effect));
    if let Some(found) = open.map(|effect| effect_situation(effect, &facts.attempts)).min_by_key(Situation::urgency) {
        return found;
    }
    awaiting(view, facts).unwrap_or_else(|| Situation::Standing {
        step: facts.instance.at_step.clone().unwrap_or_else(|| "-".to_owned()),
        since: facts.instance.updated_at,
    })
}

/// The situation of a document without live instances.
pub fn at_rest(view: &DocumentView) -> Situation {
    match view.instances.first() {
        None => Situation::NotStarted { withdrawn: view.document.withdrawn, since: view.document.created_at },
        Some(newest) if newest.status == "superseded" => {
            Situation::Superseded { revision: view.document.revision, since: newest.ended_at.unwrap_or(newest.updated_at) }
        }
        Some(newest) => Situation::Ended {
            flow: newest.flow.clone(),
            outcome: newest.outcome.clone().unwrap_or_else(|| "-".to_owned()),
            status: view.document.status.clone(),
            since: newest.ended_at.unwrap_or(newest.updated_at),
        },
    }
}

/// The oldest exception speaks: it is what stopped the instance first.
fn exception(exceptions: &[ExceptionRow]) -> Option<Situation> {
    let first = exceptions.iter().min_by_key(|exception| exception.opened_at)?;
    Some(Situation::Exception {
        cause: Cause::from_word(&first.cause),
        code: first.code.clone(),
        message: first.message.clone(),
        step: first.step.clone().unwrap_or_else(|| "-".to_owned()),
        owner: first.owner.clone(),
        others: exceptions.len() - 1,
        since: first.opened_at,
    })
}

fn is_open(effect: &EffectRow) -> bool {
    matches!(effect.state.as_str(), "planned" | "started" | "waiting")
}

fn effect_situation(effect: &EffectRow, attempts: &[AttemptRow]) -> Situation {
    let calls = || attempts.iter().filter(|attempt| attempt.effect == effect.id && attempt.purpose == "call");
    let connection = effect.connection.clone();
    let operation = crate::app::reading::operation_of(&effect.work).unwrap_or_default();
    let since = calls().map(|attempt| attempt.started_at).min().unwrap_or(effect.created_at);
    match calls().max_by_key(|attempt| (attempt.number, attempt.part)) {
        // Whatever was asked since, and while it is asked, the write itself stays unknown until a look-up settles it or it is repeated.
        Some(last) if last.class == "unknown" && (effect.state == "waiting" || looks_up(effect)) => {
            let answer = last.status.map(|_| answer(last));
            Situation::OutcomeUnknown { connection, operation, answer, since: last.started_at, ask_at: effect.due_at }
        }
        Some(last) if effect.state == "waiting" => {
            Situation::RetryLater { connection, operation, attempts: effect.attempt, answer: answer(last), since, retry_at: effect.due_at }
        }
        _ => Situation::Calling { connection, operation, since },
    }
}

/// Whether what is under way is the question whether it happened, not the call itself.
fn looks_up(effect: &EffectRow) -> bool {
    effect.state == "started" && serde_json::from_str::<Delivery>(&effect.delivery).is_ok_and(|delivery| delivery.phase == Phase::LookUp)
}

/// What the partner said, as far as it fits a sentence.
fn answer(attempt: &AttemptRow) -> String {
    let status = attempt.status.map(|status| format!("HTTP {status}"));
    let parts = [status, Some(attempt.class.clone()), attempt.message.clone()];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn awaiting(view: &DocumentView, facts: &Facts) -> Option<Situation> {
    let mine = |link: &&LinkRow| link.instance == Some(facts.instance.id) && !link.closed;
    let here = |link: &&LinkRow| {
        let step = link.step.as_deref().and_then(|step| step.split('#').next());
        step.is_some_and(|step| facts.instance.at_step.as_deref().is_some_and(|at| names(at, step)))
    };
    let link = view.links.iter().filter(mine).find(here)?;
    Some(Situation::AwaitingPartner {
        connection: link.connection.clone(),
        external_id: link.external_id.clone(),
        seen: link.seen.clone(),
        people: holders(facts),
        since: link.written_at.or(link.seen_at).unwrap_or(facts.instance.updated_at),
        ask_at: link.reread_at,
    })
}

/// Whether a list of steps names this one.
fn names(at: &str, step: &str) -> bool {
    at.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).any(|word| word == step)
}

/// Whom the partner last named as holding it.
fn holders(facts: &Facts) -> Vec<String> {
    let lines = facts.history.iter().rev().flat_map(|item| item.entries.iter().rev());
    let named = lines.filter(|line| matches!(line.kind.as_str(), "heard" | "reminded")).find_map(|line| {
        let people = line.detail.get("holders").or_else(|| line.detail.get("to"))?.as_array()?;
        Some(people.iter().filter_map(|person| person.as_str().map(str::to_owned)).collect())
    });
    named.unwrap_or_default()
}

impl Situation {
    /// Smaller is more pressing.
    pub fn urgency(&self) -> u8 {
        match self {
            Situation::Exception { .. } => 0,
            Situation::OutcomeUnknown { .. } => 1,
            Situation::RetryLater { .. } => 2,
            Situation::Calling { .. } => 3,
            Situation::AwaitingPartner { .. } => 4,
            Situation::Standing { .. } => 5,
            Situation::Superseded { .. } | Situation::Ended { .. } | Situation::NotStarted { .. } => 6,
        }
    }

    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Situation::Exception { .. } => "exception",
            Situation::OutcomeUnknown { .. } => "outcome_unknown",
            Situation::RetryLater { .. } => "retry_later",
            Situation::Calling { .. } => "calling",
            Situation::AwaitingPartner { .. } => "awaiting_partner",
            Situation::Standing { .. } => "standing",
            Situation::Ended { .. } => "ended",
            Situation::Superseded { .. } => "superseded",
            Situation::NotStarted { .. } => "not_started",
        }
    }

    /// The short answer.
    pub fn state(&self) -> State {
        match self {
            Situation::Exception { .. } => State::Stopped,
            Situation::OutcomeUnknown { .. } | Situation::RetryLater { .. } | Situation::Calling { .. } | Situation::Superseded { .. } => {
                State::Working
            }
            Situation::AwaitingPartner { .. } | Situation::Standing { .. } => State::Waiting,
            Situation::Ended { .. } => State::Ended,
            Situation::NotStarted { .. } => State::Idle,
        }
    }

    /// Since when.
    pub fn since(&self) -> Timestamp {
        match self {
            Situation::Exception { since, .. }
            | Situation::OutcomeUnknown { since, .. }
            | Situation::RetryLater { since, .. }
            | Situation::Calling { since, .. }
            | Situation::AwaitingPartner { since, .. }
            | Situation::Standing { since, .. }
            | Situation::Ended { since, .. }
            | Situation::Superseded { since, .. }
            | Situation::NotStarted { since, .. } => *since,
        }
    }

    /// When something happens by itself.
    pub fn next_action_at(&self) -> Option<Timestamp> {
        match self {
            Situation::OutcomeUnknown { ask_at, .. } => Some(*ask_at),
            Situation::RetryLater { retry_at, .. } => Some(*retry_at),
            Situation::AwaitingPartner { ask_at, .. } => *ask_at,
            _ => None,
        }
    }

    /// Whom or what is waited for.
    pub fn waiting_on(&self) -> Option<WaitingOn> {
        let on = |kind: &str, reference: &str| Some(WaitingOn { kind: kind.to_owned(), reference: reference.to_owned() });
        match self {
            Situation::Exception { owner, .. } => on("person", owner.as_deref().unwrap_or("operator")),
            Situation::AwaitingPartner { people, .. } if !people.is_empty() => on("person", &people.join(", ")),
            Situation::AwaitingPartner { connection, .. }
            | Situation::OutcomeUnknown { connection, .. }
            | Situation::RetryLater { connection, .. }
            | Situation::Calling { connection, .. } => on("system", connection),
            Situation::Standing { step, .. } => on("schedule", step),
            Situation::Ended { .. } | Situation::Superseded { .. } | Situation::NotStarted { .. } => None,
        }
    }
}
