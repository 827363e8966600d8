//! Laws of `decide`, for any events in any order.

use super::own;
use super::people::support as company;
use super::world::*;
use crate::domain::approval::{Act as Verb, TaskRef, TaskState};
use crate::domain::flow::effect::{Cause, EffectResult, Work};
use crate::domain::flow::event::{Bundle, BundleItem, Command, DriftSeen, Event, Heard, Outcome, RevisionChange};
use crate::domain::flow::instance::{State, Status, SubState};
use crate::domain::flow::stage::{Phase, Stage};
use crate::domain::flow::{Flow, Instance};
use crate::domain::ids::{DocumentId, EffectId, ExceptionId, InstanceId};
use crate::domain::value::Value;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use uuid::Uuid;

/// A flow with what the shipped one does not have.
const VARIED: &str = r#"
format: 1
flow: varied
document: purchase_order
owner: {role: procurement_head}
start: [{event: erp.purchase_orders}]
untold: {erp: a test}
steps:
  - id: lines
    each: doc.lines
    as: line
    concurrency: 2
    steps:
      - {id: one, call: erp.tell_line, with: {line_no: line.line_no}, timeout: 1h}
      - {id: half, wait: 30m}
  - id: both
    parallel:
      on_failure: fail
      branches:
        - {id: ask, steps: [{id: oa, call: oa.create_approval, map: po_plain_oa, sets: in_approval, await: {event: oa.approval_changed, ladder: [{every: 1d, remind: initiator}, {after: 2d, outcome: expired}]}}]}
        - {id: post, steps: [{id: pay, create: payable, map: po_to_payable}, {id: blind, for: pay, call: finance.blind_payable, with: {number: doc.number}, on_error: [{cause: data_wrong, then: continue}]}]}
  - {id: ok, call: erp.check_budget, map: po_to_budget, expect: output.ok, otherwise: [{id: no, end: {outcome: rejected, status: rejected}}]}
  - {id: set, assign: {note: "doc.number"}}
  - {id: free, call: erp.release_order, map: po_ref, sets: released}
  - {id: done, end: {outcome: approved, status: released}}
reactions:
  - {revision: changed, while: running, do: [{notify: initiator, template: po_released}]}
  - {revision: withdrawn, do: [{reverse: all}, {end: {outcome: cancelled, status: cancelled}}]}
  - {event: oa.approval_changed, when: "event.outcome == 'revoked'", do: [{reverse: [free]}, {call: erp.reject_order, map: po_ref}]}
"#;

/// A flow that stays in the house: it decides by tables, waits for a document of its own, for another flow and for people.
const HOUSE: &str = r#"
format: 1
flow: house
document: purchase_order
calendar: cn
owner: {role: procurement_head}
start: [{event: erp.purchase_orders}]
untold: {erp: a test}
steps:
  - {id: level, decide: approvers}
  - {id: gap, decide: gaps}
  - id: both
    parallel:
      branches:
        - id: paid
          steps:
            - {id: pay, create: payable, map: po_to_payable, link: pays, await: {statuses: {draft: approved, cancelled: cancelled}}}
            - {id: post, for: pay, call: finance.create_payable, map: payable_to_finance}
        - id: checked
          steps:
            - {id: sub, subflow: inner, with: {limit: "decimal('5.00')"}, timeout: 1d}
            - {id: aside, subflow: inner, detach: true, with: {limit: "decimal('1.00')"}}
  - {id: ask, approve: {by: [{user: ma}, {user: he}], mode: all, empty: block}, due: 1d}
  - {id: free, call: erp.release_order, map: po_ref, sets: released}
  - {id: done, end: {outcome: approved, status: released}}
reactions:
  - {revision: changed, while: running, do: [{reverse: all}, {restart: true}]}
  - {revision: withdrawn, do: [{reverse: all}, {end: {outcome: cancelled, status: cancelled}}]}
  - {drift: approved_not_executed, at: erp, do: [{call: erp.release_order, map: po_ref}]}
"#;

static WORLD: LazyLock<World> = LazyLock::new(|| World { directory: company::directory(), ..own::world() });
/// The same once `ma` has left.
static WITHOUT: LazyLock<World> = LazyLock::new(|| {
    let mut directory = company::directory();
    directory.users.get_mut(LEAVER).expect("one of the company").active = false;
    World { directory, ..own::world() }
});
/// Who leaves.
const LEAVER: &str = "ma";
/// Who acts on tasks: those who are asked, whoever began it, and somebody who has nothing to do with it.
const PEOPLE: [&str; 4] = ["ma", "he", "e1001", "zhao"];
const VERBS: [&str; 4] = ["approve", "reject", "comment", "withdraw"];

/// The last one is a step of another flow.
static FLOWS: LazyLock<Vec<Flow>> = LazyLock::new(|| vec![WORLD.flow(SHIPPED), WORLD.flow(VARIED), WORLD.flow(HOUSE), own::inner(&WORLD)]);
const FLOW_COUNT: usize = 4;
/// Nobody is asked, everybody is, and an amount for which one of the tables has no row.
const TOTALS: [&str; 3] = ["10.00", "20000.00", "5500.00"];

/// Every event there is, in the order of `number_of_event`.
const EVENTS: [&str; 12] = [
    "started",
    "effect_ended",
    "heard",
    "timer_fired",
    "revision",
    "linked",
    "subflow_ended",
    "taken_back",
    "act",
    "left",
    "bundle",
    "command",
];

/// No wildcard: an event that is new must be given a number here, which needs a longer list above, and then
/// `every_event_and_every_command_is_among_them` fails until `act` makes it.
fn number_of_event(event: &Event) -> usize {
    match event {
        Event::Started => 0,
        Event::EffectEnded { .. } => 1,
        Event::Heard(_) => 2,
        Event::TimerFired { .. } => 3,
        Event::Revision(_) => 4,
        Event::Linked { .. } => 5,
        Event::SubflowEnded { .. } => 6,
        Event::TakenBack => 7,
        Event::Act(_) => 8,
        Event::Left { .. } => 9,
        Event::Bundle(_) => 10,
        Event::Command { .. } => 11,
    }
}

/// Every command, in the order of `number_of_command`.
const COMMANDS: [&str; 7] = ["retry", "skip", "mark_done", "cancel", "redo", "from", "repair"];

/// As `number_of_event`.
fn number_of_command(command: &Command) -> usize {
    match command {
        Command::Retry => 0,
        Command::Skip => 1,
        Command::MarkDone { .. } => 2,
        Command::Cancel => 3,
        Command::Redo => 4,
        Command::From { .. } => 5,
        Command::Repair(_) => 6,
    }
}

#[derive(Clone, Debug)]
enum Act {
    /// An open effect (or, past their number, an ended one) comes to this.
    Ends(usize, Ending),
    Hears(u8, Outcome, bool),
    Fires(u32),
    FiresNext,
    Changes(u32),
    Withdraws,
    Starts,
    /// A command by its number; about which exception; and which step or repair.
    Says(usize, Option<u8>, usize),
    /// A document that was made here (or, past their number, another) has this status.
    Links(usize, &'static str),
    /// A flow that is a step of this one (or, past their number, another) ends; whether by having been taken back.
    SubEnds(usize, Outcome, bool),
    TakesBack,
    /// Somebody uses a verb about a task (or, past their number, about the whole).
    Does(usize, usize, usize),
    Leaves,
    /// A bundle of notices by its id, about a visit (or, past their number, about one that is not there).
    Bundles(u8, usize, u8),
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    Good,
    Odd,
    Nothing,
    Fails(Cause),
    NotFound,
}

fn act() -> impl Strategy<Value = Act> {
    let ending = prop_oneof![
        8 => Just(Ending::Good),
        1 => Just(Ending::Odd),
        1 => Just(Ending::Nothing),
        2 => proptest::sample::select(Cause::ALL.to_vec()).prop_map(Ending::Fails),
        1 => Just(Ending::NotFound),
    ];
    let outcome = || proptest::sample::select(Outcome::ALL.to_vec());
    prop_oneof![
        10 => (0_usize..4, ending).prop_map(|(which, ending)| Act::Ends(which, ending)),
        4 => (0_u8..4, outcome(), any::<bool>()).prop_map(|(id, outcome, odd)| Act::Hears(id, outcome, odd)),
        1 => (0_u32..12).prop_map(Act::Fires),
        3 => Just(Act::FiresNext),
        1 => (1_u32..4).prop_map(Act::Changes),
        1 => Just(Act::Withdraws),
        1 => Just(Act::Starts),
        5 => (0..COMMANDS.len(), proptest::option::of(0_u8..3), 0_usize..24)
            .prop_map(|(what, which, at)| Act::Says(what, which, at)),
        2 => (0_usize..3, proptest::sample::select(vec!["draft", "cancelled", "unheard_of"]))
            .prop_map(|(which, status)| Act::Links(which, status)),
        3 => (0_usize..3, outcome(), proptest::bool::weighted(0.3))
            .prop_map(|(which, outcome, taken_back)| Act::SubEnds(which, outcome, taken_back)),
        1 => Just(Act::TakesBack),
        3 => (0..PEOPLE.len(), 0..VERBS.len(), 0_usize..3).prop_map(|(who, verb, about)| Act::Does(who, verb, about)),
        1 => Just(Act::Leaves),
        2 => (0_u8..3, 0_usize..12, 1_u8..4).prop_map(|(id, about, items)| Act::Bundles(id, about, items)),
    ]
}

struct Watch<'a> {
    stage: Stage<'a>,
    planned: BTreeSet<EffectId>,
    ended: Vec<EffectId>,
    timers: BTreeMap<Uuid, BTreeSet<u32>>,
    opened: BTreeSet<ExceptionId>,
    objects: u32,
    /// Other flows that were asked for.
    begun: BTreeSet<InstanceId>,
    /// Bundles that were sent, by instance.
    bundled: BTreeSet<(InstanceId, Uuid)>,
    /// Events and commands that were told, by their numbers.
    told: (BTreeSet<usize>, BTreeSet<usize>),
}

impl<'a> Watch<'a> {
    /// A flow of the list that has begun.
    fn begin(number: usize, total: &str) -> Watch<'a> {
        let mut stage = Stage::new(&FLOWS[number], &*WORLD, facts(total), now());
        if number + 1 == FLOW_COUNT {
            stage.instance = own::as_step();
        }
        let mut watch = Watch {
            stage,
            planned: BTreeSet::new(),
            ended: Vec::new(),
            timers: BTreeMap::new(),
            opened: BTreeSet::new(),
            objects: 0,
            begun: BTreeSet::new(),
            bundled: BTreeSet::new(),
            told: Default::default(),
        };
        watch.tell(&Event::Started);
        watch
    }

    fn tell(&mut self, event: &Event) {
        let (instance, was_over) = (self.stage.facts.instance, self.stage.instance.status.is_over());
        let (reacting_before, before) = (self.reactions(), self.stage.instance.clone());
        let open_before: BTreeSet<ExceptionId> = self.stage.exceptions.iter().map(|open| open.id).collect();
        self.told.0.insert(number_of_event(event));
        if let Event::Command { command, .. } = event {
            self.told.1.insert(number_of_command(command));
        }
        let changes = self.stage.tell(event);
        if changes.refused.is_some() {
            assert!(matches!(event, Event::Act(_)), "only people are refused");
            assert_eq!(self.stage.instance, before, "what is refused changes nothing");
        }
        for asked in &changes.subflows {
            match asked.start {
                Some(_) => assert!(self.begun.insert(asked.instance), "another flow is asked for once"),
                None => assert!(self.begun.contains(&asked.instance), "what is taken back was asked for"),
            }
        }
        if let Event::Bundle(bundle) = event {
            let fresh = changes.effects.is_empty() || self.bundled.insert((instance, bundle.id));
            assert!(fresh, "a bundle is sent once");
        }
        let has_ended = !was_over && matches!(self.stage.instance.status, Status::Ended { .. });
        if has_ended && self.stage.instance.parent.is_some() {
            assert!(changes.reported.is_some(), "whose step it is hears that it ended");
        }
        for effect in &changes.effects {
            assert!(self.planned.insert(effect.id), "an effect is planned once: {effect:?}");
        }
        for effect in self.stage.outbox.iter().map(|open| open.effect.id) {
            self.planned.insert(effect);
        }
        let known = self.timers.entry(instance.0).or_default();
        for (number, _) in &changes.timers_set {
            assert!(known.insert(*number), "a timer number is used once");
        }
        for opened in &changes.exceptions_opened {
            assert!(self.opened.insert(opened.id), "an exception is opened once");
        }
        for (closed, _) in &changes.exceptions_closed {
            assert!(self.opened.contains(closed), "what closes was open");
        }
        assert!(changes.history.len() < 2_000 && changes.effects.len() < 300, "a decision is bounded");
        // What waited for somebody is sent also when the instance has ended meanwhile.
        if was_over && reacting_before == 0 && self.reactions() == 0 && !matches!(event, Event::Bundle(_)) {
            assert!(changes.effects.is_empty(), "nothing is done after the end but by reactions");
            assert!(self.stage.timers.is_empty() || self.stage.facts.instance != instance, "no timer outlives the end");
        }
        if self.stage.facts.instance != instance {
            // Exceptions of an instance that gave way are settled there; the new one may have its own already.
            let of_before = |id: &ExceptionId| open_before.contains(id) || changes.exceptions_opened.iter().any(|opened| opened.id == *id);
            self.stage.exceptions.retain(|open| !of_before(&open.id));
            self.opened.extend(self.stage.exceptions.iter().map(|open| open.id));
            self.begun.extend(self.subs().into_iter().map(|(sub, _, _)| sub));
        }
        let stored = serde_json::to_string(&self.stage.instance).expect("a state can be written");
        self.stage.instance = serde_json::from_str::<Instance>(&stored).expect("a state can be read");
        let has_open = !self.stage.exceptions.is_empty();
        assert!(!has_open || self.stage.instance.status_word() != "running", "an open exception shows");
    }

    /// Other flows that are steps of this one: which, how they stand, and whether somebody waits for their end.
    fn subs(&self) -> Vec<(InstanceId, SubState, bool)> {
        let visits = self.stage.instance.visits.iter();
        visits.filter_map(|visit| visit.sub.as_ref().map(|sub| (sub.instance, sub.state, visit.state == State::Awaiting))).collect()
    }

    /// Documents that were made here, and whether their status is waited for.
    fn made(&self) -> Vec<(DocumentId, bool)> {
        let visits = self.stage.instance.visits.iter();
        visits.filter_map(|visit| visit.made.as_ref().map(|made| (made.id, visit.state == State::Awaiting))).collect()
    }

    /// Open tasks, and whose they are.
    fn tasks(&self) -> Vec<(TaskRef, String)> {
        let mut found = Vec::new();
        for visit in self.stage.instance.visits.iter().filter(|visit| !visit.left) {
            let tasks = visit.people.as_ref().map(|people| people.tasks.as_slice()).unwrap_or_default();
            for (number, task) in tasks.iter().enumerate().filter(|(_, task)| task.state == TaskState::Pending) {
                let number = u32::try_from(number).expect("few");
                found.push((TaskRef { step: visit.step.clone(), visit: visit.number, number }, task.person.clone()));
            }
        }
        found
    }

    fn reactions(&self) -> usize {
        self.stage.instance.visits.iter().filter(|visit| visit.step.starts_with("reaction.") || visit.step.starts_with("command.")).count()
    }

    fn act(&mut self, act: &Act) {
        match act {
            Act::Ends(which, ending) => self.ends(*which, *ending),
            Act::Hears(id, outcome, odd) => {
                let output = if *odd { Value::Int(3) } else { Value::map([("holders", Value::list([Value::text("u7")]))]) };
                let event = Heard {
                    connection: "oa_main".into(),
                    event: "approval_changed".into(),
                    external_id: format!("A{id}"),
                    outcome: (!odd).then_some(*outcome),
                    output,
                    asked: None,
                };
                self.tell(&Event::Heard(event));
            }
            Act::Fires(number) => {
                self.stage.timers.remove(number);
                self.tell(&Event::TimerFired { timer: *number });
            }
            Act::FiresNext => {
                if let Some((number, due)) = self.stage.next_timer() {
                    self.stage.timers.remove(&number);
                    self.stage.now = self.stage.now.max(due);
                    self.tell(&Event::TimerFired { timer: number });
                }
            }
            Act::Changes(revision) => {
                self.tell(&Event::Revision(RevisionChange::Changed { revision: self.stage.facts.document.revision + revision }));
            }
            Act::Withdraws => self.tell(&Event::Revision(RevisionChange::Withdrawn)),
            Act::Starts => self.tell(&Event::Started),
            Act::Says(what, which, at) => self.says(*what, *which, *at),
            Act::Links(which, status) => {
                let document = self.made().get(*which).map_or(DocumentId(Uuid::nil()), |(document, _)| *document);
                self.tell(&Event::Linked { document, status: (*status).to_owned() });
            }
            Act::SubEnds(which, outcome, taken_back) => {
                let instance = self.subs().get(*which).map_or(InstanceId(Uuid::nil()), |(instance, _, _)| *instance);
                self.sub_ends(instance, *outcome, *taken_back);
            }
            Act::TakesBack => self.tell(&Event::TakenBack),
            Act::Does(who, verb, about) => {
                let task = self.tasks().into_iter().nth(*about).map(|(task, _)| task);
                self.does(PEOPLE[*who], VERBS[*verb], task);
            }
            Act::Leaves => {
                self.stage.env = &*WITHOUT;
                self.tell(&Event::Left { person: LEAVER.to_owned() });
            }
            Act::Bundles(id, about, items) => self.bundles(*id, *about, *items),
        }
    }

    fn sub_ends(&mut self, instance: InstanceId, outcome: Outcome, taken_back: bool) {
        let output = serde_json::json!({"agreed": outcome == Outcome::Approved});
        self.tell(&Event::SubflowEnded { instance, outcome, output, taken_back, decided_by: vec!["he".to_owned()] });
    }

    fn does(&mut self, person: &str, verb: &str, task: Option<TaskRef>) {
        let token = format!("t{}", self.stage.history.len());
        let comment = Some("because".to_owned());
        self.tell(&Event::Act(Box::new(Verb { verb: verb.to_owned(), by: company::by(person), task, comment, token, ..Verb::default() })));
    }

    fn bundles(&mut self, id: u8, about: usize, items: u8) {
        let about = self.stage.instance.visits.get(about);
        let (step, visit) = about.map_or_else(|| ("nowhere".to_owned(), 9), |visit| (visit.step.clone(), visit.number));
        let item = |number: u8| BundleItem {
            event: "turn".to_owned(),
            subject: format!("PO-{number}"),
            text: "it waits".to_owned(),
            url: "waybill:/x".to_owned(),
        };
        let items = (0..items).map(item).collect();
        let (person, channel) = ("he".to_owned(), "log".to_owned());
        self.tell(&Event::Bundle(Bundle { id: Uuid::from_u128(u128::from(id)), person, channel, step, visit, items }));
    }

    fn ends(&mut self, which: usize, ending: Ending) {
        let ready: Vec<_> = self.stage.outbox.iter().filter(|open| open.phase == Phase::Ready).map(|open| open.effect.clone()).collect();
        let Some(effect) = ready.get(which) else {
            let stale = self.ended.get(which).copied().unwrap_or(EffectId(Uuid::nil()));
            return self.tell(&Event::EffectEnded { effect: stale, result: done(&[("external_id", "A9")]) });
        };
        let result = match ending {
            Ending::Good => self.good(&effect.work),
            Ending::Odd => EffectResult::Done { output: Value::list([Value::Int(1)]) },
            Ending::Nothing => EffectResult::Done { output: Value::Unset },
            Ending::Fails(cause) => failed(cause),
            Ending::NotFound => EffectResult::Failed { cause: Cause::DataWrong, message: "gone".into(), class: "not_found".into() },
        };
        match result {
            EffectResult::Done { .. } => self.stage.outbox.retain(|open| open.effect.id != effect.id),
            EffectResult::Failed { .. } => {
                self.stage.outbox.iter_mut().filter(|open| open.effect.id == effect.id).for_each(|open| open.phase = Phase::Stopped);
            }
        }
        self.ended.push(effect.id);
        self.tell(&Event::EffectEnded { effect: effect.id, result });
    }

    fn good(&mut self, work: &Work) -> EffectResult {
        match work {
            Work::Call { operation, .. } if operation == "check_budget" => budget(self.objects % 3 != 2),
            Work::Call { operation, .. } if operation.starts_with("create_") || operation.starts_with("blind_") => {
                self.objects += 1;
                done(&[("external_id", &format!("A{}", self.objects % 4))])
            }
            _ => done(&[]),
        }
    }

    fn says(&mut self, what: usize, which: Option<u8>, at: usize) {
        let steps = &self.stage.flow.steps;
        let command = match what {
            0 => Command::Retry,
            1 => Command::Skip,
            2 => Command::MarkDone { output: serde_json::json!({"external_id": "A1"}), proof: "seen".into() },
            3 => Command::Cancel,
            4 => Command::Redo,
            5 => Command::From { step: steps.get(at).map_or_else(|| "nowhere".to_owned(), |step| step.id.clone()) },
            _ => Command::Repair(DriftSeen {
                kind: "approved_not_executed".to_owned(),
                repair: format!("d{}", at % 3),
                asked: at.is_multiple_of(2),
                connection: if at.is_multiple_of(5) { "oa_main" } else { "erp_hq" }.to_owned(),
                external_id: Some("100001".to_owned()),
                field: None,
                ours: Some("released".to_owned()),
                theirs: Some("waiting".to_owned()),
            }),
        };
        let exception = which.map(|which| self.stage.exceptions.get(usize::from(which)).map_or(ExceptionId(Uuid::nil()), |open| open.id));
        self.tell(&Event::Command { command, exception, actor: "ops".into(), reason: None });
    }

    /// What somebody who cares for the instance does next.
    fn cares(&self, round: usize) -> Next {
        if self.stage.outbox.iter().any(|open| open.phase == Phase::Ready) {
            return Next::Act(Act::Ends(0, Ending::Good));
        }
        if !self.stage.exceptions.is_empty() {
            // What a retry does not mend is skipped, one by one.
            return Next::Act(Act::Says(usize::from(round > 100), (round > 100).then_some(0), 0));
        }
        for (instance, state, is_awaited) in self.subs() {
            match state {
                SubState::TakingBack => return Next::Sub(instance, true),
                SubState::Running if is_awaited => return Next::Sub(instance, false),
                SubState::Running | SubState::Ended | SubState::TakenBack => {}
            }
        }
        if let Some(which) = self.made().iter().position(|(_, is_awaited)| *is_awaited) {
            return Next::Act(Act::Links(which, "draft"));
        }
        match self.tasks().into_iter().next() {
            Some((task, person)) => Next::Approves(task, person),
            None => Next::Act(Act::FiresNext),
        }
    }

    fn next(&mut self, next: Next) {
        match next {
            Next::Act(act) => self.act(&act),
            Next::Sub(instance, true) => self.sub_ends(instance, Outcome::Cancelled, true),
            Next::Sub(instance, false) => self.sub_ends(instance, Outcome::Approved, false),
            Next::Approves(task, person) => self.does(&person, "approve", Some(task)),
        }
    }
}

enum Next {
    Act(Act),
    /// Another flow ends, or has been taken back.
    Sub(InstanceId, bool),
    Approves(TaskRef, String),
}

proptest! {

    #[test]
    fn any_events_in_any_order(
        flow in 0..FLOW_COUNT,
        total in proptest::sample::select(TOTALS.to_vec()),
        acts in proptest::collection::vec(act(), 1..60),
    ) {
        let mut watch = Watch::begin(flow, total);
        for act in &acts {
            watch.act(act);
        }
    }

    /// Once partners answer and people retry, every instance comes to an end.
    #[test]
    fn an_instance_that_is_cared_for_ends(
        flow in 0..FLOW_COUNT,
        total in proptest::sample::select(TOTALS.to_vec()),
        acts in proptest::collection::vec(act(), 0..40),
    ) {
        let mut watch = Watch::begin(flow, total);
        for act in &acts {
            watch.act(act);
        }
        for round in 0..400 {
            let rests = watch.stage.outbox.iter().all(|open| open.phase != Phase::Ready);
            let is_undoing = watch.subs().iter().any(|(_, state, _)| *state == SubState::TakingBack);
            if watch.stage.instance.status.is_over() && watch.stage.exceptions.is_empty() && rests && !is_undoing {
                return Ok(());
            }
            let next = watch.cares(round);
            watch.next(next);
        }
        prop_assert!(false, "stuck at {:?}: {:?} {:#?}", watch.stage.instance.at_step(), watch.stage.exceptions, watch.stage.instance);
    }
}

/// The acts above make every event and every command, and each of them comes to something in some state.
#[test]
fn every_event_and_every_command_is_among_them() {
    let (acts, mut runner) = (proptest::collection::vec(act(), 1..60), TestRunner::deterministic());
    let (mut events, mut commands, mut happened) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for number in 0..400 {
        let acts = acts.new_tree(&mut runner).expect("acts").current();
        let mut watch = Watch::begin(number % FLOW_COUNT, TOTALS[number / FLOW_COUNT % TOTALS.len()]);
        for act in &acts {
            watch.act(act);
        }
        events.extend(watch.told.0.iter().copied());
        commands.extend(watch.told.1.iter().copied());
        happened.extend(watch.stage.history.iter().map(|entry| entry.kind.clone()));
    }
    let untold = |told: &BTreeSet<usize>, all: &[&'static str]| -> Vec<&'static str> {
        all.iter().enumerate().filter(|(number, _)| !told.contains(number)).map(|(_, word)| *word).collect()
    };
    assert_eq!(untold(&events, &EVENTS), Vec::<&str>::new(), "events that nothing makes");
    assert_eq!(untold(&commands, &COMMANDS), Vec::<&str>::new(), "commands that nothing makes");
    let wanted = [
        "act",
        "again",
        "awaiting",
        "created",
        "decided",
        "drift",
        "exception",
        "heard",
        "notified",
        "reaction",
        "reversed",
        "subflow",
        "subflow_ended",
        "taken_back",
        "timed_out",
    ];
    let missed: Vec<&str> = wanted.into_iter().filter(|kind| !happened.contains(*kind)).collect();
    assert_eq!(missed, Vec::<&str>::new(), "what never came of it, of {happened:?}");
}
