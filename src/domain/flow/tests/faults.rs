//! The every-step fault harness: each effect of each course fails once, is reported twice, stays unknown once; the state goes
//! through its stored form after every decision. The course must end as without the fault, and nothing may be done twice.

use super::world::*;
use crate::domain::flow::effect::{Cause, EffectResult, Work};
use crate::domain::flow::event::{Command, Event, Outcome, RevisionChange};
use crate::domain::flow::stage::{Phase, Stage};
use crate::domain::flow::{Flow, Instance};
use crate::domain::ids::EffectId;
use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug, PartialEq)]
enum Fault {
    None,
    /// It fails, a person retries.
    Fails,
    /// Its outcome is reported twice, the second time as a failure.
    Twice,
    /// It is done, but nobody can tell; a person retries and the partner knows the key.
    Unknown,
    /// It is done, but nobody can tell; a person found it and says so.
    MarkedDone,
    /// A timer fires twice and an old event comes again around it.
    Noise,
}

const FAULTS: [Fault; 5] = [Fault::Fails, Fault::Twice, Fault::Unknown, Fault::MarkedDone, Fault::Noise];

/// What the world does while the approval is open, and after the end.
struct Course {
    name: &'static str,
    total: &'static str,
    open: &'static [Happening],
    after: &'static [Happening],
    outcome: &'static str,
}

#[derive(Clone, Copy)]
enum Happening {
    Says(Outcome),
    Changes,
    Withdraws,
    NobodyDecides,
}

const COURSES: &[Course] = &[
    Course { name: "small", total: "100.00", open: &[], after: &[], outcome: "approved" },
    Course { name: "approved", total: "20000.00", open: &[Happening::Says(Outcome::Approved)], after: &[], outcome: "approved" },
    Course { name: "rejected", total: "20000.00", open: &[Happening::Says(Outcome::Rejected)], after: &[], outcome: "rejected" },
    Course { name: "expired", total: "20000.00", open: &[Happening::NobodyDecides], after: &[], outcome: "expired" },
    Course {
        name: "changed",
        total: "20000.00",
        open: &[Happening::Changes, Happening::Says(Outcome::Approved)],
        after: &[],
        outcome: "approved",
    },
    Course { name: "withdrawn", total: "20000.00", open: &[Happening::Withdraws], after: &[], outcome: "cancelled" },
    Course {
        name: "revoked",
        total: "20000.00",
        open: &[Happening::Says(Outcome::Approved)],
        after: &[Happening::Says(Outcome::Revoked)],
        outcome: "revoked",
    },
    Course {
        name: "withdrawn late",
        total: "20000.00",
        open: &[Happening::Says(Outcome::Approved)],
        after: &[Happening::Withdraws],
        outcome: "cancelled",
    },
];

struct Run<'a> {
    stage: Stage<'a>,
    fault: Fault,
    at: usize,
    performed: usize,
    /// What each key was used for: the same key never carries two kinds of work.
    works: BTreeMap<EffectId, Work>,
    /// What the partners did, by operation and key.
    done: BTreeMap<(String, EffectId), u32>,
    objects: u32,
}

impl Run<'_> {
    /// The state as it would be read back after a crash.
    fn crash(&mut self) {
        let stored = serde_json::to_string(&self.stage.instance).expect("a state can be written");
        let read: Instance = serde_json::from_str(&stored).expect("a state can be read");
        assert_eq!(read, self.stage.instance);
        self.stage.instance = read;
        for open in &self.stage.outbox {
            let known = self.works.entry(open.effect.id).or_insert_with(|| open.effect.work.clone());
            assert_eq!(*known, open.effect.work, "one key, one work");
        }
    }

    fn tell(&mut self, event: &Event) {
        self.stage.tell(event);
        self.crash();
    }

    fn end(&mut self, id: EffectId, result: EffectResult) {
        self.stage.end(id, result);
        self.crash();
    }

    fn command(&mut self, command: Command) {
        self.tell(&Event::Command { command, exception: None, actor: "ops".into(), reason: None });
    }

    /// Ends the first open effect, with the fault when it is its turn; false when none is open.
    fn perform(&mut self) -> bool {
        let Some(open) = self.stage.outbox.iter().find(|open| open.phase == Phase::Ready).cloned() else { return false };
        let id = open.effect.id;
        let result = self.partner(id, &open.effect.work);
        let struck = self.performed == self.at;
        self.performed += 1;
        match self.fault {
            _ if !struck => self.end(id, result),
            Fault::None => self.end(id, result),
            Fault::Fails => {
                // It was surely not done: the partner has no record of it.
                self.forget(id, &open.effect.work);
                self.end(id, failed(Cause::PartnerDown));
                self.command(Command::Retry);
            }
            Fault::Unknown => {
                self.end(id, failed(Cause::Unknown));
                self.command(Command::Retry);
            }
            Fault::MarkedDone => {
                self.end(id, failed(Cause::Unknown));
                let EffectResult::Done { output } = result else { panic!("the partner answered") };
                self.command(Command::MarkDone { output: output.to_json(), proof: "seen there".into() });
            }
            Fault::Twice => {
                self.end(id, result.clone());
                self.tell(&Event::EffectEnded { effect: id, result });
                self.tell(&Event::EffectEnded { effect: id, result: failed(Cause::DataWrong) });
            }
            Fault::Noise => {
                for event in [Event::Started, Event::TimerFired { timer: 999 }, heard("A0", Outcome::Approved)] {
                    self.tell(&event);
                }
                self.end(id, result);
                self.command(Command::Retry);
            }
        }
        true
    }

    /// Partners honour keys: the same key gets the same answer and is counted once.
    fn partner(&mut self, id: EffectId, work: &Work) -> EffectResult {
        let Work::Call { operation, .. } = work else { return done(&[]) };
        *self.done.entry((operation.clone(), id)).or_default() = 1;
        match operation.as_str() {
            "check_budget" => budget(true),
            "create_approval" => done(&[("external_id", &format!("A{}", self.made("create_approval")))]),
            "create_payable" => done(&[("external_id", &format!("F{}", self.made("create_payable")))]),
            _ => done(&[]),
        }
    }

    fn forget(&mut self, id: EffectId, work: &Work) {
        if let Work::Call { operation, .. } = work {
            self.done.remove(&(operation.clone(), id));
        }
    }

    fn made(&self, operation: &str) -> usize {
        self.done.keys().filter(|(made, _)| made == operation).count()
    }

    fn happen(&mut self, what: Happening) {
        let object = format!("A{}", self.made("create_approval"));
        match what {
            Happening::Says(outcome) => self.tell(&heard(&object, outcome)),
            Happening::Withdraws => self.tell(&Event::Revision(RevisionChange::Withdrawn)),
            Happening::Changes => self.tell(&Event::Revision(RevisionChange::Changed { revision: 2 })),
            Happening::NobodyDecides => {
                while let Some((number, _)) = self.stage.next_timer() {
                    self.stage.fire(number);
                    self.crash();
                    self.tell(&Event::TimerFired { timer: number });
                }
            }
        }
    }

    fn drain(&mut self) {
        for _ in 0..200 {
            if !self.perform() {
                return;
            }
        }
        panic!("the course does not come to rest");
    }
}

/// What partners did, by operation.
fn counts(run: &Run<'_>) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    for ((operation, _), times) in &run.done {
        assert_eq!(*times, 1);
        *counts.entry(operation.clone()).or_default() += 1;
    }
    counts
}

fn play<'a>(flow: &'a Flow, world: &'a World, course: &Course, fault: Fault, at: usize) -> Run<'a> {
    let stage = Stage::new(flow, world, facts(course.total), now());
    let mut run = Run { stage, fault, at, performed: 0, works: BTreeMap::new(), done: BTreeMap::new(), objects: 0 };
    run.tell(&Event::Started);
    run.drain();
    for happening in course.open.iter().chain(course.after) {
        run.happen(*happening);
        run.drain();
    }
    run.objects = u32::try_from(run.done.len()).unwrap_or(u32::MAX);
    run
}

#[test]
fn every_effect_survives_every_fault() {
    let world = World::new();
    let flow = world.flow(SHIPPED);
    let mut struck = 0;
    for course in COURSES {
        let sound = play(&flow, &world, course, Fault::None, usize::MAX);
        assert_eq!((sound.stage.instance.outcome_word(), codes(&sound.stage)), (Some(course.outcome), vec![]), "{}", course.name);
        for fault in FAULTS {
            for at in 0..sound.performed {
                let run = play(&flow, &world, course, fault, at);
                let place = format!("{} {fault:?} at effect {at}", course.name);
                assert_eq!(run.stage.instance.outcome_word(), Some(course.outcome), "{place}: {:?}", run.stage.exceptions);
                assert_eq!(codes(&run.stage), Vec::<&str>::new(), "{place}");
                assert_eq!((run.stage.outbox.len(), run.stage.timers.len()), (0, 0), "{place}");
                assert_eq!(run.stage.status(), sound.stage.status(), "{place}");
                let same_booking = |run: &Run<'_>| {
                    let counts = counts(run);
                    let get = |name: &str| counts.get(name).copied().unwrap_or(0);
                    (get("create_approval"), get("create_payable").checked_sub(get("void_payable")), get("withdraw_approval"))
                };
                assert_eq!(same_booking(&run), same_booking(&sound), "{place}: {:?}", counts(&run));
                struck += 1;
            }
        }
    }
    assert!(struck >= 200, "only {struck} faults were struck");
}
