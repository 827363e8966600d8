//! The state of one instance: what is stored between two decisions. History is not part of it.
//!
//! Compact JSON with short names; what is absent has its default, so that older states read under newer code. More than 500 lines, because
//! all of it is one stored shape: whoever changes a part of it must see the rest.

use super::effect::Cause;
use super::event::{Asked, Outcome};
use crate::domain::approval::Activation;
use crate::domain::delivery::UNREAD_SUCCESS;
use crate::domain::ids::{DocumentId, InstanceId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// Visits one instance may hold. A flow that needs more loops over too much; the whole state is written with every event.
pub const VISITS_MAX: usize = 5_000;
/// Further visits for reactions, so that what looped too far can still be cancelled.
pub const VISITS_FOR_REACTIONS: usize = 500;
/// Partner events kept that came before the answer of the call they are about.
pub const EARLY_MAX: usize = 16;

/// One run of a flow version for one document revision.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Instance {
    /// Where it stands as a whole.
    #[serde(rename = "s")]
    pub status: Status,
    /// Counts returns to an earlier point inside this instance, from 1.
    #[serde(rename = "r", skip_serializing_if = "is_first")]
    pub round: Round,
    /// Our status of the document, as last set here.
    #[serde(rename = "ds", skip_serializing_if = "Option::is_none")]
    pub document_status: Option<String>,
    /// Entries into steps, in order. Their index is their identity.
    #[serde(rename = "v", skip_serializing_if = "Vec::is_empty")]
    pub visits: Vec<Visit>,
    /// Timers that are set.
    #[serde(rename = "t", skip_serializing_if = "Vec::is_empty")]
    pub timers: Vec<Timer>,
    /// The number of the next timer.
    #[serde(rename = "nt", skip_serializing_if = "is_zero")]
    pub next_timer: u32,
    /// The number of the next exception.
    #[serde(rename = "nx", skip_serializing_if = "is_zero")]
    pub next_exception: u32,
    /// Fields set by `assign`, dotted path to value.
    #[serde(rename = "as", skip_serializing_if = "Vec::is_empty")]
    pub assigned: Vec<(String, Json)>,
    /// How often that was done, by steps and by people: what somebody saw is another document after it.
    #[serde(rename = "dc", skip_serializing_if = "is_zero")]
    pub changed: u32,
    /// The newest revision the source is known to have, when it is not the instance's own.
    #[serde(rename = "nr", skip_serializing_if = "Option::is_none")]
    pub newest_revision: Option<u32>,
    /// Partner events that came before the answer of the call they are about.
    #[serde(rename = "e", skip_serializing_if = "Vec::is_empty")]
    pub early: Vec<Early>,
    /// The binding row whose parts stand in its flow; fixed at the start.
    #[serde(rename = "rw", skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// The instance whose step this one is.
    #[serde(rename = "pa", skip_serializing_if = "Option::is_none")]
    pub parent: Option<Parent>,
    /// Its parent took it back.
    #[serde(rename = "tb", skip_serializing_if = "is_false")]
    pub taken_back: bool,
    /// An exception of the instance as a whole.
    #[serde(rename = "x", skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// Since when no clock runs and nobody decides.
    #[serde(rename = "su", skip_serializing_if = "Option::is_none")]
    pub suspended: Option<Timestamp>,
    /// The number of the newest record of a decision.
    #[serde(rename = "nd", skip_serializing_if = "is_zero")]
    pub decisions: u32,
    /// Short forms of the tokens of people's latest acts.
    #[serde(rename = "ac", skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<String>,
    /// The version of what other apps were last shown of its tasks, milliseconds.
    #[serde(rename = "sh", skip_serializing_if = "is_zero_version")]
    pub shown: i64,
    /// What centres with an object of their own know of it.
    #[serde(rename = "ce", skip_serializing_if = "Vec::is_empty")]
    pub centres: Vec<Centre>,
    /// Short forms of the bundles of notices that it sent last.
    #[serde(rename = "bn", skip_serializing_if = "Vec::is_empty")]
    pub bundles: Vec<String>,
    /// The visit at which a person last changed the document: who agreed before it agreed to something else.
    #[serde(rename = "ed", skip_serializing_if = "Option::is_none")]
    pub edited: Option<u32>,
    /// A return that leads straight back.
    #[serde(rename = "sb", skip_serializing_if = "Option::is_none")]
    pub straight: Option<Straight>,
    /// Tasks kept for the next visit of a step.
    #[serde(rename = "ca", skip_serializing_if = "Option::is_none")]
    pub carried: Option<Carried>,
}

/// What a centre that keeps an object of its own for each instance knows of this one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Centre {
    /// The channel.
    #[serde(rename = "c")]
    pub channel: String,
    /// What it calls its object.
    #[serde(rename = "ex", skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What it calls the tasks that stand open there, by ours.
    #[serde(rename = "t", skip_serializing_if = "BTreeMap::is_empty")]
    pub tasks: BTreeMap<String, String>,
    /// The showing under way: visit, and index among its effects. One at a time: the next one needs its answer.
    #[serde(rename = "f", skip_serializing_if = "Option::is_none")]
    pub under_way: Option<(u32, u32)>,
    /// Something has changed since the showing under way was planned.
    #[serde(rename = "b", skip_serializing_if = "is_false")]
    pub behind: bool,
}

impl Centre {
    /// Whether it has to be told something, and can be.
    pub fn is_behind(&self) -> bool {
        self.behind && self.under_way.is_none()
    }
}

/// Tasks kept for the next visit of a step in the same place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Carried {
    /// The visit they were left in; none in states of before, whose people are asked anew.
    #[serde(rename = "of", default, skip_serializing_if = "Option::is_none")]
    pub of: Option<u32>,
    /// The tasks.
    #[serde(rename = "t")]
    pub tasks: Box<Activation>,
}

/// A return that leads straight back: people between who had agreed are not asked again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Straight {
    /// Visits that were left by the return and had been agreed to; each is passed once, by the next visit of its step in its
    /// place.
    #[serde(rename = "a")]
    pub agreed: Vec<u32>,
}

/// The instance whose step this one is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parent {
    /// The instance.
    #[serde(rename = "i")]
    pub instance: InstanceId,
    /// Its step.
    #[serde(rename = "s")]
    pub step: String,
    /// The visit of that step.
    #[serde(rename = "v")]
    pub visit: u32,
    /// How deep flows are nested here, from 1.
    #[serde(rename = "d")]
    pub depth: u32,
    /// What the step gives, as JSON: `input` of this instance's expressions.
    #[serde(rename = "in")]
    pub input: Json,
    /// Who had decided there when this one was asked for.
    #[serde(rename = "db", default, skip_serializing_if = "Vec::is_empty")]
    pub decided_by: Vec<String>,
}

/// A subflow that a visit asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sub {
    /// Its instance.
    #[serde(rename = "i")]
    pub instance: InstanceId,
    /// Counts the runs of one visit, from 0.
    #[serde(rename = "r", default, skip_serializing_if = "is_zero")]
    pub run: u32,
    /// Where it stands, as far as it was told.
    #[serde(rename = "s")]
    pub state: SubState,
    /// Who decided in it, once it has ended.
    #[serde(rename = "db", default, skip_serializing_if = "Vec::is_empty")]
    pub decided_by: Vec<String>,
}

/// Where a subflow stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubState {
    /// It was asked for.
    Running,
    /// It came to its end.
    Ended,
    /// It is asked to take itself back.
    TakingBack,
    /// It has.
    TakenBack,
}

/// A round; counts from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Round(pub u32);

impl Default for Round {
    fn default() -> Self {
        Round(1)
    }
}

/// Where an instance stands as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Not begun.
    #[default]
    New,
    /// Under way.
    Running,
    /// Under way, and at least one exception is open.
    Exception,
    /// Over.
    Ended {
        /// What it came to.
        #[serde(rename = "o")]
        outcome: Outcome,
        /// The document's final status.
        #[serde(rename = "s")]
        status: String,
    },
    /// Over because a newer revision runs.
    Superseded,
}

impl Status {
    /// The word in tables and the API.
    pub fn word(&self) -> &'static str {
        match self {
            Status::New | Status::Running => "running",
            Status::Exception => "exception",
            Status::Ended { .. } => "ended",
            Status::Superseded => "superseded",
        }
    }

    /// Whether the flow itself is over.
    pub fn is_over(&self) -> bool {
        matches!(self, Status::Ended { .. } | Status::Superseded)
    }
}

impl Instance {
    /// The status in tables and the API: `running`, `exception`, `ended`, `superseded`.
    pub fn status_word(&self) -> &'static str {
        self.status.word()
    }

    /// The final outcome, once ended.
    pub fn outcome_word(&self) -> Option<&'static str> {
        match &self.status {
            Status::Ended { outcome, .. } => Some(outcome.word()),
            _ => None,
        }
    }

    /// The steps it stands at, for lists; none when nothing is under way.
    pub fn at_step(&self) -> Option<String> {
        let at = |visit: &&Visit| {
            matches!(visit.state, State::Calling | State::Awaiting | State::Waiting | State::Undoing | State::Stopped)
                || visit.stop.is_some()
        };
        let names = |visits: Vec<&Visit>| {
            let mut steps: Vec<String> = visits.into_iter().map(|visit| visit.step.clone()).collect();
            steps.dedup();
            (!steps.is_empty()).then(|| steps.join(", "))
        };
        let (written, generated): (Vec<&Visit>, Vec<&Visit>) = self.visits.iter().filter(at).partition(|visit| !visit.step.contains('.'));
        // A step that nobody wrote takes others back: it is at these that the instance stands then.
        let taking_back = |visit: &&Visit| {
            visit.sub.as_ref().is_some_and(|sub| sub.state == SubState::TakingBack)
                || visit.undo.as_ref().is_some_and(|undo| undo.effect.is_some() && !undo.settled)
        };
        let shown = names(written);
        shown.or_else(|| names(self.visits.iter().filter(taking_back).collect())).or_else(|| names(generated))
    }
}

/// One entry into a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Visit {
    /// The step.
    #[serde(rename = "s")]
    pub step: String,
    /// Which entry into that step, from 1.
    #[serde(rename = "n")]
    pub number: u32,
    /// The visit around it; none at the top.
    #[serde(rename = "p", skip_serializing_if = "Option::is_none")]
    pub parent: Option<u32>,
    /// Branch or iteration within the parent.
    #[serde(rename = "l", skip_serializing_if = "is_zero")]
    pub lane: u32,
    /// Where it stands.
    #[serde(rename = "a")]
    pub state: State,
    /// What it came to.
    #[serde(rename = "o", skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Its output, as JSON.
    #[serde(rename = "out", skip_serializing_if = "Option::is_none")]
    pub output: Option<Json>,
    /// How it failed.
    #[serde(rename = "err", skip_serializing_if = "Option::is_none")]
    pub error: Option<StepError>,
    /// The index of its next effect.
    #[serde(rename = "ne", skip_serializing_if = "is_zero")]
    pub next_effect: u32,
    /// Index of the forward effect that is under way.
    #[serde(rename = "f", skip_serializing_if = "Option::is_none")]
    pub forward: Option<u32>,
    /// Indexes of notices under way.
    #[serde(rename = "nt", skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<u32>,
    /// The connection that was called.
    #[serde(rename = "c", skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// The call's input, kept while undoing it may need it.
    #[serde(rename = "in", skip_serializing_if = "Option::is_none")]
    pub input: Option<Json>,
    /// The object it made at the partner.
    #[serde(rename = "ex", skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// What the awaited partner last said, as JSON.
    #[serde(rename = "h", skip_serializing_if = "Option::is_none")]
    pub heard: Option<Json>,
    /// What the partner said after the step that no rule knows, as a hash: a person was asked about it.
    #[serde(rename = "db", skip_serializing_if = "Option::is_none")]
    pub doubt: Option<String>,
    /// The document's status before this step set it.
    #[serde(rename = "b", skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The linked document it made.
    #[serde(rename = "m", skip_serializing_if = "Option::is_none")]
    pub made: Option<Made>,
    /// The subflow it asked for.
    #[serde(rename = "sb", skip_serializing_if = "Option::is_none")]
    pub sub: Option<Sub>,
    /// How to undo what it did at the partner.
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    pub undo: Option<Undo>,
    /// The flow has left it: its end moves nothing on.
    #[serde(rename = "q", skip_serializing_if = "is_false")]
    pub left: bool,
    /// Its open exception.
    #[serde(rename = "x", skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    /// Lanes of a parallel or each.
    #[serde(rename = "ls", skip_serializing_if = "Option::is_none")]
    pub lanes: Option<Lanes>,
    /// What it is undoing.
    #[serde(rename = "w", skip_serializing_if = "Option::is_none")]
    pub undoing: Option<Undoing>,
    /// What it asks of people.
    #[serde(rename = "pe", skip_serializing_if = "Option::is_none")]
    pub people: Option<Box<Activation>>,
    /// Whom the object it made asks at the partner.
    #[serde(rename = "oa", skip_serializing_if = "Option::is_none")]
    pub outside: Option<Box<Outside>>,
    /// Files that people attached here, as JSON.
    #[serde(rename = "at", skip_serializing_if = "Vec::is_empty")]
    pub attached: Vec<Json>,
    /// The round it was entered in, for steps that ask people.
    #[serde(rename = "rd", skip_serializing_if = "is_first")]
    pub round: Round,
}

/// Whom an object asks at a partner, for their lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Outside {
    /// Where they see and decide it.
    #[serde(rename = "u", skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// In the order they were first asked.
    #[serde(rename = "t")]
    pub asked: Vec<AskedOutside>,
}

/// Somebody who is, or was, asked at a partner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedOutside {
    /// Who.
    #[serde(rename = "p")]
    pub person: String,
    /// Since when that is known here.
    #[serde(rename = "s")]
    pub since: Timestamp,
    /// Since when it is over.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<Timestamp>,
}

/// Where a visit stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum State {
    /// A container whose inside runs.
    #[default]
    #[serde(rename = "a")]
    Active,
    /// Its forward effect is under way.
    #[serde(rename = "c")]
    Calling,
    /// Waits for a partner's event.
    #[serde(rename = "w")]
    Awaiting,
    /// Waits for time to pass.
    #[serde(rename = "t")]
    Waiting,
    /// Undoes something before it goes on.
    #[serde(rename = "u")]
    Undoing,
    /// Stands in an exception.
    #[serde(rename = "x")]
    Stopped,
    /// Done.
    #[serde(rename = "d")]
    Done,
    /// Done without being done, by a person's word.
    #[serde(rename = "k")]
    Skipped,
    /// Failed, and the flow went on or was left.
    #[serde(rename = "f")]
    Failed,
    /// Left by the flow with nothing to undo.
    #[serde(rename = "l")]
    Left,
    /// Undone.
    #[serde(rename = "r")]
    Reversed,
}

impl State {
    /// Every word a step's state has.
    pub const WORDS: [&'static str; 9] = ["running", "waiting", "reversing", "exception", "done", "skipped", "failed", "left", "reversed"];

    /// Whether nothing more happens in it by itself.
    pub fn is_over(self) -> bool {
        matches!(self, State::Done | State::Skipped | State::Failed | State::Left | State::Reversed)
    }

    /// The word of `steps.ID.state`.
    pub fn word(self) -> &'static str {
        // Kept beside `WORDS`.
        match self {
            State::Active | State::Calling => "running",
            State::Awaiting | State::Waiting => "waiting",
            State::Undoing => "reversing",
            State::Stopped => "exception",
            State::Done => "done",
            State::Skipped => "skipped",
            State::Failed => "failed",
            State::Left => "left",
            State::Reversed => "reversed",
        }
    }
}

/// `steps.ID.error`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepError {
    /// The answer's class, or a code of ours.
    #[serde(rename = "k")]
    pub class: String,
    /// The cause.
    #[serde(rename = "c")]
    pub cause: Cause,
    /// In words.
    #[serde(rename = "m")]
    pub message: String,
}

/// A linked document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Made {
    /// Its id.
    pub id: DocumentId,
    /// Its type.
    #[serde(rename = "k")]
    pub kind: String,
    /// Its key.
    #[serde(rename = "y")]
    pub key: String,
    /// Our status of it, once a step set one.
    #[serde(rename = "s", default, skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
}

/// How to undo a call: fixed when its answer came, so that later changes cannot alter it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undo {
    /// The operation.
    #[serde(rename = "op")]
    pub operation: String,
    /// Its input.
    #[serde(rename = "in")]
    pub input: Json,
    /// Index of its effect, once asked for.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<u32>,
    /// Settled: done, or skipped by a person.
    #[serde(rename = "d", default, skip_serializing_if = "is_false")]
    pub settled: bool,
}

/// An open exception.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stop {
    /// Its number within the instance; its id is derived from it.
    #[serde(rename = "n")]
    pub number: u32,
    /// The cause.
    #[serde(rename = "c")]
    pub cause: Cause,
    /// The code.
    #[serde(rename = "k")]
    pub code: String,
    /// What stopped.
    #[serde(rename = "w")]
    pub what: Stopped,
}

impl Stop {
    /// Whether a call stopped that may have been done: nothing is done anew, or taken for undone, before a person has found out.
    pub fn may_be_done(&self) -> bool {
        matches!(self.what, Stopped::Forward(_)) && (self.cause == Cause::Unknown || self.code == UNREAD_SUCCESS)
    }
}

/// What an exception stopped; says what the operator's verbs do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stopped {
    /// The step, before it did anything: retry enters it again.
    Entering,
    /// The step's forward effect of this index: retry sends it again with its key.
    Forward(u32),
    /// The step did its work but its `expect` does not hold: retry works anew with a new key.
    Expecting,
    /// Undoing the step, with the effect of this index.
    Reversing(u32),
    /// A notice of this index; nothing waits for it.
    Notice(u32),
    /// Nothing: the step goes on (an unknown status, a timeout); a later answer settles it.
    Nothing,
}

/// Lanes of a parallel or each.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lanes {
    /// Lanes that have begun and not finished.
    #[serde(rename = "o")]
    pub open: u32,
    /// The next lane to begin.
    #[serde(rename = "n")]
    pub next: u32,
    /// How many there are.
    #[serde(rename = "t")]
    pub total: u32,
    /// Lanes that were undone because of a sibling and run again when it is done.
    #[serde(rename = "re", skip_serializing_if = "Vec::is_empty")]
    pub redo: Vec<u32>,
    /// Lanes in which a step failed and stands in an exception.
    #[serde(rename = "fl", skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<u32>,
    /// Lanes that came to their end, where fewer than all are waited for.
    #[serde(rename = "fi", skip_serializing_if = "Vec::is_empty")]
    pub finished: Vec<u32>,
    /// The items of an each, as they were when it was entered, as JSON. None in states of before, and where JSON cannot say
    /// them: then the list is evaluated whenever an item is looked at.
    #[serde(rename = "it", skip_serializing_if = "Option::is_none")]
    pub items: Option<Vec<Json>>,
    /// The revision of the document they are of.
    #[serde(rename = "rv", skip_serializing_if = "is_zero")]
    pub revision: u32,
}

/// What a visit undoes and what follows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Undoing {
    /// What.
    #[serde(rename = "w")]
    pub what: Scope,
    /// What follows.
    #[serde(rename = "t")]
    pub then: Then,
}

/// Which visits are undone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All of the instance, but not the reaction that undoes.
    All,
    /// The visits of these steps.
    Steps(Vec<String>),
    /// The visit itself.
    Itself,
    /// Everything inside the visit.
    Inside,
    /// Everything inside the visit but the failed lanes.
    Siblings,
    /// Visits that are still under way, but not those around the visit.
    Open,
    /// The visit itself and what came after it in its lane.
    After,
}

/// What follows an undo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The step is done.
    Done,
    /// The step is done with this outcome.
    Outcome(Outcome),
    /// The instance ends, or gives way, as the step says.
    End,
    /// A parallel goes on with its failed lanes and runs the others again later.
    Resume,
    /// A parallel goes on without the lanes that were taken back.
    Dropped,
    /// A parallel has failed as a whole.
    Fail(StepError),
    /// The step is visited anew.
    Again,
}

/// A timer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Timer {
    /// Its number.
    #[serde(rename = "n")]
    pub number: u32,
    /// The visit it belongs to.
    #[serde(rename = "v")]
    pub visit: u32,
    /// What it is for.
    #[serde(rename = "k")]
    pub purpose: TimerPurpose,
    /// When it is due.
    #[serde(rename = "d")]
    pub due: Timestamp,
}

impl Timer {
    /// Whether it is about the whole instance, whatever becomes of the visit it is kept with.
    pub fn is_whole(&self) -> bool {
        matches!(self.purpose, TimerPurpose::Within(_))
    }
}

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimerPurpose {
    /// The end of a wait.
    Wait,
    /// A step that takes too long.
    Timeout,
    /// A rung of an await's ladder.
    Rung(u32),
    /// A rung of the whole instance's.
    Within(u32),
}

/// A partner event that came before the answer of the call it is about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Early {
    /// The connection.
    #[serde(rename = "c")]
    pub connection: String,
    /// The event.
    #[serde(rename = "e")]
    pub event: String,
    /// The object.
    #[serde(rename = "x")]
    pub external_id: String,
    /// The outcome.
    #[serde(rename = "o", default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// The output, as JSON.
    #[serde(rename = "out")]
    pub output: Json,
    /// Whom it asks there.
    #[serde(rename = "ak", default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<Asked>,
}

fn is_zero_version(version: &i64) -> bool {
    *version == 0
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

fn is_first(round: &Round) -> bool {
    round.0 == 1
}

fn is_false(flag: &bool) -> bool {
    !*flag
}
