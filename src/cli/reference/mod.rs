//! The pages of the docs that come from the code: command line, configuration, language, metrics. One file a page.

mod approvals;
mod commands;
pub mod connectors;
pub mod gallery;
mod language;
mod metrics;
mod settings;

use super::generate::Generated;
use crate::domain::text::shape::Shape;

/// Every generated page of the reference.
pub fn pages() -> Vec<Generated> {
    let page = |name: &str, text: String| Generated { path: format!("docs/reference/{name}.md"), text };
    let metrics = Generated { path: "docs/operations/metrics.md".to_owned(), text: metrics::page() };
    vec![
        page("approvals", approvals::page()),
        page("cli", commands::page()),
        page("config", settings::page()),
        page("language", language::page()),
        metrics,
    ]
}

/// What stands on top of every page, so that nobody edits it.
fn top(title: &str, from: &str) -> String {
    format!("# {title}\n\nGenerated from {from} by `UPDATE=1 cargo test --test generated`; edit the code, not this page.\n")
}

/// A text that may stand in a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace('\n', " ")
}

/// A sentence as the tables print it: with a capital and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.is_empty() || text.ends_with(['.', '!', '?', '…']) { "" } else { "." };
    cell(&format!("{first}{}{stop}", letters.as_str()))
}

/// What may stand at a place, in words; `name` says how a shape with keys of its own is called here.
fn form(shape: &Shape, name: &dyn Fn(&str) -> String) -> String {
    match shape {
        Shape::Any => "anything".to_owned(),
        Shape::Text => "text".to_owned(),
        Shape::Id => "id".to_owned(),
        Shape::Reference => "reference".to_owned(),
        Shape::Bool => "`true` or `false`".to_owned(),
        Shape::Int => "whole number".to_owned(),
        Shape::Decimal => "quoted decimal".to_owned(),
        Shape::Duration => "duration".to_owned(),
        Shape::Size => "size".to_owned(),
        Shape::Rate => "rate".to_owned(),
        Shape::Expression => "CEL".to_owned(),
        Shape::Path => "JSONPath".to_owned(),
        Shape::Template => "template".to_owned(),
        Shape::Title => "title".to_owned(),
        Shape::Setting => "value or `{secret: …}`".to_owned(),
        Shape::Word(words) => words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "),
        Shape::Object(object) => name(object.name),
        Shape::Keyed(keyed) => name(keyed.name),
        Shape::Tagged(tagged) => name(tagged.name),
        Shape::List(item) => format!("list of {}", form(item, name)),
        Shape::Map(item) => format!("names to {}", form(item, name)),
        Shape::IdMap(item) => format!("ids to {}", form(item, name)),
        Shape::OneOrMany(item) => format!("{}, or a list of them", form(item, name)),
        Shape::Either(options) => options.iter().map(|option| form(option, name)).collect::<Vec<_>>().join(" or "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_name_what_people_look_up() {
        for (page, words) in [
            ("docs/reference/cli.md", &["## waybill simulate", "## waybill exceptions mark-done", "--answers"][..]),
            ("docs/reference/config.md", &["## `gateway`", "WAYBILL_GATEWAY_ALLOW_LOOPBACK", "permissions"]),
            ("docs/reference/language.md", &["### flow: await", "### connector: idempotency", "| `ask_after` |", "not available yet"]),
        ] {
            let text = pages().into_iter().find(|found| found.path == page).unwrap().text;
            for word in words {
                assert!(text.contains(word), "{page} lacks `{word}`");
            }
        }
    }

    #[test]
    fn every_link_of_the_language_page_has_its_heading() {
        let text = language::page();
        let headings: Vec<String> = text.lines().filter_map(|line| line.strip_prefix("### ")).map(|line| line.replace(": ", "-")).collect();
        let links = text.split("](#").skip(1).filter_map(|rest| rest.split(')').next());
        let lost: Vec<&str> = links.filter(|link| !headings.iter().any(|heading| heading == link)).collect();
        assert_eq!(lost, Vec::<&str>::new());
    }

    #[test]
    fn no_two_shapes_of_a_kind_share_a_heading() {
        let text = language::page();
        let mut headings: Vec<&str> = text.lines().filter(|line| line.starts_with("### ")).collect();
        let all = headings.len();
        headings.sort_unstable();
        headings.dedup();
        assert_eq!(headings.len(), all);
    }

    #[test]
    fn sentences_fit_a_cell() {
        assert_eq!(sentence("the key, `a|b`"), "The key, `a\\|b`.");
        assert_eq!(sentence(""), "");
    }
}
