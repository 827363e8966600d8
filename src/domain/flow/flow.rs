//! A compiled flow: the steps in one arena, blocks of them, reactions, policies. Immutable; shared by all its instances.

use super::effect::{Cause, RetryPolicy};
use super::environment::Person;
use super::notices::Tells;
use super::people::verbs::withdraw::Withdrawal;
use super::scope::Needs;
use super::start::{Start, StartOn};
use super::steps::Kind;
use super::tables::Tables;
use super::within::Within;
use crate::domain::diagnostic::Span;
use crate::domain::expression::Expression;
use crate::domain::text::title::Title;
use crate::domain::text::units;
use crate::domain::value::Type;
use std::collections::{BTreeMap, HashMap};

/// A compiled flow.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Its id.
    pub id: String,
    /// What people see.
    pub title: Title,
    /// The document type it is for.
    pub document: String,
    /// The binding row whose parts stand in it, when it is not the flow as written.
    pub row: Option<String>,
    /// Whose exceptions are that name nobody else.
    pub owner: Option<Who>,
    /// Who keeps its instances moving without deciding anything.
    pub co_managers: Vec<crate::domain::directory::Who>,
    /// 0 goes first.
    pub priority: i16,
    /// The calendar of working time.
    pub calendar: Option<String>,
    /// The longest working time it waits for by each calendar, in working days, rounded up.
    pub working_days: BTreeMap<String, u32>,
    /// What sets it going.
    pub starts: Vec<Start>,
    /// All steps, those of reactions and the frames of reactions included.
    pub steps: Vec<Step>,
    /// Blocks of steps; block 0 is the flow itself.
    pub blocks: Vec<Vec<usize>>,
    /// `on_error`, in order.
    pub policies: Vec<Policy>,
    /// Reactions, in order; the last one is the operator's cancel.
    pub reactions: Vec<Reaction>,
    /// How long an instance may take.
    pub within: Option<Within>,
    /// Until when its initiator may withdraw it.
    pub withdrawal: Withdrawal,
    /// What a step that has it as its subflow gives, with types.
    pub inputs: Type,
    /// What it gives back to that step.
    pub outputs: Vec<(String, Condition)>,
    /// The decision tables it uses, by id.
    pub tables: Tables,
    pub(super) by_id: HashMap<String, usize>,
    /// The field that is the document's key, a dotted path.
    pub document_key: String,
    /// The type of the document.
    pub document_type: Type,
    /// How people are told, by what they are told of.
    pub notices: Tells,
    /// Channels in which its tasks are shown as they stand.
    pub shown_in: Vec<String>,
}

/// Somebody: of the directory, or the initiator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// Who set the instance going.
    Initiator,
    /// Somebody of the directory.
    Person(Person),
}

impl Who {
    /// The form stored with exceptions.
    pub fn word(&self) -> String {
        match self {
            Who::Initiator => "initiator".to_owned(),
            Who::Person(person) => person.word(),
        }
    }
}

/// A compiled expression and what of the scope it needs.
#[derive(Clone, Debug)]
pub struct Condition {
    /// The expression.
    pub expression: Expression,
    /// What it looks at.
    pub needs: Needs,
    /// The decision tables it looks at.
    pub tables: Vec<String>,
}

/// A compiled step.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its id; generated ones (of reactions) hold a dot.
    pub id: String,
    /// What people see.
    pub title: Title,
    /// Where it stands.
    pub span: Span,
    /// Its block and its place in it.
    pub block: usize,
    /// Its place in the block.
    pub position: usize,
    /// Blocks inside it, in the order of its kind.
    pub children: Vec<usize>,
    /// What it does.
    pub kind: Kind,
    /// Left out unless this holds.
    pub when: Option<Condition>,
    /// Names for its mapping or input.
    pub with: Vec<(String, Condition)>,
    /// The `create` step whose document it is about.
    pub about: Option<String>,
    /// Our status of the document once it is done.
    pub sets: Option<String>,
    /// Whose its exceptions are.
    pub owner: Option<Who>,
    /// The calendar of its working time, when it is not the flow's.
    pub calendar: Option<String>,
    /// An exception is raised when it takes longer.
    pub timeout: Option<units::Span>,
    /// How people are told of this step.
    pub notices: Tells,
    /// How long a partner that is down is called again, milliseconds.
    pub retry_for_millis: Option<u64>,
    /// Its own policies, before the flow's.
    pub policies: Vec<Policy>,
    /// The type of its output.
    pub output: Type,
}

impl Step {
    /// What it does, in a few words for people.
    pub fn words(&self) -> String {
        match &self.kind {
            Kind::Call(call) => format!("call {}.{}", call.role, call.operation),
            Kind::Create(_) => "create a document".to_owned(),
            Kind::Assign(_) => "set fields".to_owned(),
            Kind::Outcome(_) => "state an outcome".to_owned(),
            Kind::Decide(_) => "ask a decision table".to_owned(),
            Kind::Subflow(_) => "run another flow".to_owned(),
            Kind::Choose(_) => "choose a branch".to_owned(),
            Kind::Parallel(_) => "several branches at once".to_owned(),
            Kind::Each(_) => "steps for each item".to_owned(),
            Kind::Wait(_) => "wait".to_owned(),
            Kind::Approve(_) => "ask people to agree".to_owned(),
            Kind::Task(_) => "ask people to do something".to_owned(),
            Kind::Notify(_) => "notify people".to_owned(),
            Kind::End(_) => "end the instance".to_owned(),
            Kind::Reverse(_) => "reverse earlier steps".to_owned(),
            Kind::Restart => "restart with the newest revision".to_owned(),
            Kind::Reaction(_) => "a reaction".to_owned(),
        }
    }
}

impl Step {
    /// Whether it only holds other steps, so that its time is theirs.
    pub fn is_container(&self) -> bool {
        matches!(self.kind, Kind::Choose(_) | Kind::Parallel(_) | Kind::Each(_) | Kind::Reaction(_))
    }

    /// The operation that it calls.
    pub fn operation(&self) -> Option<&str> {
        match &self.kind {
            Kind::Call(call) => Some(&call.operation),
            _ => None,
        }
    }

    /// Whether somebody wrote its id (those of reactions may be generated).
    pub fn is_authored(&self) -> bool {
        !self.id.contains('.')
    }
}

/// What follows a failure, for one cause.
#[derive(Clone, Debug, PartialEq)]
pub struct Policy {
    /// The cause.
    pub cause: Cause,
    /// How long it is retried first, milliseconds.
    pub retry_for_millis: Option<u64>,
    /// What then.
    pub then: OnError,
    /// Whose the exception is.
    pub owner: Option<Who>,
}

/// What follows a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnError {
    /// A person decides.
    Exception,
    /// The flow goes on; `steps.ID.error` says what was.
    Continue,
}

/// A reaction.
#[derive(Clone, Debug)]
pub struct Reaction {
    /// What sets it off.
    pub trigger: Trigger,
    /// Only while the instance has not ended.
    pub while_running: bool,
    /// Only when a person asks for it.
    pub on_request: bool,
    /// Only when this holds.
    pub when: Option<Condition>,
    /// Its frame among the steps.
    pub frame: usize,
    /// Whether it takes the instance over (it reverses all, restarts or ends it).
    pub takes_over: bool,
    /// Whether the initiator may set it off, where a verb else is only for whoever runs the flow.
    pub by_initiator: bool,
}

/// What sets a reaction off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trigger {
    /// A new revision.
    Changed,
    /// Withdrawn at the source.
    Withdrawn,
    /// A partner's event.
    Event {
        /// The role.
        role: String,
        /// The event.
        event: String,
    },
    /// A drift of this kind.
    Drift {
        /// A word of `domain::reconcile::Kind`.
        kind: String,
        /// The role whose connection differs.
        role: String,
    },
    /// A verb that a person uses on the instance: `withdraw`, `revoke`.
    Verb(String),
    /// The operator's cancel.
    Cancel,
    /// The initiator's withdrawal, where the flow has no reaction of its own to it.
    Withdraw,
    /// The instance's time is up.
    Expire,
}

impl Flow {
    /// The forms that begin it.
    pub fn forms(&self) -> impl Iterator<Item = &str> {
        self.starts.iter().filter_map(|start| match &start.on {
            StartOn::Form(form) => Some(form.as_str()),
            _ => None,
        })
    }

    /// A step by id.
    pub fn step(&self, id: &str) -> Option<&Step> {
        self.by_id.get(id).and_then(|index| self.steps.get(*index))
    }

    /// Whether an event of the system in a role starts it, ends a step of it, or sets off a reaction.
    pub fn listens(&self, role: &str, event: &str) -> bool {
        let is_it = |of: &str, name: &str| of == role && name == event;
        let starts = |start: &Start| matches!(&start.on, StartOn::Event { role, event } if is_it(role, event));
        let ends = |step: &Step| match &step.kind {
            Kind::Call(call) => call.awaits.as_ref().is_some_and(|awaits| is_it(&awaits.role, &awaits.event)),
            _ => false,
        };
        let reacts = |reaction: &Reaction| matches!(&reaction.trigger, Trigger::Event { role, event } if is_it(role, event));
        self.starts.iter().any(starts) || self.steps.iter().any(ends) || self.reactions.iter().any(reacts)
    }

    /// The calendar that counts for a step.
    pub fn calendar_of<'a>(&'a self, step: &'a Step) -> Option<&'a str> {
        step.calendar.as_deref().or(self.calendar.as_deref())
    }

    /// The policy for a cause at a step: its own first, then the flow's.
    pub fn policy<'a>(&'a self, step: &'a Step, cause: Cause) -> Option<&'a Policy> {
        step.policies.iter().chain(&self.policies).find(|policy| policy.cause == cause)
    }

    /// How failures of a step's effects are retried.
    pub fn retry(&self, step: &Step) -> RetryPolicy {
        let mut retry = RetryPolicy::default();
        for cause in Cause::ALL {
            let named = step.policies.iter().chain(&self.policies).filter(|policy| policy.cause == cause);
            let own = step.retry_for_millis.filter(|_| cause == Cause::PartnerDown);
            if let Some(millis) = own.into_iter().chain(named.filter_map(|policy| policy.retry_for_millis)).next() {
                retry.retry_for_millis.push((cause, millis));
            }
        }
        retry
    }
}
