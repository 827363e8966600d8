//! `sources:` of the directory: which connections say who works here.

use super::joined::{Source, ToldField};
use super::organisation::KnownBy;
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::text::units;
use std::sync::Arc;

/// How often a source is read where nothing is said: people come and go by the day, and some vendors count calls by the month.
const EVERY_MILLIS: u64 = 24 * 3_600_000;
/// At least so long between two readings of everybody.
const EVERY_LEAST_MILLIS: u64 = 60_000;
/// So many of a hundred may be gone at once where nothing is said.
const MOST_GONE: u32 = 10;

/// Words of `ToldField::WINNABLE`.
const FIELDS: &[&str] = &["name", "email", "department", "manager", "title", "parent", "head"];

/// One source.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "organisation_source",
    doc: "A connected system that says who works here. What the file says counts more, but where the source `wins`; what it leaves open the source fills in; who has left by either has left.",
    fields: &[
        Field::required("connection", Shape::Id, "the connection"),
        Field::optional(
            "people",
            Shape::Id,
            "its read that lists `people`, asked for each department where it takes `department`; it may also give `leaders` (of that department) and `left`, ids of those who are listed; `list_people` when left out",
        ),
        Field::optional(
            "departments",
            Shape::Either(&[Shape::Word(&["none"]), Shape::Id]),
            "its read that lists `departments`, asked for those below each where it takes `parent`; `list_departments` when left out",
        ),
        Field::optional("every", Shape::Duration, "how often all of it is read; `1d` when left out"),
        Field::optional("known_by", Shape::Word(&["id", "number", "email"]), "which of its names for a person is ours; `id` when left out"),
        Field::optional("wins", Shape::List(&Shape::Word(FIELDS)), "fields in which its word counts more than this file's"),
        Field::optional(
            "most_gone",
            Shape::Int,
            "so many of a hundred people may be gone from one reading to the next; more is held back until somebody has looked; 10 when left out",
        ),
    ],
};

/// Reads the list; each connection stands in it once.
pub(super) fn read(node: Option<&Node>, report: &mut Report) -> Vec<Arc<Source>> {
    let mut sources: Vec<Arc<Source>> = Vec::new();
    for item in node.map(Node::items).unwrap_or_default() {
        let Some(connection) = item.get("connection").and_then(Node::text) else { continue };
        if sources.iter().any(|known| *known.connection == *connection) {
            report.error("duplicate_key", item.span, format!("the source `{connection}` stands twice")).at("sources");
            continue;
        }
        let word = |key: &str| item.get(key).and_then(Node::text);
        let named = |key: &str, default: &str| Arc::from(word(key).unwrap_or(default));
        let every = item.get("every").and_then(|every| {
            let span = every.text().and_then(units::duration);
            let Some(units::Span::Plain(millis)) = span else {
                report.error("bad_value", every.span, "a source is read by plain time").at("sources.every").hint("write for example `1d`");
                return None;
            };
            if millis < EVERY_LEAST_MILLIS {
                report.error("out_of_range", every.span, "everybody is read once a minute at most").at("sources.every");
            }
            Some(millis)
        });
        let most_gone = item.get("most_gone").and_then(|most| {
            let percent = most.int().and_then(|percent| u32::try_from(percent).ok()).filter(|percent| *percent <= 100);
            if percent.is_none() {
                report.error("out_of_range", most.span, "0 to 100 of a hundred").at("sources.most_gone");
            }
            percent
        });
        let wins = item.get("wins").map(Node::items).unwrap_or_default().iter().filter_map(Node::text);
        let field = |word: &str| ToldField::WINNABLE.into_iter().find(|field| field.word() == word);
        sources.push(Arc::new(Source {
            connection: connection.into(),
            people: named("people", "list_people"),
            departments: Some(named("departments", "list_departments")).filter(|operation| **operation != *"none"),
            every_millis: every.unwrap_or(EVERY_MILLIS),
            known_by: match word("known_by") {
                Some("number") => KnownBy::Number,
                Some("email") => KnownBy::Email,
                _ => KnownBy::Id,
            },
            wins: wins.filter_map(field).collect(),
            most_gone: most_gone.unwrap_or(MOST_GONE),
            span: item.span,
        }));
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_a_field() {
        assert_eq!(FIELDS.to_vec(), ToldField::WINNABLE.map(ToldField::word).to_vec());
    }
}
