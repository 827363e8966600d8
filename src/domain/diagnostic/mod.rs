//! What every lint and compile step returns: severity, stable code, file, place, message, hint.
//!
//! Owns the shape of a diagnostic and the collector. It does not print (that is `cli`) and decides nothing.
//! Every code is listed in `codes.rs` and has a help page `docs/errors/<code>.md`.

pub mod chinese;
pub mod codes;
mod fix;

pub use fix::{Edit, Hint};

use serde::Serialize;
use std::sync::Arc;

/// Where something stands in a text file. Lines and columns count from 1, in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Span {
    /// Line, from 1; 0 when the place is unknown.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
    /// Offset in characters from the start of the file.
    pub offset: u32,
    /// Length in characters.
    pub length: u32,
}

impl Span {
    /// A part of this span, by character offset into it; used for places inside an expression.
    pub fn part(self, offset: u32, length: u32) -> Span {
        Span { line: self.line, column: self.column + offset, offset: self.offset + offset, length: length.max(1) }
    }
}

/// A value and where it was written.
#[derive(Clone, Debug, PartialEq)]
pub struct Spanned<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T> Spanned<T> {
    /// Joins a value and its place.
    pub fn new(value: T, span: Span) -> Self {
        Self { value, span }
    }
}

/// How bad it is. Errors stop `check` and `apply`; warnings do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The definition works, but probably not as meant.
    Warning,
    /// The definition cannot be used.
    Error,
}

/// One finding about one place in one file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Stable code, one of `codes::CODES`.
    pub code: &'static str,
    /// The file as it was named to us.
    pub file: Arc<str>,
    /// Where in the file.
    pub span: Span,
    /// Path inside the definition, such as `steps[2].when`; empty for the whole file.
    pub path: String,
    /// What is wrong, in the present tense, literals in backticks.
    pub message: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hint: Option<Hint>,
}

/// Collects the diagnostics of one file; nothing stops at the first.
#[derive(Debug)]
pub struct Report {
    file: Arc<str>,
    items: Vec<Diagnostic>,
    /// Takes what comes after the limit.
    spill: Option<Diagnostic>,
}

/// More diagnostics of one file than this are cut: nobody reads them, and hostile input must stay cheap.
pub const DIAGNOSTICS_PER_FILE_MAX: usize = 200;

impl Report {
    /// An empty report on `file`.
    pub fn new(file: impl Into<Arc<str>>) -> Self {
        Self { file: file.into(), items: Vec::new(), spill: None }
    }

    /// The file this report is on.
    pub fn file(&self) -> Arc<str> {
        self.file.clone()
    }

    /// Records an error. The result lets a hint and a path be added.
    pub fn error(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Severity::Error, code, span, message.into())
    }

    /// Records a warning.
    pub fn warning(&mut self, code: &'static str, span: Span, message: impl Into<String>) -> &mut Diagnostic {
        self.push(Severity::Warning, code, span, message.into())
    }

    fn push(&mut self, severity: Severity, code: &'static str, span: Span, message: String) -> &mut Diagnostic {
        debug_assert!(codes::is_known(code), "diagnostic code `{code}` is not listed in codes.rs");
        let item = Diagnostic { severity, code, file: self.file.clone(), span, path: String::new(), message, hint: None };
        if self.is_full() {
            // An error must not be lost behind warnings: a file is refused for it.
            let warning = self.items.iter().rposition(|item| item.severity == Severity::Warning);
            return match warning {
                Some(at) if severity == Severity::Error => {
                    self.items[at] = item;
                    &mut self.items[at]
                }
                _ => self.spill.insert(item),
            };
        }
        self.items.push(item);
        let last = self.items.len() - 1;
        &mut self.items[last]
    }

    /// Whether so much was found that looking further is not worth it.
    pub fn is_full(&self) -> bool {
        self.items.len() >= DIAGNOSTICS_PER_FILE_MAX
    }

    /// Takes over the findings about another file that this definition refers to (a schema, a table).
    pub fn absorb(&mut self, other: Report) {
        for item in other.items {
            let Diagnostic { severity, code, file, span, path, message, hint } = item;
            let mine = self.push(severity, code, span, message);
            (mine.file, mine.path, mine.hint) = (file, path, hint);
        }
    }

    /// Leaves out findings.
    #[must_use]
    pub fn without(mut self, out: impl Fn(&Diagnostic) -> bool) -> Report {
        self.items.retain(|item| !out(item));
        self
    }

    /// Whether an error was recorded.
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|item| item.severity == Severity::Error)
    }

    /// Whether an error was recorded since there were `before` findings.
    pub fn has_errors_since(&self, before: usize) -> bool {
        self.items.iter().skip(before).any(|item| item.severity == Severity::Error)
    }

    /// How many findings there are; compare before and after to see whether a part was sound.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// The findings so far, in the order they were made.
    pub fn items(&self) -> &[Diagnostic] {
        &self.items
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The findings, in the order of the file; those about other files come by file.
    pub fn into_items(mut self) -> Vec<Diagnostic> {
        self.items.sort_by(|one, two| (&one.file, one.span.offset).cmp(&(&two.file, two.span.offset)));
        self.items
    }
}

impl Diagnostic {
    /// Adds what to do about it.
    pub fn hint(&mut self, hint: impl Into<Hint>) -> &mut Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the path inside the definition.
    pub fn at(&mut self, path: impl Into<String>) -> &mut Self {
        self.path = path.into();
        self
    }
}

/// Longer words are not compared: the cost grows with the square, and nobody means them.
const COMPARED_CHARACTERS_MAX: usize = 64;

/// The nearest of `known` to what was written, for a did-you-mean; none when nothing is near.
pub fn did_you_mean<'a>(written: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if written.chars().nth(COMPARED_CHARACTERS_MAX).is_some() {
        return None;
    }
    known
        .into_iter()
        .map(|word| (strsim::damerau_levenshtein(written, word), word))
        .filter(|(distance, word)| *distance <= (word.chars().count().max(written.chars().count()) / 3).max(1))
        .min()
        .map(|(_, word)| word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_kept_and_warnings_give_way_when_a_report_is_full() {
        let mut report = Report::new("x.yaml");
        for _ in 0..DIAGNOSTICS_PER_FILE_MAX {
            report.warning("unknown_key", Span::default(), "w");
        }
        report.error("unknown_key", Span::default(), "e").hint("kept");
        report.warning("unknown_key", Span::default(), "dropped").hint("dropped");
        assert!(report.has_errors());
        let items = report.into_items();
        assert_eq!(items.len(), DIAGNOSTICS_PER_FILE_MAX);
        assert_eq!(items.iter().filter(|item| item.hint.as_deref() == Some("kept")).count(), 1);
        assert!(items.iter().all(|item| item.message != "dropped"));
    }

    #[test]
    fn near_words_are_offered_and_far_ones_are_not() {
        let known = ["steps", "start", "owner"];
        for (written, wanted) in
            [("stepps", Some("steps")), ("Steps", Some("steps")), ("strat", Some("start")), ("ownr", Some("owner")), ("calendar", None)]
        {
            assert_eq!(did_you_mean(written, known), wanted, "{written}");
        }
        assert_eq!(did_you_mean(&"s".repeat(1_000_000), known), None);
    }
}
