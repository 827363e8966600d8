//! What flows are told of the rest of the language: the answer of a flow version to `flow::Environment`.

use super::flow_version::FlowVersion;
use crate::domain::calendar::Calendar;
use crate::domain::directory::{Around, Directory, Who};
use crate::domain::expression::Scope;
use crate::domain::flow::effect::Cause;
use crate::domain::flow::environment::{EventInfo, MapFailure, OperationInfo, Person};
use crate::domain::flow::{Binding, Environment};
use crate::domain::notice::Channel;
use crate::domain::text::units::Span;
use crate::domain::value::Value;
use jiff::{SignedDuration, Timestamp};
use std::sync::Arc;

impl Environment for FlowVersion {
    fn operation(&self, connection: &str, operation: &str) -> Option<&OperationInfo> {
        self.connectors.get(connection)?.info.operations.get(operation)
    }

    fn event(&self, connection: &str, event: &str) -> Option<&EventInfo> {
        self.connectors.get(connection)?.info.events.get(event)
    }

    fn reverse_input(&self, connection: &str, operation: &str, input: &Value, output: &Value) -> Result<Value, String> {
        let connector =
            &self.connectors.get(connection).ok_or_else(|| format!("the flow version has no connection `{connection}`"))?.connector;
        let found = connector.operation(operation).ok_or_else(|| format!("the connector has no operation `{operation}`"))?;
        match connector.reverse_call(found, input, output, "") {
            Ok(Some(call)) => Ok(call.input),
            Ok(None) => Err(format!("nothing undoes `{operation}`")),
            Err(problem) => Err(problem.to_string()),
        }
    }

    fn map(&self, mapping: &str, scope: &Scope<'_>) -> Result<Value, MapFailure> {
        let unknown = || MapFailure { cause: Cause::OurFault, message: format!("the flow version has no mapping `{mapping}`") };
        let mapped = self.mappings.get(mapping).ok_or_else(unknown)?.apply(scope);
        mapped.map(|mapped| mapped.value).map_err(|problem| MapFailure {
            cause: if problem.is_rule_missing() { Cause::RuleMissing } else { Cause::DataWrong },
            message: problem.to_string(),
        })
    }

    fn due(&self, calendar: Option<&str>, from: Timestamp, span: Span) -> Timestamp {
        due(calendar.and_then(|id| self.calendars.get(id)).map(AsRef::as_ref), from, span)
    }

    fn people(&self, who: &Person) -> Vec<String> {
        let who = match who {
            Person::Role(role) => Who::Role(role.as_str().into()),
            Person::User(user) => Who::User(user.as_str().into()),
        };
        let found = self.directory.resolve(&who, &Around::default());
        found.map(|users| users.into_iter().map(|user| user.id.to_string()).collect()).unwrap_or_default()
    }

    fn notice(&self, template: &str, language: &str, scope: &Scope<'_>) -> Result<(String, String), String> {
        let notice = self.notices.get(template).ok_or_else(|| format!("there is no notice template `{template}`"))?;
        notice.render(language, scope).map_err(|problem| problem.to_string())
    }

    fn channel(&self, name: &str) -> Option<&Channel> {
        self.channels.get(name).map(AsRef::as_ref)
    }

    fn language(&self, person: &str) -> &str {
        self.directory.language(person)
    }

    fn directory(&self) -> &Directory {
        &self.directory
    }

    fn faults(&self, kind: &str, document: &Value) -> Vec<String> {
        let problems = self.documents.get(kind).and_then(|kind| kind.validate(&document.to_json()).err());
        problems.unwrap_or_default().iter().map(|problem| format!("`{}` {}", problem.path, problem.message)).collect()
    }

    fn postponed(&self, calendar: Option<&str>, due: Timestamp, from: Timestamp, until: Timestamp) -> Timestamp {
        postponed(calendar.and_then(|id| self.calendars.get(id)).map(AsRef::as_ref), due, from, until)
    }
}

/// When something is due after a pause: the working time that was left when it began is left when it ends, without a calendar
/// the plain time.
fn postponed(calendar: Option<&Calendar>, due: Timestamp, from: Timestamp, until: Timestamp) -> Timestamp {
    let plain = || due.checked_add(until.duration_since(from)).unwrap_or(Timestamp::MAX);
    let counted = calendar.and_then(|calendar| calendar.add_working_time(until, calendar.working_between(from, due)).ok());
    if due <= from { plain() } else { counted.unwrap_or_else(plain) }
}

/// When a span is over. Without a calendar, or with one that never opens, a working day is a day and a working hour an
/// hour: a reminder that comes early is better than none.
fn due(calendar: Option<&Calendar>, from: Timestamp, span: Span) -> Timestamp {
    let plain = |hours: u64| plus(from, hours.saturating_mul(3_600_000));
    match span {
        Span::Plain(millis) => plus(from, millis),
        Span::WorkingDays(days) => {
            calendar.and_then(|calendar| calendar.add_working_days(from, days).ok()).unwrap_or_else(|| plain(u64::from(days) * 24))
        }
        Span::WorkingHours(hours) => {
            calendar.and_then(|calendar| calendar.add_working_hours(from, hours).ok()).unwrap_or_else(|| plain(u64::from(hours)))
        }
    }
}

fn plus(from: Timestamp, millis: u64) -> Timestamp {
    let millis = i64::try_from(millis).unwrap_or(i64::MAX);
    from.checked_add(SignedDuration::from_millis(millis)).unwrap_or(Timestamp::MAX)
}

impl FlowVersion {
    /// Which connection plays which role for a document, as `decide` wants it.
    ///
    /// # Errors
    /// When no row holds, a role has no connection, or a condition fails.
    pub fn bind(&self, document: &Value) -> Result<Binding, crate::domain::binding::BindError> {
        let bound = self.bindings.resolve(&self.flow.document, document, &self.roles)?;
        let texts = |map: indexmap::IndexMap<std::sync::Arc<str>, std::sync::Arc<str>>| {
            map.into_iter().map(|(name, target)| (name.to_string(), target.to_string())).collect()
        };
        Ok(Binding { row: bound.row.to_string(), roles: texts(bound.roles), maps: texts(bound.maps), values: bound.values })
    }

    /// The typed content of a stored document.
    pub fn typed_document(&self, kind: &str, body: &serde_json::Value) -> Value {
        let read = self.documents.get(kind).and_then(|kind| kind.validate(body).ok());
        // What was valid when it was stored stays readable by its own version; anything else is shown as it is.
        read.map_or_else(|| Value::from_json(body), |read| read.value)
    }
}

/// A typed document as expressions see it: with our status of it.
pub fn with_status(document: Value, status: &str) -> Value {
    match document {
        Value::Map(mut map) => {
            Arc::make_mut(&mut map).insert("status".into(), Value::text(status));
            Value::Map(map)
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::Report;
    use crate::domain::text::files::Files;
    use crate::domain::text::tree::parse;

    const CN: &str = "format: 1\ncalendar: cn\nzone: Asia/Shanghai\nweek: {mon-fri: [\"09:00-12:00\", \"13:30-18:00\"]}\ndays: days.csv\n";

    fn calendar() -> Calendar {
        // The first week of October is off, Saturday the 10th is worked for it.
        let off = ["01", "02", "05", "06", "07"].map(|day| format!("2026-10-{day},off,x\n")).concat();
        let days = format!("date,kind,name\n{off}2026-10-10,work,x\n");
        let files: Files = [("days.csv", days.as_str())].into_iter().collect();
        let mut report = Report::new("cn.yaml");
        let node = parse(CN, &mut report).expect("YAML");
        Calendar::read(&node, &files, &mut report).expect("a calendar")
    }

    fn at(local: &str) -> Timestamp {
        format!("{local}+08:00").parse().expect("a time")
    }

    /// September 28 is a Monday.
    #[test]
    fn what_was_left_when_a_pause_began_is_left_when_it_ends() {
        let cn = calendar();
        for (due, from, until, wanted, why) in [
            ("2026-09-28T17:00", "2026-09-28T10:00", "2026-09-28T11:00", "2026-09-28T18:00", "an hour of a working day"),
            (
                "2026-09-28T17:00",
                "2026-09-28T11:00",
                "2026-09-28T14:00",
                "2026-09-29T09:30",
                "four hours and a half were left, the break not among them",
            ),
            ("2026-09-29T10:00", "2026-09-28T19:00", "2026-09-29T07:00", "2026-09-29T10:00", "a pause outside working hours moves nothing"),
            ("2026-09-29T10:00", "2026-09-28T12:15", "2026-09-28T13:15", "2026-09-29T10:00", "nor one within the break"),
            ("2026-09-30T18:00", "2026-09-30T17:00", "2026-10-05T12:00", "2026-10-08T10:00", "over the holiday an hour is left"),
            ("2026-10-09T18:00", "2026-10-09T17:00", "2026-10-09T18:00", "2026-10-10T10:00", "the Saturday is worked"),
            ("2026-09-28T10:00", "2026-09-28T10:00", "2026-09-28T16:00", "2026-09-28T16:00", "what was due at once is due at once"),
            ("2026-09-28T09:00", "2026-09-28T10:00", "2026-09-28T16:00", "2026-09-28T15:00", "what was overdue stays overdue"),
        ] {
            assert_eq!(postponed(Some(&cn), at(due), at(from), at(until)), at(wanted), "{why}");
        }
        let plain = postponed(None, at("2026-09-29T10:00"), at("2026-09-28T19:00"), at("2026-09-29T07:00"));
        assert_eq!(plain, at("2026-09-29T22:00"), "plain time counts day and night");
        assert_eq!(postponed(None, Timestamp::MAX, at("2026-09-28T19:00"), at("2026-09-29T07:00")), Timestamp::MAX, "there is an end");
    }
}
