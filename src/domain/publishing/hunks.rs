//! Where two texts differ, line by line, with a few lines around each place.

use serde::{Deserialize, Serialize};
use similar::{ChangeTag, TextDiff};

/// Lines around a change.
const CONTEXT: usize = 3;
/// Comparing costs lines times differences at worst; beyond this a text is shown as replaced.
const LINES_MAX: usize = 6_000;

/// One place where two texts differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Hunk {
    /// First line of the old text, from 1.
    pub before_line: u32,
    /// First line of the new text, from 1.
    pub after_line: u32,
    /// The lines.
    pub lines: Vec<Line>,
}

/// A line of a hunk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Line {
    /// Whether it stays, goes or comes.
    pub tag: Tag,
    /// The line without its end.
    pub text: String,
}

/// What becomes of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tag {
    /// It stands in both.
    Same,
    /// Only in the old text.
    Removed,
    /// Only in the new text.
    Added,
}

/// The hunks between two texts.
pub fn hunks(before: &str, after: &str) -> Vec<Hunk> {
    if before == after {
        return Vec::new();
    }
    if before.lines().count().max(after.lines().count()) > LINES_MAX {
        return vec![replaced(before, after)];
    }
    let diff = TextDiff::from_lines(before, after);
    let hunk = |operations: &Vec<similar::DiffOp>| {
        let first = operations.first();
        let at = |line: Option<usize>| u32::try_from(line.unwrap_or(0)).unwrap_or(u32::MAX).saturating_add(1);
        Hunk {
            before_line: at(first.map(|one| one.old_range().start)),
            after_line: at(first.map(|one| one.new_range().start)),
            lines: operations
                .iter()
                .flat_map(|operation| diff.iter_changes(operation))
                .map(|change| {
                    let tag = match change.tag() {
                        ChangeTag::Equal => Tag::Same,
                        ChangeTag::Delete => Tag::Removed,
                        ChangeTag::Insert => Tag::Added,
                    };
                    line(tag, change.value())
                })
                .collect(),
        }
    };
    diff.grouped_ops(CONTEXT).iter().map(hunk).collect()
}

fn line(tag: Tag, text: &str) -> Line {
    Line { tag, text: text.trim_end_matches(['\n', '\r']).to_owned() }
}

fn replaced(before: &str, after: &str) -> Hunk {
    let gone = before.lines().map(|text| line(Tag::Removed, text));
    Hunk { before_line: 1, after_line: 1, lines: gone.chain(after.lines().map(|text| line(Tag::Added, text))).collect() }
}
