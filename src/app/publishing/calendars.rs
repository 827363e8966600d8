//! Working calendars in force, as pages show them.

use super::Publishing;
use crate::domain::calendar::{Calendar, Hours};
use crate::domain::text::title::Title;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A working calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarView {
    /// Its id.
    pub calendar: String,
    /// What it is called, by language; empty when it has no title.
    #[schema(value_type = HashMap<String, String>)]
    pub title: Title,
    /// Its time zone, a name of the IANA database.
    pub zone: String,
    /// Working hours from Monday to Sunday, each `HH:MM-HH:MM`.
    pub week: Vec<Vec<String>>,
    /// Hours of a make-up working day.
    pub work_day: Vec<String>,
    /// Days that are not as the week says, in order.
    pub days: Vec<CalendarDay>,
    /// The last day whose holidays are known; absent where the week is all there is.
    #[schema(value_type = Option<String>, format = Date)]
    pub known_until: Option<Date>,
    /// Flows that count by it.
    pub flows: Vec<String>,
}

/// A day that is not as the week says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CalendarDay {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// Whether it is worked.
    pub works: bool,
    /// What it is called.
    pub name: Option<String>,
}

impl Publishing {
    /// The calendars in force, by id.
    pub fn calendars(&self) -> Vec<CalendarView> {
        let live = self.live.now();
        let counts_by = |calendar: &str| {
            let flows = live.flows().filter(|flow| {
                let own = flow.calendar.iter().chain(flow.steps.iter().filter_map(|step| step.calendar.as_ref()));
                own.into_iter().any(|known| known == calendar)
            });
            flows.map(|flow| flow.id.clone()).collect()
        };
        live.catalog().calendars.values().map(|calendar| view(calendar, counts_by(&calendar.id))).collect()
    }
}

fn view(calendar: &Calendar, flows: Vec<String>) -> CalendarView {
    let day =
        |(date, works): (&Date, &bool)| CalendarDay { date: *date, works: *works, name: calendar.names.get(date).map(ToString::to_string) };
    CalendarView {
        calendar: calendar.id.to_string(),
        title: calendar.title.clone(),
        zone: calendar.zone.iana_name().unwrap_or("UTC").to_owned(),
        week: calendar.week.iter().map(hours).collect(),
        work_day: hours(&calendar.work_day),
        days: calendar.days.iter().map(day).collect(),
        known_until: calendar.known_until,
        flows,
    }
}

fn hours(hours: &Hours) -> Vec<String> {
    let until = |until: Option<jiff::civil::Time>| until.map_or_else(|| "24:00".to_owned(), |time| time.strftime("%H:%M").to_string());
    hours.iter().map(|(from, to)| format!("{}-{}", from.strftime("%H:%M"), until(*to))).collect()
}
