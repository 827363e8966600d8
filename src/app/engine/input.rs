//! What the engine takes: everything that can move an instance, each with the row that makes it happen once.

use crate::domain::flow::effect::EffectResult;
use crate::domain::flow::event::{Asked, Command, Outcome};
use crate::domain::ids::{DocumentId, ExceptionId, InboxId, InstanceId, TenantId};
use crate::domain::value::Value;
use crate::store::{ClaimedEffect, Keys, LaneHold, Progress, TimerKey};
use jiff::Timestamp;
use std::sync::Arc;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum Input {
    /// A document was seen at its source.
    Sighting(Arc<Sighting>),
    /// A partner's event about an object.
    Heard(Arc<HeardInput>),
    /// An effect ended.
    Ended(Arc<Ended>),
    /// A timer is due.
    Timer(TimerKey),
    /// A person acts.
    Command(Arc<CommandInput>),
    /// A person decides or does something else about a task, or has left.
    People(Arc<PeopleInput>),
    /// A person mends what an instance works with, and lets it go on.
    Mend(Arc<MendInput>),
    /// A message cannot be worked on without a person.
    Stopped(Arc<StoppedMessage>),
    /// A person settles a stopped message.
    MessageCommand(Arc<MessageCommand>),
    /// A person moves an instance to another version of its flow.
    Migrate(Arc<MigrateInput>),
    /// A flow is to begin for a document that is in the ledger.
    Begin(Arc<BeginInput>),
    /// One instance tells another.
    Told(Arc<ToldInput>),
    /// What should move an instance cannot be decided on.
    Stuck(Arc<Stuck>),
}

/// What should move an instance and cannot be decided on: its flow version does not compile any more, or the decision panics.
/// It stands in an exception without the flow being asked.
#[derive(Clone, Debug)]
pub struct Stuck {
    /// Tenant.
    pub tenant: TenantId,
    /// The instance.
    pub instance: InstanceId,
    /// What.
    pub at: StuckAt,
    /// Stable code: one of `STUCK_CODES`.
    pub code: &'static str,
    /// In words.
    pub problem: String,
}

/// What is stuck.
#[derive(Clone, Debug)]
pub enum StuckAt {
    /// A timer; it is put off and fires when it can.
    Timer(TimerKey),
    /// An effect, with what is recorded of it: put off when nothing was sent, else ended, and what it came to is not known to its flow.
    Effect(Box<(ClaimedEffect, Progress)>),
}

/// The codes of exceptions about what is stuck.
pub const STUCK_CODES: [&str; 2] = ["version_unloadable", "decision_failed"];

/// What a person does in an instance, or what is said of one.
#[derive(Clone, Debug)]
pub struct PeopleInput {
    /// Tenant.
    pub tenant: TenantId,
    /// The instance.
    pub instance: InstanceId,
    /// `Event::Act` or `Event::Left`.
    pub event: crate::domain::flow::event::Event,
    /// The message that told of it, where a partner did; handled with this commit, refused or not.
    pub message: Option<InboxId>,
}

/// An instance to move to another version of its flow.
#[derive(Clone, Debug)]
pub struct MigrateInput {
    /// Tenant.
    pub tenant: TenantId,
    /// Instance.
    pub instance: InstanceId,
    /// The version it moves to.
    pub to: String,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
}

/// A flow that is to begin for a document of the ledger.
#[derive(Clone, Debug)]
pub struct BeginInput {
    /// The message that asks for it; handled with this commit. The instance's id is derived from it, so that it begins once.
    pub message: InboxId,
    /// How often it was tried.
    pub attempts: u32,
    /// Tenant.
    pub tenant: TenantId,
    /// The document.
    pub document: DocumentId,
    /// What begins.
    pub what: Begin,
}

/// What begins.
#[derive(Clone, Debug, PartialEq)]
pub enum Begin {
    /// This flow, because somebody asked for it.
    Flow(String),
    /// Every flow that starts on this event of the hub.
    Event(String),
    /// Nothing: what runs for the document hears that it is withdrawn.
    Withdrawn,
    /// A flow as a step of another.
    Subflow(Box<Subflow>),
}

/// A flow as a step of another.
#[derive(Clone, Debug, PartialEq)]
pub struct Subflow {
    /// The instance it becomes, named by its parent.
    pub instance: InstanceId,
    /// The flow.
    pub flow: String,
    /// Whose step it is, and what it is given.
    pub parent: crate::domain::flow::Parent,
}

/// What one instance tells another.
#[derive(Clone, Debug)]
pub struct ToldInput {
    /// The message that tells it; handled with this commit.
    pub message: InboxId,
    /// How often it was tried.
    pub attempts: u32,
    /// Tenant.
    pub tenant: TenantId,
    /// The instance that is told.
    pub instance: InstanceId,
    /// What.
    pub event: crate::domain::flow::event::Event,
}

impl Input {
    /// Its kind, for counts and traces.
    pub fn word(&self) -> &'static str {
        match self {
            Input::Sighting(_) => "sighting",
            Input::Heard(_) => "heard",
            Input::Ended(_) => "effect_ended",
            Input::Timer(_) => "timer",
            Input::Command(_) => "command",
            Input::Mend(_) => "mend",
            Input::People(_) => "people",
            Input::Stopped(_) => "message_stopped",
            Input::MessageCommand(_) => "message_command",
            Input::Migrate(_) => "migrate",
            Input::Begin(_) => "begin",
            Input::Told(_) => "told",
            Input::Stuck(_) => "stuck",
        }
    }
}

/// What a person decided about a stopped message.
#[derive(Clone, Debug)]
pub struct MessageCommand {
    /// Tenant.
    pub tenant: TenantId,
    /// Which.
    pub message: InboxId,
    /// The exception it settles.
    pub exception: ExceptionId,
    /// Of a parked message, which stands in no exception yet: what a line about it needs when it is dropped.
    pub parked: Option<ParkedMessage>,
    /// Take it up again, or drop it.
    pub again: bool,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
}

/// A message that waits for its object.
#[derive(Clone, Debug)]
pub struct ParkedMessage {
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// What it waits for, in words.
    pub problem: String,
}

/// A message that wants a person.
#[derive(Clone, Debug)]
pub struct StoppedMessage {
    /// Which.
    pub message: InboxId,
    /// How often it was tried; makes the exception's id new each time.
    pub attempts: u32,
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// The partner's id, when known.
    pub external_id: Option<String>,
    /// The document, when known.
    pub document: Option<DocumentId>,
    /// The same for every message that tells the same thing, by the event's `dedupe`; its exception stands once.
    pub telling: Option<ExceptionId>,
    /// Why.
    pub cause: crate::domain::flow::effect::Cause,
    /// Stable code.
    pub code: &'static str,
    /// In words.
    pub problem: String,
}

/// A document seen at its source, mapped and checked.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The message that told of it; handled with this commit.
    pub message: InboxId,
    /// How often it was tried.
    pub attempts: u32,
    /// The same for every message that tells the same thing.
    pub telling: ExceptionId,
    /// Tenant.
    pub tenant: TenantId,
    /// The event of the connector.
    pub event: String,
    /// The connection it came from.
    pub connection: String,
    /// Document type.
    pub kind: String,
    /// Business key.
    pub key: String,
    /// The source's own id.
    pub external_id: String,
    /// Derived id.
    pub document: DocumentId,
    /// Canonical body, typed.
    pub typed: Value,
    /// Canonical body as JSON text.
    pub body: String,
    /// Content hash.
    pub hash: String,
    /// The source's payload.
    pub payload: String,
    /// The source's version.
    pub version: Option<String>,
    /// The source's status in our words.
    pub status: Option<String>,
    /// Withdrawn at the source.
    pub withdrawn: bool,
    /// A few fields for lists, JSON.
    pub display: String,
    /// When the source was asked, or told us: what we wrote there later cannot show in it.
    pub observed_at: Timestamp,
}

/// A partner's event, read back.
#[derive(Clone, Debug)]
pub struct HeardInput {
    /// The message that told of it.
    pub message: InboxId,
    /// How often it was tried to match.
    pub attempts: u32,
    /// The same for every message that tells the same thing.
    pub telling: ExceptionId,
    /// Tenant.
    pub tenant: TenantId,
    /// Connection.
    pub connection: String,
    /// Event of the connector.
    pub event: String,
    /// The partner's id.
    pub external_id: String,
    /// The outcome.
    pub outcome: Option<Outcome>,
    /// The typed output.
    pub output: Value,
    /// Whom it asks there now.
    pub asked: Option<Asked>,
    /// The output as JSON text, kept while the message is parked.
    pub heard: String,
    /// The status word for the ledger's «last seen».
    pub seen: Option<String>,
    /// When the message was received; decides when parking ends.
    pub received_at: jiff::Timestamp,
    /// When its system was asked, or told us.
    pub observed_at: jiff::Timestamp,
}

/// An effect that came to an end.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The effect as it was claimed.
    pub claimed: ClaimedEffect,
    /// How.
    pub result: EffectResult,
    /// The progress to record, which also releases the lane.
    pub progress: Progress,
    /// When the request left, if one did: what a system shows from then on may be what we wrote.
    pub sent_at: Option<Timestamp>,
}

/// A person's command.
#[derive(Clone, Debug)]
pub struct CommandInput {
    /// Tenant.
    pub tenant: TenantId,
    /// Instance.
    pub instance: InstanceId,
    /// The exception it settles, when it was given from the desk.
    pub exception: Option<ExceptionId>,
    /// What.
    pub command: Command,
    /// Who.
    pub actor: String,
    /// Why.
    pub reason: Option<String>,
}

/// Data or flow version mended, and what follows.
#[derive(Clone, Debug)]
pub struct MendInput {
    /// The command that follows.
    pub command: CommandInput,
    /// Mended content of the instance's document.
    pub document: Option<Amended>,
    /// The flow version it goes on with.
    pub version: Option<String>,
}

/// Mended content.
#[derive(Clone, Debug)]
pub struct Amended {
    /// The revision the person saw; another one by now refuses the mend.
    pub base: u32,
    /// Canonical body as JSON text, checked against its type.
    pub body: String,
    /// A few fields for lists, JSON.
    pub display: String,
    /// What changed, JSON.
    pub changes: String,
}

/// What became of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Committed.
    Done,
    /// Stored until its object is known.
    Parked,
    /// Somebody else had handled it, or the hold was lost; nothing was done.
    Gone,
    /// It cannot be decided with what is loaded: this flow version must be loaded first.
    Version {
        /// Tenant.
        tenant: TenantId,
        /// The flow.
        flow: String,
        /// The version's hash.
        hash: String,
    },
    /// A message that cannot be worked on without a person: its stop is to be handed in as an input of its own.
    Stop {
        /// Why.
        cause: crate::domain::flow::effect::Cause,
        /// Stable code.
        code: &'static str,
        /// In words.
        problem: String,
    },
    /// Refused, in words (commands).
    Refused(String),
    /// A person's act is refused, with a code.
    Declined(crate::domain::approval::Refusal),
    /// The engine failed on this very input, even alone; it was put aside.
    Failed(String),
    /// The flow version that it needs cannot be loaded.
    Unloadable(String),
}

impl Verdict {
    /// Its kind, for counts and traces.
    pub fn word(&self) -> &'static str {
        match self {
            Verdict::Done => "done",
            Verdict::Parked => "parked",
            Verdict::Gone => "gone",
            Verdict::Version { .. } => "version_missing",
            Verdict::Stop { .. } => "stopped",
            Verdict::Refused(_) | Verdict::Declined(_) => "refused",
            Verdict::Failed(_) | Verdict::Unloadable(_) => "failed",
        }
    }

    /// Why it cannot be decided on at all, if so: a code of `STUCK_CODES`, and words.
    pub fn stuck(&self) -> Option<(&'static str, &str)> {
        match self {
            Verdict::Unloadable(problem) => Some((STUCK_CODES[0], problem)),
            Verdict::Failed(problem) => Some((STUCK_CODES[1], problem)),
            _ => None,
        }
    }
}

/// The keys that a batch of inputs needs.
pub fn keys(inputs: &[Input]) -> Keys {
    let mut keys = Keys::default();
    for input in inputs {
        match input {
            Input::Sighting(sighting) => {
                keys.documents.push(sighting.document);
                keys.messages.push(sighting.message);
            }
            Input::Heard(heard) => {
                keys.objects.push((heard.tenant, heard.connection.clone(), heard.external_id.clone()));
                keys.messages.push(heard.message);
            }
            Input::Ended(ended) => {
                keys.instances.push(ended.claimed.effect.instance);
                keys.effects.push(hold(&ended.claimed));
            }
            Input::Timer(timer) => {
                keys.instances.push(timer.instance);
                keys.timers.push(*timer);
            }
            Input::Command(command) => keys.instances.push(command.instance),
            Input::Migrate(migrate) => keys.instances.push(migrate.instance),
            Input::Stopped(stopped) => {
                keys.messages.push(stopped.message);
                keys.documents.extend(stopped.document);
                keys.exceptions.extend(stopped.telling);
            }
            Input::People(input) => {
                keys.instances.push(input.instance);
                keys.messages.extend(input.message);
            }
            Input::Mend(mend) => keys.instances.push(mend.command.instance),
            Input::MessageCommand(command) => keys.messages.push(command.message),
            Input::Begin(begin) => {
                keys.documents.push(begin.document);
                keys.messages.push(begin.message);
            }
            Input::Told(told) => {
                keys.instances.push(told.instance);
                keys.messages.push(told.message);
            }
            Input::Stuck(stuck) => {
                keys.instances.push(stuck.instance);
                match &stuck.at {
                    StuckAt::Timer(timer) => keys.timers.push(*timer),
                    StuckAt::Effect(effect) => keys.effects.push(hold(&effect.0)),
                }
            }
        }
    }
    keys.instances.sort_unstable();
    keys.instances.dedup();
    keys.documents.sort_unstable();
    keys.documents.dedup();
    keys.objects.sort_unstable();
    keys.objects.dedup();
    keys
}

/// The hold of a claimed effect.
pub fn hold(claimed: &ClaimedEffect) -> LaneHold {
    LaneHold {
        tenant: claimed.effect.tenant,
        lane: claimed.effect.lane.clone(),
        token: claimed.token,
        effect: claimed.effect.id,
        sealed: claimed.sealed,
    }
}
