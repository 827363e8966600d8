//! Templates of notices to people: subject and text, by language (`flows/templates/*.yaml`).

use crate::domain::diagnostic::{Report, Spanned};
use crate::domain::expression::{Budget, EvaluateError, Place, Scope, ScopeType, Template};
use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape, TITLE};
use crate::domain::text::tree::{Node, NodeKind};
use std::sync::Arc;

/// The shape of a notice template.
pub static SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "template",
    doc: "A notice to people: subject and text, one or by language.",
    fields: &[
        FORMAT,
        Field::required("template", Shape::Id, "the id of the template"),
        TITLE,
        Field::required("subject", Shape::Title, "the subject line; names of the flow stand in `{{…}}`"),
        Field::required("text", Shape::Title, "the text; names of the flow stand in `{{…}}`"),
    ],
});

/// A notice template as written: the places are kept for findings of the flows that use it.
#[derive(Clone, Debug)]
pub struct NoticeText {
    /// Its id.
    pub id: Arc<str>,
    subject: Vec<(Arc<str>, Node)>,
    text: Vec<(Arc<str>, Node)>,
}

/// A template compiled for what one flow's expressions see.
#[derive(Clone, Debug)]
pub struct Notice {
    subject: Vec<(Arc<str>, Template)>,
    text: Vec<(Arc<str>, Template)>,
}

impl NoticeText {
    /// Reads a tree that was checked against `SHAPE`.
    pub fn read(node: &Node) -> Option<NoticeText> {
        let texts = |key: &str| node.get(key).map(by_language).unwrap_or_default();
        Some(NoticeText { id: node.get("template")?.text()?.into(), subject: texts("subject"), text: texts("text") })
    }

    /// Compiles it; findings name places in the template's file, whose report this is.
    pub fn compile(&self, scope: &ScopeType, report: &mut Report) -> Notice {
        let mut compile = |texts: &[(Arc<str>, Node)], key: &str| {
            let one = |(language, node): &(Arc<str>, Node)| Some((language.clone(), compile_one(node, key, scope, report)?));
            texts.iter().filter_map(one).collect()
        };
        Notice { subject: compile(&self.subject, "subject"), text: compile(&self.text, "text") }
    }

    /// The id and where the subject stands, for findings.
    pub fn place(&self) -> Spanned<Arc<str>> {
        Spanned::new(self.id.clone(), self.subject.first().map(|(_, node)| node.span).unwrap_or_default())
    }
}

impl Notice {
    /// Subject and text in a language, else in the first one written.
    pub fn render(&self, language: &str, scope: &Scope<'_>) -> Result<(String, String), EvaluateError> {
        let mut budget = Budget::default();
        let mut one = |texts: &[(Arc<str>, Template)]| {
            let template = texts.iter().find(|(known, _)| **known == *language).or_else(|| texts.first());
            template.map_or(Ok(String::new()), |(_, template)| template.render(scope, &mut budget))
        };
        // A subject is one line whatever the document holds.
        let subject = one(&self.subject)?.replace(['\r', '\n'], " ");
        Ok((subject, one(&self.text)?))
    }
}

fn by_language(node: &Node) -> Vec<(Arc<str>, Node)> {
    match &node.kind {
        NodeKind::Map(entries) => entries.iter().map(|(key, value)| (Arc::from(key.text.as_str()), value.clone())).collect(),
        _ => vec![(Arc::from(""), node.clone())],
    }
}

fn compile_one(node: &Node, key: &str, scope: &ScopeType, report: &mut Report) -> Option<Template> {
    match Template::compile(node.text()?, Place::Plain, scope) {
        Ok(template) => Some(template),
        Err(problems) => {
            for problem in problems {
                let diagnostic = report.error(problem.code, node.part(problem.offset, problem.length), problem.message).at(key);
                diagnostic.hint = problem.hint;
            }
            None
        }
    }
}
