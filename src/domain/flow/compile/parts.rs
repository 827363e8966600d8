//! Small parts that several places of a flow share: people, durations, statuses, policies.

use super::Compiler;
use crate::domain::diagnostic::Span;
use crate::domain::flow::effect::Cause;
use crate::domain::flow::environment::Person;
use crate::domain::flow::event::Outcome;
use crate::domain::flow::flow::{OnError, Policy, Who};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::text::units;

impl Compiler<'_> {
    /// `initiator`, `{role: …}` or `{user: …}`.
    pub fn who(&mut self, node: Option<&Node>) -> Option<Who> {
        let node = node?;
        if node.text() == Some("initiator") {
            return Some(Who::Initiator);
        }
        if let Some(role) = node.get("role") {
            let name = role.text()?;
            self.people_role(role);
            return Some(Who::Person(Person::Role(name.to_owned())));
        }
        let user = node.get("user").and_then(Node::text)?;
        Some(Who::Person(Person::User(user.to_owned())))
    }

    /// Who keeps the flow's instances moving.
    pub fn co_managers(&mut self, node: Option<&Node>) -> Vec<crate::domain::directory::Who> {
        let Some(node) = node else { return Vec::new() };
        let each = if let NodeKind::List(items) = &node.kind { items.as_slice() } else { std::slice::from_ref(node) };
        for role in each.iter().filter_map(|one| one.get("role")) {
            self.people_role(role);
        }
        each.iter().filter_map(crate::domain::directory::Who::read).collect()
    }

    /// A role that people are asked, told or handed something by: there is one of this name, and somebody has it.
    pub fn people_role(&mut self, role: &Node) {
        let Some(name) = role.text() else { return };
        if !self.env.people_roles.contains(name) {
            self.unknown("role of people", name, role.span, self.env.people_roles.iter());
        } else if self.env.vacant_roles.contains(name) {
            self.report
                .warning("vacant_role", role.span, format!("nobody who works here has the role `{name}`"))
                .hint("give it to somebody in the directory, or ask somebody else");
        }
    }

    /// A duration; working time needs a calendar, of the step or of the flow.
    pub fn duration(&mut self, node: Option<&Node>) -> Option<units::Span> {
        let node = node?;
        let span = node.text().and_then(units::duration)?;
        let days = match span {
            units::Span::Plain(_) => return Some(span),
            units::Span::WorkingDays(days) => days,
            // No honest day has less than four working hours.
            units::Span::WorkingHours(hours) => hours.div_ceil(4),
        };
        match self.clock.clone() {
            Some(calendar) => {
                let longest = self.working_days.entry(calendar).or_default();
                *longest = days.max(*longest);
            }
            None => {
                self.report
                    .warning("no_calendar", node.span, "this is working time, but no calendar says which: every day counts, and every hour")
                    .hint("add `calendar: …` to the flow or to the step");
            }
        }
        Some(span)
    }

    /// Plain time in milliseconds; working time is refused.
    pub fn plain_time(&mut self, node: &Node) -> Option<u64> {
        let span = units::duration(node.text()?)?;
        if span.millis().is_none() {
            self.report
                .error("bad_value", node.span, "retries are counted in plain time, not in working time")
                .hint("write for example `3d`");
        }
        span.millis()
    }

    /// An outcome that a flow may state.
    pub fn outcome(&mut self, node: Option<&Node>) -> Option<Outcome> {
        Outcome::from_word(node?.text()?).filter(|outcome| outcome.is_final())
    }

    /// Reports a status that is not in a document type's vocabulary.
    pub fn check_status(&mut self, document: &str, status: &str, span: Span) {
        let Some(info) = self.env.documents.get(document) else { return };
        if !info.statuses.iter().any(|known| known == status) {
            self.unknown(&format!("status of `{document}`"), status, span, info.statuses.iter());
        }
    }

    pub(super) fn policy(&mut self, row: &Node) -> Option<Policy> {
        let cause = Cause::from_word(row.get("cause")?.text()?)?;
        let retry_for_millis = row.get("retry_for").and_then(|node| self.plain_time(node));
        let then = match row.get("then").and_then(Node::text) {
            Some("continue") => OnError::Continue,
            _ => OnError::Exception,
        };
        Some(Policy { cause, retry_for_millis, then, owner: self.who(row.get("owner")) })
    }
}
