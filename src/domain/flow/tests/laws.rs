//! Laws of `decide`, for any events in any order.

use super::world::*;
use crate::domain::flow::effect::{Cause, EffectResult, Work};
use crate::domain::flow::event::{Command, Event, Heard, Outcome, RevisionChange};
use crate::domain::flow::stage::{Phase, Stage};
use crate::domain::flow::{Flow, Instance};
use crate::domain::ids::{EffectId, ExceptionId};
use crate::domain::value::Value;
use proptest::prelude::*;
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

static WORLD: LazyLock<World> = LazyLock::new(World::new);
static FLOWS: LazyLock<Vec<Flow>> = LazyLock::new(|| vec![WORLD.flow(SHIPPED), WORLD.flow(VARIED)]);

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
    Says(u8, Option<u8>),
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
    prop_oneof![
        10 => (0_usize..4, ending).prop_map(|(which, ending)| Act::Ends(which, ending)),
        4 => (0_u8..4, proptest::sample::select(Outcome::ALL.to_vec()), any::<bool>()).prop_map(|(id, outcome, odd)| Act::Hears(id, outcome, odd)),
        1 => (0_u32..12).prop_map(Act::Fires),
        3 => Just(Act::FiresNext),
        1 => (1_u32..4).prop_map(Act::Changes),
        1 => Just(Act::Withdraws),
        1 => Just(Act::Starts),
        3 => (0_u8..4, proptest::option::of(0_u8..3)).prop_map(|(what, which)| Act::Says(what, which)),
    ]
}

struct Watch<'a> {
    stage: Stage<'a>,
    planned: BTreeSet<EffectId>,
    ended: Vec<EffectId>,
    timers: BTreeMap<Uuid, BTreeSet<u32>>,
    opened: BTreeSet<ExceptionId>,
    objects: u32,
}

impl Watch<'_> {
    fn tell(&mut self, event: &Event) {
        let (instance, was_over) = (self.stage.facts.instance, self.stage.instance.status.is_over());
        let reacting_before = self.reactions();
        let changes = self.stage.tell(event);
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
        if was_over && reacting_before == 0 && self.reactions() == 0 {
            assert!(changes.effects.is_empty(), "nothing is done after the end but by reactions");
            assert!(self.stage.timers.is_empty() || self.stage.facts.instance != instance, "no timer outlives the end");
        }
        if self.stage.facts.instance != instance {
            // Exceptions of an instance that gave way are settled there.
            self.stage.exceptions.clear();
        }
        let stored = serde_json::to_string(&self.stage.instance).expect("a state can be written");
        self.stage.instance = serde_json::from_str::<Instance>(&stored).expect("a state can be read");
        let has_open = !self.stage.exceptions.is_empty();
        assert!(!has_open || self.stage.instance.status_word() != "running", "an open exception shows");
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
            Act::Says(what, which) => self.says(*what, *which),
        }
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

    fn says(&mut self, what: u8, which: Option<u8>) {
        let command = match what {
            0 => Command::Retry,
            1 => Command::Skip,
            2 => Command::MarkDone { output: serde_json::json!({"external_id": "A1"}), proof: "seen".into() },
            _ => Command::Cancel,
        };
        let exception = which.map(|which| self.stage.exceptions.get(usize::from(which)).map_or(ExceptionId(Uuid::nil()), |open| open.id));
        self.tell(&Event::Command { command, exception, actor: "ops".into(), reason: None });
    }
}

proptest! {

    #[test]
    fn any_events_in_any_order(flow in 0_usize..2, small in any::<bool>(), acts in proptest::collection::vec(act(), 1..60)) {
        let flow = &FLOWS[flow];
        let stage = Stage::new(flow, &*WORLD, facts(if small { "10.00" } else { "20000.00" }), now());
        let mut watch = Watch {
            stage, planned: BTreeSet::new(), ended: Vec::new(), timers: BTreeMap::new(), opened: BTreeSet::new(), objects: 0,
        };
        watch.tell(&Event::Started);
        for act in &acts {
            watch.act(act);
        }
    }

    /// Once partners answer and people retry, every instance comes to an end.
    #[test]
    fn an_instance_that_is_cared_for_ends(flow in 0_usize..2, acts in proptest::collection::vec(act(), 0..40)) {
        let flow = &FLOWS[flow];
        let stage = Stage::new(flow, &*WORLD, facts("20000.00"), now());
        let mut watch = Watch {
            stage, planned: BTreeSet::new(), ended: Vec::new(), timers: BTreeMap::new(), opened: BTreeSet::new(), objects: 0,
        };
        watch.tell(&Event::Started);
        for act in &acts {
            watch.act(act);
        }
        for round in 0..400 {
            let rests = watch.stage.outbox.iter().all(|open| open.phase != Phase::Ready);
            if watch.stage.instance.status.is_over() && watch.stage.exceptions.is_empty() && rests {
                return Ok(());
            }
            let next = if !rests {
                Act::Ends(0, Ending::Good)
            } else if !watch.stage.exceptions.is_empty() {
                // What a retry does not mend is skipped, one by one.
                Act::Says(u8::from(round > 100), (round > 100).then_some(0))
            } else {
                Act::FiresNext
            };
            watch.act(&next);
        }
        prop_assert!(false, "stuck at {:?}: {:?} {:#?}", watch.stage.instance.at_step(), watch.stage.exceptions, watch.stage.instance);
    }
}
