//! Each rung of a ladder once, when its time has come and not before; whoever is reminded again and again is so by the clock.

use super::judge::Told;
use crate::world::World;
use jiff::{SignedDuration, Timestamp};
use waybill::domain::flow::Instance;
use waybill::store::InstanceRow;

/// The ladder of a step, in hours of plain time; none where it counts working time.
struct Ladder {
    remind_every: Option<i64>,
    escalate_after: Option<i64>,
    hand_over_after: Option<i64>,
    outcome_after: Option<i64>,
}

/// As the content says it.
fn ladder(step: &str) -> Option<Ladder> {
    let plain = |every, escalate, hand_over, outcome| {
        Some(Ladder { remind_every: every, escalate_after: escalate, hand_over_after: hand_over, outcome_after: outcome })
    };
    match step {
        "lead" | "board" | "second" | "say" => plain(Some(6), Some(24), Some(48), Some(144)),
        "first" | "act" => plain(None, Some(24), Some(48), None),
        "vote" => plain(Some(6), None, None, Some(72)),
        "check_it" => plain(None, None, Some(48), None),
        _ => None,
    }
}

/// How late a timer may fire in a storm: replicas are dead, the store is away, the clock of whoever fires is behind.
const LATE: SignedDuration = SignedDuration::from_hours(2);
/// What two clocks may be apart.
const APART: SignedDuration = SignedDuration::from_mins(21);

/// Judges all steps that asked people in an instance.
pub fn judge(world: &World, row: &InstanceRow, instance: &Instance, told: &[Told]) {
    for visit in &instance.visits {
        let of = |entry: &&Told| entry.step.as_deref() == Some(&visit.step) && entry.visit == Some(visit.number);
        let mine: Vec<&Told> = told.iter().filter(of).collect();
        let Some(asked) = mine.iter().find(|entry| entry.kind == "asked") else { continue };
        let over = mine.iter().find(|entry| matches!(entry.kind.as_str(), "outcome" | "left" | "done"));
        let ended = told.iter().find(|entry| entry.kind == "ended");
        let Some(until) = over.or(ended.as_ref()).map(|entry| entry.at) else { continue };
        // A visit that the flow went back behind says nothing of its own: it was over when something was next gone back behind
        // or taken over, at the earliest.
        let goes_back = |entry: &&Told| entry.at >= asked.at && matches!(entry.kind.as_str(), "again" | "reaction");
        let left = told.iter().find(goes_back).filter(|_| visit.left).map_or(until, |entry| entry.at.min(until));
        let wrong = |what: String| world.wrong(format!("{} {} at {}#{}: {what}", row.flow, row.id, visit.step, visit.number));
        let Some(ladder) = ladder(&visit.step) else {
            // The whole instance's time is told at the step where it stands then.
            for (kind, most) in [("escalated", 2), ("handed_over", 1)] {
                let found = fired(&mine, kind).len();
                if found > most {
                    wrong(format!("{kind} {found} times"));
                }
            }
            continue;
        };
        let stood = |at: Timestamp| at.duration_since(asked.at) - suspended(told, asked.at, at);
        let (lasted, at_least) = (stood(until), stood(left));
        for (kind, after) in [("escalated", ladder.escalate_after), ("handed_over", ladder.hand_over_after)] {
            let (Some(after), found) = (after.map(SignedDuration::from_hours), fired(&mine, kind)) else { continue };
            world.count(&format!("Rung {kind} {}", found.len()));
            if found.len() > 1 {
                wrong(format!("{kind} {} times", found.len()));
            }
            if let Some(early) = found.iter().find(|entry| stood(entry.at) + SignedDuration::from_secs(2) < after) {
                wrong(format!("{kind} at {}, after {:#} instead of {after:#}", early.at, stood(early.at)));
            }
            if found.is_empty() && at_least > after + LATE + APART {
                wrong(format!("it stood for {at_least:#}, and nothing was {kind}"));
            }
        }
        if let Some(every) = ladder.remind_every.map(SignedDuration::from_hours) {
            let reminded = i64::try_from(fired(&mine, "reminded").len()).unwrap_or(i64::MAX);
            let (most, least) = ((lasted + APART).as_secs() / every.as_secs(), (at_least - LATE - APART).as_secs() / every.as_secs());
            world.count("Rung reminded");
            if reminded > most || reminded < least {
                wrong(format!("reminded {reminded} times in {at_least:#} to {lasted:#}, each {every:#}"));
            }
        }
        if let Some(after) = ladder.outcome_after.map(SignedDuration::from_hours)
            && at_least > after + LATE + APART
        {
            wrong(format!("it stood for {at_least:#}, and its time was up after {after:#}"));
        }
    }
}

/// What time did at a step. When somebody leaves and hands over, the line says who.
fn fired<'t>(mine: &[&'t Told], kind: &str) -> Vec<&'t Told> {
    mine.iter().copied().filter(|entry| entry.kind == kind && entry.detail.get("from").is_none()).collect()
}

/// How long the instance was suspended between two moments.
fn suspended(told: &[Told], from: Timestamp, until: Timestamp) -> SignedDuration {
    let (mut sum, mut since) = (SignedDuration::ZERO, None);
    for entry in told {
        match entry.kind.as_str() {
            "suspended" => since = Some(entry.at),
            "resumed" => {
                if let Some(since) = since.take() {
                    sum += entry.at.min(until).duration_since(since.max(from)).max(SignedDuration::ZERO);
                }
            }
            _ => {}
        }
    }
    if let Some(since) = since {
        sum += until.duration_since(since.max(from)).max(SignedDuration::ZERO);
    }
    sum
}
