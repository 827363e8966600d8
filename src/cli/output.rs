//! How the command line shows findings and results: for people with the line and a caret, or as JSON.

use crate::domain::diagnostic::{Diagnostic, Severity};
use crate::domain::text::files::Files;
use serde_json::json;
use std::fmt::Write;
use std::io::IsTerminal;

/// The form of the output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum OutputFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

/// Whether colour is used. What is shown reads the same without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Terminal colours.
    Always,
    /// Plain text.
    Never,
}

impl Colour {
    /// Colour on terminals, unless `NO_COLOR` is set (to anything but nothing).
    pub fn of_terminal() -> Colour {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        if std::io::stdout().is_terminal() && !refused { Colour::Always } else { Colour::Never }
    }

    /// The text in a colour, by its terminal code.
    pub fn paint(self, code: &str, text: &str) -> String {
        match self {
            Colour::Always => format!("\x1b[{code}m{text}\x1b[0m"),
            Colour::Never => text.to_owned(),
        }
    }
}

const BOLD: &str = "1";
const RED: &str = "1;31";
const YELLOW: &str = "1;33";
const BLUE: &str = "34";

/// Findings with the lines they are about, and a closing sentence.
pub fn findings(diagnostics: &[Diagnostic], files: &Files, colour: Colour) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        finding(&mut out, diagnostic, files, colour);
        out.push('\n');
    }
    out
}

/// How many errors and warnings there are, in words.
pub fn counts(diagnostics: &[Diagnostic]) -> String {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    let warnings = diagnostics.len() - errors;
    match (errors, warnings) {
        (0, 0) => "no problems".to_owned(),
        (_, 0) => many(errors, "error"),
        (0, _) => many(warnings, "warning"),
        _ => format!("{}, {}", many(errors, "error"), many(warnings, "warning")),
    }
}

/// `1 error`, `2 errors`.
pub fn many(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// Findings as JSON.
pub fn findings_json(diagnostics: &[Diagnostic]) -> serde_json::Value {
    let errors = diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error).count();
    json!({"errors": errors, "warnings": diagnostics.len() - errors, "diagnostics": diagnostics})
}

fn finding(out: &mut String, diagnostic: &Diagnostic, files: &Files, colour: Colour) {
    let (word, paint) = match diagnostic.severity {
        Severity::Error => ("error", RED),
        Severity::Warning => ("warning", YELLOW),
    };
    let head = format!("{word}[{}]", diagnostic.code);
    // Writing into a string cannot fail.
    let _ = writeln!(out, "{}{}", colour.paint(paint, &head), colour.paint(BOLD, &format!(": {}", printable(&diagnostic.message))));
    let file = printable(&diagnostic.file);
    if diagnostic.span.line == 0 {
        let _ = writeln!(out, "  {} {file}", colour.paint(BLUE, "-->"));
    } else {
        let _ = writeln!(out, "  {} {file}:{}:{}", colour.paint(BLUE, "-->"), diagnostic.span.line, diagnostic.span.column);
        if let Some(line) = files.get(&diagnostic.file).and_then(|text| line_of(text, diagnostic.span.line)) {
            excerpt(out, diagnostic, line, paint, colour);
        }
    }
    if !diagnostic.path.is_empty() {
        let _ = writeln!(out, "  in: {}", printable(&diagnostic.path));
    }
    if let Some(hint) = &diagnostic.hint {
        let _ = writeln!(out, "  hint: {}", printable(hint));
    }
}

/// Lines end as the YAML parser sees them end: `\n`, `\r\n` or `\r`.
fn line_of(text: &str, number: u32) -> Option<&str> {
    let mut rest = text.trim_start_matches('\u{feff}');
    for _ in 1..number {
        let at = rest.find(['\n', '\r'])?;
        rest = if rest[at..].starts_with("\r\n") { &rest[at + 2..] } else { &rest[at + 1..] };
    }
    Some(rest.split(['\n', '\r']).next().unwrap_or_default())
}

/// Characters of a line that are shown; the rest is cut on both sides of the place.
const SHOWN: usize = 110;
/// Characters shown before the place in a long line.
const BEFORE: usize = 50;

fn excerpt(out: &mut String, diagnostic: &Diagnostic, line: &str, paint: &str, colour: Colour) {
    let characters: Vec<char> = line.chars().collect();
    let column = (diagnostic.span.column as usize).saturating_sub(1).min(characters.len());
    let start = if characters.len() > SHOWN { column.saturating_sub(BEFORE) } else { 0 };
    let end = (start + SHOWN).min(characters.len());
    let before: String = characters[start..column.max(start)].iter().collect();
    let shown: String = characters[start..end].iter().collect();
    let marked: String = characters[column..end.max(column)].iter().take(diagnostic.span.length.max(1) as usize).collect();
    let (cut_before, cut_after) = (if start > 0 { "…" } else { "" }, if end < characters.len() { "…" } else { "" });
    let number = diagnostic.span.line.to_string();
    let gutter = " ".repeat(number.len());
    let bar = colour.paint(BLUE, "|");
    let _ = writeln!(out, " {gutter} {bar}");
    let _ = writeln!(out, " {} {bar} {cut_before}{}{cut_after}", colour.paint(BLUE, &number), printable(&shown));
    let indent = " ".repeat(width(cut_before) + width(&printable(&before)));
    let carets = "^".repeat(width(&printable(&marked)).max(1));
    let _ = writeln!(out, " {gutter} {bar} {indent}{}", colour.paint(paint, &carets));
}

/// Text from files never steers the terminal: control characters and reversals of direction become `·`.
pub(super) fn printable(text: &str) -> String {
    let one = |letter: char| match letter {
        '\t' => ' ',
        '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => '·',
        letter if letter.is_control() => '·',
        letter => letter,
    };
    text.chars().map(one).collect()
}

/// Columns a text takes on a terminal: East Asian characters take two.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(|letter| if is_wide(letter) { 2 } else { 1 }).sum()
}

fn is_wide(letter: char) -> bool {
    matches!(u32::from(letter),
        0x1100..=0x115f | 0x2e80..=0x303e | 0x3041..=0x33ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xa000..=0xa4cf
        | 0xac00..=0xd7a3 | 0xf900..=0xfaff | 0xfe30..=0xfe4f | 0xff00..=0xff60 | 0xffe0..=0xffe6 | 0x1f300..=0x1f64f | 0x20000..=0x3fffd)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::{Hint, Report, Span};

    fn shown(text: &str, span: Span, hint: Option<&str>) -> String {
        let files: Files = [("flows/a.yaml", text)].into_iter().collect();
        let mut report = Report::new("flows/a.yaml");
        let diagnostic = report.error("unknown_key", span, "`x` is not known here");
        diagnostic.hint = hint.map(Hint::from);
        findings(&report.into_items(), &files, Colour::Never)
    }

    #[test]
    fn a_finding_shows_its_line_and_a_caret() {
        let span = Span { line: 2, column: 6, offset: 0, length: 3 };
        let text = shown("a: 1\r\nbcd: efg\r\n", span, Some("did you mean `y`?"));
        assert_eq!(
            text,
            "error[unknown_key]: `x` is not known here\n  --> flows/a.yaml:2:6\n   |\n 2 | bcd: efg\n   |      ^^^\n  hint: did you mean `y`?\n\n"
        );
    }

    #[test]
    fn carets_stand_under_wide_characters() {
        let text = shown("标题: 采购\n", Span { line: 1, column: 5, offset: 0, length: 2 }, None);
        assert!(text.contains(" 1 | 标题: 采购\n   |       ^^^^\n"), "{text}");
    }

    #[test]
    fn places_outside_the_text_and_long_lines_are_borne() {
        for (line, column, length) in [(9, 1, 1), (1, 900, 5), (0, 0, 0), (1, 1, u32::MAX), (u32::MAX, u32::MAX, 1)] {
            let text = shown("a: 1\n", Span { line, column, offset: 0, length }, None);
            assert!(text.starts_with("error[unknown_key]"), "{text}");
        }
        let long = format!("a: {}X{}\n", "x".repeat(500), "y".repeat(500));
        let text = shown(&long, Span { line: 1, column: 504, offset: 503, length: 1 }, None);
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[3].chars().count() < 130 && lines[3].starts_with(" 1 | …") && lines[3].ends_with('…'), "{text}");
        let caret = lines[4].find('^').unwrap();
        assert_eq!(lines[3].chars().nth(caret), Some('X'));
    }

    #[test]
    fn files_cannot_steer_the_terminal() {
        let text = shown("a: \x1b[31m\u{202e}\n", Span { line: 1, column: 1, offset: 0, length: 1 }, Some("\x1b[2J"));
        assert!(!text.contains('\x1b') && !text.contains('\u{202e}'), "{text:?}");
    }

    #[test]
    fn counts_read_as_sentences() {
        let mut report = Report::new("a");
        assert_eq!(counts(&[]), "no problems");
        report.error("unknown_key", Span::default(), "");
        report.warning("unknown_key", Span::default(), "");
        report.warning("unknown_key", Span::default(), "");
        assert_eq!(counts(&report.into_items()), "1 error, 2 warnings");
    }
}
