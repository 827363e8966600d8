//! `notice`: what templates and mappings of notices see beside the document.

use crate::domain::value::{ObjectType, Type, TypeField, Value};
use std::sync::Arc;

/// What people are told about a step, beside what a `notify` step says: the words under `notices`.
pub const EVENTS: &[&str] = &["turn", "copied", "returned", "mentioned", "urged", "reminded", "escalated"];

/// One thing told, before it is put into words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// One of `EVENTS`, or `notify`.
    pub event: String,
    /// Whom it goes to; one person where the channel takes them one by one.
    pub people: Vec<String>,
    /// The name of the first.
    pub person_name: String,
    /// The names of those for whom they decide; empty where it is their own duty.
    pub on_behalf_of: String,
    /// The language it is written in; empty for the first that is written.
    pub language: String,
    /// Whether it waits for nothing.
    pub urgent: bool,
    /// The type of the document.
    pub document_kind: String,
    /// Its business key.
    pub key: String,
    /// The step.
    pub step: String,
    /// What the step is called.
    pub step_title: String,
    /// When it happened, RFC 3339.
    pub at: String,
    /// Where it can be seen; empty where there is nothing to see.
    pub url: String,
    /// Where the task is agreed to by one click and a confirmation; empty where that is not offered.
    pub approve_url: String,
    /// Where it is refused.
    pub reject_url: String,
}

/// A notice in words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// What a digest bundles: subject and address each; empty for a notice of its own.
    pub items: Vec<(String, String)>,
}

const TEXTS: [&str; 10] =
    ["event", "person", "person_name", "on_behalf_of", "language", "document_kind", "key", "step", "step_title", "at"];

/// The type of `notice`, for templates (without its words) and for mappings.
pub fn value_type() -> Type {
    let text = |name: &str| -> (Arc<str>, TypeField) { (Arc::from(name), field(Type::Text)) };
    let item = object("notice_item", ["subject", "url"].map(text).into());
    let more = [
        (Arc::from("people"), field(Type::List(Box::new(Type::Text), None))),
        (Arc::from("urgent"), field(Type::Bool)),
        text("url"),
        text("approve_url"),
        text("reject_url"),
        text("subject"),
        text("text"),
        (Arc::from("items"), field(Type::List(Box::new(item), None))),
    ];
    object("notice", TEXTS.map(text).into_iter().chain(more).collect())
}

pub(super) fn field(of: Type) -> TypeField {
    TypeField { of, required: false, max_length: None }
}

pub(super) fn object(name: &str, fields: Vec<(Arc<str>, TypeField)>) -> Type {
    Type::Object(Arc::new(ObjectType { name: name.into(), fields: fields.into_iter().collect(), open: false }))
}

impl Told {
    /// As templates see it.
    pub fn value(&self) -> Value {
        self.with(None)
    }

    /// As mappings see it: with its words.
    pub fn in_words(&self, words: &Words) -> Value {
        self.with(Some(words))
    }

    fn with(&self, words: Option<&Words>) -> Value {
        let person = self.people.first().map_or("", String::as_str);
        let texts = [
            ("event", self.event.as_str()),
            ("person", person),
            ("person_name", &self.person_name),
            ("on_behalf_of", &self.on_behalf_of),
            ("language", &self.language),
            ("document_kind", &self.document_kind),
            ("key", &self.key),
            ("step", &self.step),
            ("step_title", &self.step_title),
            ("at", &self.at),
            ("url", &self.url),
            ("approve_url", &self.approve_url),
            ("reject_url", &self.reject_url),
        ];
        let mut members: Vec<(&str, Value)> = texts.into_iter().map(|(name, text)| (name, Value::text(text))).collect();
        members.push(("people", Value::list(self.people.iter().map(Value::text))));
        members.push(("urgent", Value::Bool(self.urgent)));
        if let Some(words) = words {
            let item = |(subject, url): &(String, String)| Value::map([("subject", Value::text(subject)), ("url", Value::text(url))]);
            members.push(("subject", Value::text(&words.subject)));
            members.push(("text", Value::text(&words.text)));
            members.push(("items", Value::list(words.items.iter().map(item))));
        }
        Value::map(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_declared_is_what_is_there() {
        let words = Words { subject: "PO-1".to_owned(), text: "text".to_owned(), items: vec![("a".to_owned(), "b".to_owned())] };
        let told = Told { event: "turn".to_owned(), people: vec!["e1".to_owned()], ..Told::default() };
        let value = told.in_words(&words);
        assert_eq!(value_type().read(&value).ok().as_ref(), Some(&value), "every member is declared");
        let Type::Object(declared) = value_type() else { panic!("an object") };
        for name in declared.fields.keys() {
            assert!(!value.member(name).is_unset(), "{name} is there");
        }
    }
}
