//! What settles a finding: a hint in words, and where it is plain, the change of the text itself.

use super::{Diagnostic, did_you_mean};
use serde::{Serialize, Serializer};
use std::fmt;
use std::ops::Deref;

/// What to do about a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hint {
    words: String,
    meant: Option<String>,
}

impl Hint {
    /// This word was probably meant in place of the one that stands there.
    pub fn meant(word: impl Into<String>) -> Hint {
        let word = word.into();
        Hint { words: format!("did you mean `{word}`?"), meant: Some(word) }
    }
}

impl From<String> for Hint {
    fn from(words: String) -> Self {
        Hint { words, meant: None }
    }
}

impl From<&str> for Hint {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl Deref for Hint {
    type Target = str;

    fn deref(&self) -> &str {
        &self.words
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.words.fmt(formatter)
    }
}

impl Serialize for Hint {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.words.serialize(serializer)
    }
}

/// A change of a text that settles a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// Characters before the place.
    pub offset: u32,
    /// What stands there now.
    pub was: String,
    /// What takes its place.
    pub insert: String,
}

impl Diagnostic {
    /// The change that settles it in the text that it was found in; none where it is not plain.
    pub fn fix(&self, text: &str) -> Option<Edit> {
        let meant = self.hint.as_ref()?.meant.as_deref()?;
        let was: String = text.chars().skip(self.span.offset as usize).take(self.span.length as usize).collect();
        let quote = was.chars().next().filter(|first| matches!(first, '"' | '\'')).map(String::from).unwrap_or_default();
        let word = was.strip_prefix(&*quote)?.strip_suffix(&*quote)?;
        // A place may be wider than the word that the hint is about: that is for the person.
        if word.is_empty() || word == meant || did_you_mean(word, [meant]).is_none() {
            return None;
        }
        let plain = |word: &str| !word.contains(['"', '\'', '\\', '\n']);
        let insert = format!("{quote}{meant}{quote}");
        (plain(word) && plain(meant)).then_some(Edit { offset: self.span.offset, was, insert })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::diagnostic::{Report, Span};

    fn fixed(text: &str, found: &str, hint: Hint) -> Option<String> {
        let before = &text[..text.find(found).expect("it is there")];
        let count = |text: &str| u32::try_from(text.chars().count()).expect("short");
        let (offset, length) = (count(before), count(found));
        let mut report = Report::new("a.yaml");
        report.error("unknown_key", Span { line: 1, column: 1, offset, length }, "not known").hint(hint);
        let edit = report.items()[0].fix(text)?;
        assert_eq!((edit.offset, edit.was.as_str()), (offset, found));
        Some(text.replacen(found, &edit.insert, 1))
    }

    #[test]
    fn the_word_that_was_meant_takes_the_place_in_the_same_quotes() {
        let text = "flow: 采购 🚚\nstepps: []\nmap: \"po_to_ao\"\nname: 'Chen'\n";
        assert_eq!(fixed(text, "stepps", Hint::meant("steps")).as_deref(), Some(&*text.replace("stepps", "steps")));
        assert_eq!(fixed(text, "\"po_to_ao\"", Hint::meant("po_to_oa")).as_deref(), Some(&*text.replace("po_to_ao", "po_to_oa")));
        assert_eq!(fixed(text, "'Chen'", Hint::meant("Chan")).as_deref(), Some(&*text.replace("Chen", "Chan")));
    }

    #[test]
    fn what_is_not_plain_is_left_to_the_person() {
        assert_eq!(fixed("a: stepps\n", "stepps", "remove it".into()), None);
        assert_eq!(fixed("map: {to: a, form: b}\n", "{to: a, form: b}", Hint::meant("from")), None, "the place is wider than the word");
        assert_eq!(fixed("a: \"it's\"\n", "\"it's\"", Hint::meant("its")), None, "quotes in quotes");
        let mut report = Report::new("a.yaml");
        report.error("unknown_key", Span { line: 9, column: 1, offset: 900, length: 3 }, "gone").hint(Hint::meant("a"));
        assert_eq!(report.items()[0].fix("short"), None);
    }
}
