//! When a rung is due: by plain time, or by working time as somebody counts it who has a watch and the office's hours on the wall.

use crate::plain::Plain;
use jiff::civil::date;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// After how long.
#[derive(Clone, Copy, Debug)]
pub enum Span {
    Hours(i64),
    WorkingHours(i64),
    WorkingDays(u32),
}

use Span::{Hours, WorkingDays, WorkingHours};

/// The ladder of a step.
#[derive(Default)]
pub struct Ladder {
    pub remind_every: Option<Span>,
    pub remind_after: Option<Span>,
    pub escalate_after: Option<Span>,
    pub hand_over_after: Option<Span>,
    pub outcome_after: Option<Span>,
}

/// As the content says it.
pub fn ladder(step: &str) -> Option<Ladder> {
    let ladder = |every, escalate, hand_over, outcome| {
        Some(Ladder {
            remind_every: every,
            escalate_after: escalate,
            hand_over_after: hand_over,
            outcome_after: outcome,
            ..Ladder::default()
        })
    };
    match step {
        "lead" | "board" | "second" | "say" => ladder(Some(Hours(6)), Some(Hours(24)), Some(Hours(48)), Some(Hours(144))),
        "first" | "act" => ladder(None, Some(Hours(24)), Some(Hours(48)), None),
        "vote" => ladder(Some(Hours(6)), None, None, Some(Hours(72))),
        "check_it" => ladder(None, None, Some(Hours(48)), None),
        "up" => ladder(Some(WorkingHours(4)), Some(WorkingDays(2)), Some(WorkingDays(3)), None),
        "money" => Some(Ladder { remind_after: Some(WorkingDays(1)), hand_over_after: Some(WorkingDays(2)), ..Ladder::default() }),
        "ask" => ladder(Some(WorkingHours(3)), Some(WorkingDays(1)), Some(WorkingHours(12)), Some(WorkingDays(3))),
        "over" => ladder(Some(WorkingHours(3)), Some(WorkingDays(1)), Some(WorkingDays(2)), Some(WorkingDays(3))),
        _ => None,
    }
}

/// After how long the whole instance of a flow is told of.
pub fn whole(flow: &str) -> Option<Span> {
    (flow == "chain").then_some(Hours(72))
}

/// The office's calendar; `benches/office-content/calendars` says the same.
fn office() -> &'static Plain {
    static OFFICE: OnceLock<Plain> = OnceLock::new();
    OFFICE.get_or_init(|| {
        let (day, free) = (vec![(540, 720), (810, 1080)], Vec::new());
        let week = [day.clone(), day.clone(), day.clone(), free.clone(), day, free.clone(), free];
        let special = BTreeMap::from([(date(2026, 9, 30), false), (date(2026, 10, 1), true)]);
        Plain { zone: "Asia/Shanghai", week, makeup: vec![(600, 960)], special }
    })
}

/// While an instance was suspended: since when, and until when if that came.
#[derive(Clone, Copy, Debug)]
pub struct Pause {
    pub since: Timestamp,
    pub until: Option<Timestamp>,
}

impl Span {
    /// Whether it counts working time.
    pub fn works(self) -> bool {
        !matches!(self, Hours(_))
    }

    /// The least of plain time that it takes, whatever the office's hours are.
    pub fn least(self) -> SignedDuration {
        match self {
            Hours(hours) | WorkingHours(hours) => SignedDuration::from_hours(hours),
            // From closing time to that of a day whose hours are shorter.
            WorkingDays(days) => SignedDuration::from_hours(20) * i32::try_from(days).unwrap_or(1),
        }
    }

    fn after(self, from: Timestamp) -> Timestamp {
        match self {
            Hours(hours) => from + SignedDuration::from_hours(hours),
            WorkingHours(hours) => office().plus(from, SignedDuration::from_hours(hours)),
            WorkingDays(days) => office().plus_days(from, days),
        }
    }

    /// When it is over that began at `from`, with these pauses; none while it stands still.
    pub fn due(self, from: Timestamp, pauses: &[Pause]) -> Option<Timestamp> {
        // What is set while no clock runs has its whole time once they do.
        let still = pauses.iter().find(|pause| pause.since <= from && pause.until.is_none_or(|until| from < until));
        let mut due = self.after(still.map_or(from, |pause| pause.since));
        for pause in pauses.iter().filter(|pause| pause.until.is_none_or(|until| from < until)) {
            let until = pause.until?;
            // The time that was left when it began is left when it ends.
            due = if self.works() && due > pause.since {
                office().plus(until, office().between(pause.since, due))
            } else {
                due + until.duration_since(pause.since)
            };
        }
        Some(due)
    }

    /// How much of its kind of time passes between two moments, without the pauses.
    pub fn passed(self, from: Timestamp, until: Timestamp, pauses: &[Pause]) -> SignedDuration {
        let between = |from: Timestamp, until: Timestamp| match self {
            Hours(_) => until.duration_since(from).max(SignedDuration::ZERO),
            _ => office().between(from, until),
        };
        let paused = pauses.iter().map(|pause| between(pause.since.max(from), pause.until.unwrap_or(until).min(until)));
        paused.fold(between(from, until), |left, paused| left - paused)
    }

    /// Of a rung that comes again: how often it comes in so much time.
    pub fn fits(self, time: SignedDuration) -> i64 {
        time.as_secs() / self.least().as_secs()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The judge and the hub read the same calendar, or every rung would be wrong.
    #[test]
    fn the_judge_has_the_hours_that_the_office_has() {
        let catalog = crate::office::catalog();
        let hub = &catalog.calendars["office"];
        let start: Timestamp = "2026-09-28T01:00:00Z".parse().expect("a timestamp");
        for hour in 0..24 * 12 {
            let (from, until) = (start + SignedDuration::from_hours(hour), start + SignedDuration::from_hours(hour + 1));
            assert_eq!(hub.working_between(from, until), office().between(from, until), "from {from}");
        }
    }
}
