//! Each rung of a ladder once, when its time has come and not before, and not long after; whoever is reminded again and again is so
//! by the clock, or by the office's.

use super::company::BOSS;
use super::judge::Told;
use super::rungs::{Pause, Span, ladder, whole};
use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use waybill::domain::flow::Instance;
use waybill::domain::flow::instance::Visit;
use waybill::store::InstanceRow;

/// How late a timer may fire in a storm: replicas are dead, the store is away, the clock of whoever fires is behind.
const LATE: SignedDuration = SignedDuration::from_hours(2);
/// What two clocks may be apart.
const APART: SignedDuration = SignedDuration::from_mins(21);

/// Judges all steps that asked people in an instance, and its whole time.
pub fn judge(world: &World, row: &InstanceRow, instance: &Instance, told: &[Told]) {
    for visit in &instance.visits {
        let wrong = |what: String| world.wrong(format!("{} {} at {}#{}: {what}", row.flow, row.id, visit.step, visit.number));
        if let Some(stood) = Stood::of(visit, told) {
            stood.judge(world, visit, &wrong);
        }
    }
    let wrong = |what: String| world.wrong(format!("{} {} as a whole: {what}", row.flow, row.id));
    let fired: Vec<(usize, &Told)> = (0..).zip(told).filter(|(_, entry)| entry.kind == "escalated" && !is_of_step(entry)).collect();
    let over = told.iter().position(|entry| entry.kind == "ended");
    let Some(after) = whole(&row.flow) else {
        if !fired.is_empty() {
            wrong(format!("escalated {} times, and it has no time of its own", fired.len()));
        }
        return;
    };
    if let (Some(over), Some(began)) = (over, told.first()) {
        let stood = Stood { told, mine: Vec::new(), asked: began.at, until: told[over].at, left: over, left_at: told[over].at };
        stood.once(world, ("Whole", "escalated"), after, &fired, &wrong);
    }
}

/// How long a visit asked people, and what its history says of it.
struct Stood<'t> {
    told: &'t [Told],
    /// Its own lines, with where they stand.
    mine: Vec<(usize, &'t Told)>,
    asked: Timestamp,
    /// When it was over at the latest.
    until: Timestamp,
    /// The line before which it was not over, and its time.
    left: usize,
    left_at: Timestamp,
}

impl<'t> Stood<'t> {
    fn of(visit: &Visit, told: &'t [Told]) -> Option<Self> {
        let of = |(_, entry): &(usize, &Told)| entry.step.as_deref() == Some(&visit.step) && entry.visit == Some(visit.number);
        let mine: Vec<(usize, &Told)> = (0..).zip(told).filter(of).collect();
        let (first, asked) = *mine.iter().find(|(_, entry)| entry.kind == "asked")?;
        let over = mine.iter().find(|(_, entry)| matches!(entry.kind.as_str(), "outcome" | "left" | "done")).map(|(index, _)| *index);
        let over = over.or_else(|| told.iter().position(|entry| entry.kind == "ended"))?;
        // A visit that the flow went back behind says nothing of its own: it was over when something was next gone back behind
        // or taken over, at the earliest.
        let goes_back = |(index, entry): &(usize, &Told)| *index >= first && matches!(entry.kind.as_str(), "again" | "reaction");
        let back = (0..).zip(told).find(goes_back).map(|(index, _)| index).filter(|_| visit.left);
        let left = back.map_or(over, |back| back.min(over));
        Some(Self { told, mine, asked: asked.at, until: told[over].at, left, left_at: told[left].at.min(told[over].at) })
    }

    fn judge(&self, world: &World, visit: &Visit, wrong: &dyn Fn(String)) {
        let Some(ladder) = ladder(&visit.step) else {
            return wrong("it asks people, and nobody knows its ladder".to_owned());
        };
        let once = [("escalated", ladder.escalate_after), ("handed_over", ladder.hand_over_after), ("reminded", ladder.remind_after)];
        for (kind, after) in once {
            let fired = self.fired(kind);
            match after {
                Some(after) => self.once(world, (rung(after), kind), after, &fired, wrong),
                // A reminder that comes again is judged below.
                None if fired.is_empty() || (kind == "reminded" && ladder.remind_every.is_some()) => {}
                None => wrong(format!("{kind}, and its ladder says nothing of that")),
            }
        }
        if let Some(every) = ladder.remind_every {
            self.again(world, every, wrong);
        }
        if let Some(after) = ladder.outcome_after
            && self.missed(after).is_some()
        {
            wrong(format!("it stood until {}, and its time was up after {after:?}", self.left_at));
        }
    }

    /// What time did, with where it is told. When somebody leaves and hands over, the line says who; and the whole instance's time is
    /// told at the step where it stands then.
    fn fired(&self, kind: &str) -> Vec<(usize, &'t Told)> {
        let of = |entry: &Told| entry.kind == kind && entry.detail.get("from").is_none() && (kind != "escalated" || is_of_step(entry));
        self.mine.iter().copied().filter(|(_, entry)| of(entry)).collect()
    }

    /// A rung that comes once.
    fn once(&self, world: &World, name: (&str, &str), after: Span, fired: &[(usize, &Told)], wrong: &dyn Fn(String)) {
        let (what, kind) = name;
        world.count(&format!("{what} {kind} {}", fired.len()));
        if fired.len() > 1 {
            wrong(format!("{kind} {} times", fired.len()));
        }
        for (index, entry) in fired {
            match after.due(self.asked, &pauses(&self.told[..*index])) {
                None => wrong(format!("{kind} at {}, while no clock ran", entry.at)),
                Some(due) if entry.at + SignedDuration::from_secs(2) < due => {
                    wrong(format!("{kind} at {}, after {after:?} from {} it is due at {due}", entry.at, self.asked));
                }
                Some(due) if entry.at > due + LATE + APART => wrong(format!("{kind} at {}, and it was due at {due}", entry.at)),
                Some(_) => {}
            }
        }
        if fired.is_empty()
            && let Some(due) = self.missed(after)
        {
            wrong(format!("it stood until {}, and nothing was {kind}, which was due at {due}", self.left_at));
        }
    }

    /// When something was due that must have come before the visit was over.
    fn missed(&self, after: Span) -> Option<Timestamp> {
        // Counting minutes takes its time: most are over long before.
        if self.left_at.duration_since(self.asked) <= after.least() + LATE + APART {
            return None;
        }
        after.due(self.asked, &pauses(&self.told[..self.left])).filter(|due| self.left_at > *due + LATE + APART)
    }

    /// A reminder that comes again and again.
    fn again(&self, world: &World, every: Span, wrong: &dyn Fn(String)) {
        world.count(&format!("{} reminded", rung(every)));
        let reminded = i64::try_from(self.fired("reminded").len()).unwrap_or(i64::MAX);
        if reminded == 0 && self.left_at.duration_since(self.asked) < every.least() {
            return;
        }
        let pauses = pauses(self.told);
        let passed = |until| every.passed(self.asked, until, &pauses);
        let (most, least) = (every.fits(passed(self.until) + APART), every.fits(passed(self.left_at) - LATE - APART));
        if reminded > most || reminded < least {
            wrong(format!("reminded {reminded} times from {} to {}, each {every:?}: {least} to {most}", self.asked, self.until));
        }
    }
}

fn rung(after: Span) -> &'static str {
    if after.works() { "Working rung" } else { "Rung" }
}

/// The ladders of steps escalate to whoever runs the flow, that of a whole instance to the board.
fn is_of_step(entry: &Told) -> bool {
    entry.detail["to"] == serde_json::json!([BOSS])
}

/// When the instance was suspended, as far as a history says.
fn pauses(told: &[Told]) -> Vec<Pause> {
    let mut pauses: Vec<Pause> = Vec::new();
    for entry in told {
        match (entry.kind.as_str(), pauses.last_mut()) {
            ("suspended", _) => pauses.push(Pause { since: entry.at, until: None }),
            ("resumed", Some(last)) => last.until = last.until.or(Some(entry.at.max(last.since))),
            _ => {}
        }
    }
    pauses
}
