//! How two contents differ, for people: definitions, their parts, their lines.

use super::output::{Colour, printable};
use crate::domain::publishing::{Change, DefinitionDiff, Diff, FieldDiff, PartDiff, Tag};

/// Longest value of a key that is shown on its line.
const VALUE_CHARACTERS_MAX: usize = 60;

/// A release by its number.
pub fn release(number: u32) -> String {
    if number == 0 { "the empty project (nothing was published yet)".to_owned() } else { format!("release {number}") }
}

/// Definitions and their parts, a line each.
pub fn summary(diff: &Diff) -> String {
    diff.definitions.iter().map(|one| definition(one, Colour::Never)).collect()
}

/// The same with the lines that differ.
pub fn whole(diff: &Diff, colour: Colour) -> String {
    let one = |one: &DefinitionDiff| definition(one, colour) + &lines(one, colour) + "\n";
    diff.definitions.iter().map(one).collect()
}

fn definition(one: &DefinitionDiff, colour: Colour) -> String {
    let (mark, paint) = mark(one.change);
    let path = one.path_after.as_ref().or(one.path_before.as_ref()).map(String::as_str).unwrap_or_default();
    let from = match (&one.path_before, &one.path_after) {
        (Some(before), Some(after)) if before != after => format!(" (was {before})"),
        _ => String::new(),
    };
    let name = if one.id == path { one.kind.clone() } else { format!("{} {}", one.kind, one.id) };
    let through = if one.change == Change::Changed && one.hunks.is_empty() { "  through a file it is made of" } else { "" };
    let head = colour.paint(paint, &printable(&format!("{mark} {name}  {path}{from}{through}")));
    format!("{head}\n{}", one.parts.iter().map(|one| part(one, colour)).collect::<String>())
}

fn part(one: &PartDiff, colour: Colour) -> String {
    let (mark, paint) = mark(one.change);
    let name = if one.name.is_empty() { "itself".to_owned() } else { format!("{} {}", one.what, one.name) };
    let line = one.line_after.or(one.line_before).map(|line| format!(" (line {line})")).unwrap_or_default();
    let place = |place: &Option<String>| place.as_deref().filter(|place| !place.is_empty()).unwrap_or("the top").to_owned();
    let moved = match one.moved || one.change == Change::Moved {
        true if one.parent_before != one.parent_after => {
            format!("  moved from {} to {}", place(&one.parent_before), place(&one.parent_after))
        }
        true => "  moved among its neighbours".to_owned(),
        false => String::new(),
    };
    let head = colour.paint(paint, &printable(&format!("    {mark} {name}{line}{moved}")));
    format!("{head}\n{}", one.fields.iter().map(field).collect::<String>())
}

fn field(one: &FieldDiff) -> String {
    let value = |value: &Option<serde_json::Value>| match value {
        None => "nothing".to_owned(),
        Some(value) => {
            let text = value.to_string();
            let short: String = text.chars().take(VALUE_CHARACTERS_MAX).collect();
            if short.len() < text.len() { format!("{short}…") } else { short }
        }
    };
    let key = if one.key.is_empty() { "value" } else { &one.key };
    printable(&format!("        {key}: {} → {}", value(&one.before), value(&one.after))) + "\n"
}

fn lines(one: &DefinitionDiff, colour: Colour) -> String {
    let mut text = String::new();
    for hunk in &one.hunks {
        text += &colour.paint("36", &format!("  @@ line {} → {} @@", hunk.before_line, hunk.after_line));
        text.push('\n');
        for line in &hunk.lines {
            let (mark, paint) = match line.tag {
                Tag::Same => (' ', ""),
                Tag::Removed => ('-', "31"),
                Tag::Added => ('+', "32"),
            };
            let shown = printable(&format!("  {mark}{}", line.text));
            text += &if paint.is_empty() { shown } else { colour.paint(paint, &shown) };
            text.push('\n');
        }
    }
    text
}

fn mark(change: Change) -> (&'static str, &'static str) {
    match change {
        Change::Added => ("+", "32"),
        Change::Removed => ("-", "31"),
        Change::Changed => ("~", "33"),
        Change::Moved => ("⇄", "34"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::publishing::{Hunk, Line};

    #[test]
    fn a_diff_reads_from_definition_to_line() {
        let part = PartDiff {
            name: "oa".into(),
            what: "call".into(),
            change: Change::Changed,
            moved: true,
            parent_before: Some(String::new()),
            parent_after: Some("size".into()),
            line_before: Some(3),
            line_after: Some(4),
            fields: vec![FieldDiff { key: "map".into(), before: Some("a".into()), after: None }],
        };
        let line = |tag, text: &str| Line { tag, text: text.into() };
        let hunk =
            Hunk { before_line: 3, after_line: 3, lines: vec![line(Tag::Same, "x"), line(Tag::Removed, "y"), line(Tag::Added, "z")] };
        let diff = Diff {
            definitions: vec![DefinitionDiff {
                kind: "flow".into(),
                id: "a".into(),
                change: Change::Changed,
                path_before: Some("flows/a.yaml".into()),
                path_after: Some("flows/b.yaml".into()),
                version_before: None,
                version_after: None,
                parts: vec![part],
                hunks: vec![hunk],
            }],
        };
        assert_eq!(
            whole(&diff, Colour::Never),
            "~ flow a  flows/b.yaml (was flows/a.yaml)\n    ~ call oa (line 4)  moved from the top to size\n        map: \"a\" → nothing\n  @@ line 3 → 3 @@\n   x\n  -y\n  +z\n\n"
        );
        assert_eq!(summary(&Diff::default()), "");
    }
}
