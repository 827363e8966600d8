//! What is generated from the code and committed: JSON Schemas of the language, help pages of the error codes, the API
//! description and the reference of command line, configuration and language.
//!
//! `tests/generated.rs` fails when a committed file differs; `UPDATE=1 cargo test --test generated` writes them.

use super::reference;
pub use super::reference::gallery::{Cell, Entry, Shown, entries};
use crate::api::{codes, openapi};
use crate::domain::catalog::Catalog;
use crate::domain::catalog::kinds::KINDS;
use crate::domain::diagnostic::chinese;
use crate::domain::diagnostic::codes::{CODES, is_known};
use crate::domain::text::schema;
use std::fmt::Write;

/// A generated file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Generated {
    /// Path in the repository.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Folders that hold generated files and nothing else.
pub const FOLDERS: &[&str] = &["schemas/language", "docs/errors"];

/// Every generated file.
pub fn generated() -> Vec<Generated> {
    let mut files = schemas();
    files.extend(error_pages());
    files.extend(reference::pages());
    files.push(Generated { path: "docs/api/openapi.json".to_owned(), text: openapi::text() });
    files
}

/// The page that comes from the definitions which the product ships, the projects that use them and their manuals, which `manual`
/// gives by path; the binary does not hold them all.
pub fn connectors(catalog: &Catalog, shown: &[Shown], manual: &dyn Fn(&str) -> Option<String>) -> Generated {
    Generated { path: "docs/reference/connectors.md".to_owned(), text: reference::connectors::page(catalog, shown, manual) }
}

/// Codes of definitions, then of the API; a code that both use has one page.
fn codes() -> impl Iterator<Item = Page> {
    let definitions = CODES.iter().flat_map(|group| group.iter());
    let definitions = definitions.map(|code| Page { code: code.code, status: None, what: code.what, fix: code.fix });
    let problems = codes::ALL.iter().filter(|problem| !is_known(problem.code));
    let problems = problems.map(|problem| Page { code: problem.code, status: Some(problem.status), what: problem.what, fix: problem.fix });
    definitions.chain(problems)
}

struct Page {
    code: &'static str,
    /// The HTTP status, for problems of the API.
    status: Option<http::StatusCode>,
    what: &'static str,
    fix: &'static str,
}

fn schemas() -> Vec<Generated> {
    let with_shape = KINDS.iter().filter_map(|kind| Some((kind, kind.shape?)));
    with_shape
        .map(|(kind, shape)| {
            let json = schema::of_kind(kind.key, kind.title, shape);
            Generated { path: format!("schemas/language/{}.schema.json", kind.key), text: format!("{json:#}\n") }
        })
        .collect()
}

fn error_pages() -> Vec<Generated> {
    let mut index =
        "# Error codes · 错误代码\n\n`waybill check` and the API name these codes; each has a page.\n`waybill check` 和接口给出的代码都列在这里，每个代码有一页说明。\n\n| code 代码 | what happened | 发生了什么 |\n|---|---|---|\n"
            .to_owned();
    for code in codes() {
        // Writing into a string cannot fail.
        let (what, _) = chinese::of(code.code).unwrap_or_default();
        let _ = writeln!(index, "| [`{0}`]({0}.md) | {1} | {what} |", code.code, code.what);
    }
    let mut pages = vec![Generated { path: "docs/errors/README.md".to_owned(), text: index }];
    pages.extend(codes().map(|code| Generated { path: format!("docs/errors/{}.md", code.code), text: page(&code) }));
    pages
}

fn page(page: &Page) -> String {
    let status = page.status.map(|status| format!("HTTP status {}.\n\n", status.as_u16())).unwrap_or_default();
    let chinese = chinese::of(page.code).map(|(what, fix)| format!("\n## 中文\n\n{what}\n\n**怎样处理**：{fix}\n")).unwrap_or_default();
    format!("# `{}`\n\n{status}{}\n\n## How to mend it\n\n{}\n{chinese}", page.code, page.what, page.fix)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_code_is_explained_in_both_languages_and_no_chinese_one_is_left_over() {
        let known: BTreeSet<&str> = codes().map(|page| page.code).collect();
        let chinese: BTreeSet<&str> = chinese::CHINESE.iter().map(|(code, _, _)| *code).collect();
        assert_eq!(known, chinese, "add the sentences to `domain/diagnostic/chinese.rs`");
        assert_eq!(chinese.len(), chinese::CHINESE.len(), "a code stands there twice");
        for (code, what, fix) in chinese::CHINESE {
            assert!(what.ends_with('。') && fix.ends_with('。'), "{code}");
        }
    }
}
