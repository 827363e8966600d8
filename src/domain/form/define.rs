//! Reading `forms/<id>.yaml`: the fields first, then the expressions against their types.

use super::field::{Check, Choice, DIGITS_MAX, Field, FieldKind, Required, Right};
use super::number::{Number, Per};
use super::types;
use super::{FIELDS_MAX, Form, ROWS_MAX, Section};
use crate::domain::diagnostic::{Hint, Report, Span, did_you_mean};
use crate::domain::dictionary::Dictionary;
use crate::domain::expression::{Expression, ScopeType};
use crate::domain::text::title::Title;
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::text::units;
use crate::domain::value::{self, Type, currency};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The dictionaries of the project.
pub type Dictionaries = BTreeMap<Arc<str>, Arc<Dictionary>>;

/// Longest text a field may take.
const TEXT_MAX: i64 = 100_000;
/// Files one field may take.
const FILES_MAX: i64 = 100;

impl Form {
    /// Reads a tree that was checked against `SHAPE`.
    pub fn read(node: &Node, dictionaries: &Dictionaries, report: &mut Report) -> Option<Form> {
        let mut reader = Reader { dictionaries, report, fields: 0 };
        let id: Arc<str> = node.get("form")?.text()?.into();
        let mut sections = reader.sections(node);
        let of = types::of_form(&id, &sections);
        let scope = types::scope(of.clone());
        for (section, written) in sections.iter_mut().zip(node.get("sections")?.items()) {
            reader.expressions(&mut section.fields, written, &scope);
        }
        reader.currencies(node, &sections);
        let checks = reader.checks(node.get("checks"), &scope);
        Some(Form {
            title: Title::read(node.get("title")),
            hint: Title::read(node.get("hint")),
            document: node.get("document")?.text()?.into(),
            map: node.get("map")?.text()?.into(),
            number: node.get("number").map(|number| reader.number(number)),
            zone: reader.zone(node),
            checks,
            sections,
            of,
            id,
        })
    }
}

struct Reader<'a> {
    dictionaries: &'a Dictionaries,
    report: &'a mut Report,
    fields: usize,
}

impl Reader<'_> {
    fn zone(&mut self, node: &Node) -> Arc<str> {
        let Some(written) = node.get("zone") else { return "UTC".into() };
        let name = written.text().unwrap_or_default();
        if value::zone(name).is_none() {
            self.report.error("bad_value", written.span, "this is not a time zone of the IANA database").at("zone");
        }
        name.into()
    }

    fn number(&mut self, node: &Node) -> Number {
        let digits = self.bounded(node, "digits", 1, DIGITS_MAX).and_then(|digits| u32::try_from(digits).ok());
        Number {
            prefix: node.get("prefix").and_then(Node::text).unwrap_or_default().into(),
            per: node.get("per").and_then(Node::text).and_then(Per::of).unwrap_or(Per::Year),
            digits: digits.unwrap_or(Number::DIGITS),
        }
    }

    fn bounded(&mut self, node: &Node, key: &str, least: i64, most: i64) -> Option<i64> {
        let written = node.get(key)?;
        let number = written.int()?;
        if !(least..=most).contains(&number) {
            self.report.error("bad_value", written.span, format!("`{key}` is from {least} to {most}")).at(key.to_owned());
            return None;
        }
        Some(number)
    }

    fn sections(&mut self, node: &Node) -> Vec<Section> {
        let mut sections: Vec<Section> = Vec::new();
        let mut seen = BTreeSet::from(["sums".to_owned()]);
        for written in node.get("sections").map(Node::items).unwrap_or_default() {
            let id: Arc<str> = written.get("id").and_then(Node::text).unwrap_or_default().into();
            if sections.iter().any(|known| known.id == id) {
                self.twice("section", &id, written.get("id").map_or(written.span, |id| id.span));
            }
            let fields = self.read_fields(written, &mut seen);
            sections.push(Section { id, title: Title::read(written.get("title")), fields });
        }
        sections
    }

    fn twice(&mut self, what: &str, id: &str, span: Span) {
        self.report.error("duplicate_key", span, format!("the {what} `{id}` stands twice, or its name is taken")).hint("rename one");
    }

    fn read_fields(&mut self, node: &Node, seen: &mut BTreeSet<String>) -> Vec<Field> {
        let mut fields = Vec::new();
        for written in node.get("fields").map(Node::items).unwrap_or_default() {
            self.fields += 1;
            if self.fields > FIELDS_MAX {
                self.report.error("too_large", written.span, format!("a form has at most {FIELDS_MAX} fields"));
                break;
            }
            let Some(id) = written.get("id").and_then(Node::text) else { continue };
            if !seen.insert(id.to_owned()) {
                self.twice("field", id, written.get("id").map_or(written.span, |id| id.span));
            }
            if let Some(kind) = self.kind(written) {
                fields.push(Field {
                    id: id.into(),
                    title: Title::read(written.get("title")),
                    hint: Title::read(written.get("hint")),
                    kind,
                    required: Required::Fixed(written.get("required").and_then(Node::bool).unwrap_or(false)),
                    default: written.get("default").map(Node::to_json),
                    visible: None,
                    checks: Vec::new(),
                    rights: rights(written),
                });
            }
        }
        fields
    }

    fn kind(&mut self, node: &Node) -> Option<FieldKind> {
        let flag = |key: &str| node.get(key).and_then(Node::bool).unwrap_or(false);
        let decimal = |key: &str| node.get(key).and_then(Node::text).and_then(units::decimal);
        let int = |key: &str| node.get(key).and_then(Node::int);
        Some(match node.get("type")?.text()? {
            "text" => {
                let multi_line = flag("multi_line");
                let most = self.bounded(node, "max_length", 1, TEXT_MAX).unwrap_or(if multi_line { 5_000 } else { 300 });
                FieldKind::Text { multi_line, max_length: u32::try_from(most).unwrap_or(u32::MAX), pattern: self.pattern(node) }
            }
            "int" => FieldKind::Int { min: int("min"), max: int("max") },
            "decimal" => FieldKind::Decimal {
                currency: node.get("currency").and_then(Node::text).map(Arc::from),
                scale: self.bounded(node, "scale", 0, 10).and_then(|scale| u32::try_from(scale).ok()),
                min: decimal("min"),
                max: decimal("max"),
            },
            "date" => FieldKind::Date,
            "instant" => FieldKind::Instant,
            "choice" => self.choice(node),
            "person" => FieldKind::Person {
                role: node.get("role").and_then(Node::text).map(Arc::from),
                many: node.get("many").and_then(Node::bool).unwrap_or(false),
            },
            "department" => FieldKind::Department,
            "attachment" => {
                let most = self.bounded(node, "max", 1, FILES_MAX).unwrap_or(10);
                FieldKind::Attachment { max: u32::try_from(most).unwrap_or(10) }
            }
            "yes_no" => FieldKind::YesNo,
            "lines" => self.lines(node),
            _ => return None,
        })
    }

    fn pattern(&mut self, node: &Node) -> Option<Regex> {
        let written = node.get("pattern")?;
        let built = regex::RegexBuilder::new(&format!("^(?:{})$", written.text()?)).size_limit(1 << 20).build();
        if built.is_err() {
            self.report.error("bad_value", written.span, "this is not a regular expression, or a very large one").at("pattern");
        }
        built.ok()
    }

    fn choice(&mut self, node: &Node) -> FieldKind {
        let many = node.get("many").and_then(Node::bool).unwrap_or(false);
        let (written, named) = (node.get("options"), node.get("dictionary"));
        if written.is_some() == named.is_some() {
            self.report.error("missing_key", node.span, "a choice has either `options` or a `dictionary`").hint("write one of the two");
        }
        let mut options: Vec<Choice> = Vec::new();
        for item in written.map(Node::items).unwrap_or_default() {
            let id = item.get("id").unwrap_or(item).text().unwrap_or_default();
            if options.iter().any(|known| *known.id == *id) {
                self.twice("option", id, item.span);
            }
            options.push(Choice { id: id.into(), title: Title::read(item.get("title")) });
        }
        if let Some((named, id)) = named.and_then(|named| Some((named, named.text()?))) {
            match self.dictionaries.get(id) {
                Some(dictionary) => {
                    for row in dictionary.rows() {
                        if !options.iter().any(|known| known.id == row.from) {
                            options.push(Choice { id: row.from.clone(), title: row.name.clone() });
                        }
                    }
                }
                None => {
                    let near = did_you_mean(id, self.dictionaries.keys().map(AsRef::as_ref)).map(Hint::meant);
                    self.report.error("unknown_definition", named.span, format!("there is no dictionary `{id}`")).hint = near;
                }
            }
        }
        FieldKind::Choice { options, dictionary: named.and_then(Node::text).map(Arc::from), many }
    }

    fn lines(&mut self, node: &Node) -> FieldKind {
        let fields = self.read_fields(node, &mut BTreeSet::new());
        let most = i64::from(ROWS_MAX) * 10;
        let number = |found: Option<i64>, usual: u32| found.and_then(|number| u32::try_from(number).ok()).unwrap_or(usual);
        let (min, max) = (number(self.bounded(node, "min", 0, most), 0), number(self.bounded(node, "max", 1, most), ROWS_MAX));
        if min > max {
            self.report.error("bad_value", node.span, "`min` is more than `max`");
        }
        let mut sums = Vec::new();
        for written in node.get("sums").map(Node::items).unwrap_or_default() {
            let Some(id) = written.text() else { continue };
            match fields.iter().find(|field| *field.id == *id) {
                Some(Field { kind: FieldKind::Decimal { .. }, .. }) => sums.push(Arc::from(id)),
                _ => {
                    self.report.error("unknown_field", written.span, format!("`{id}` is no decimal of this table")).at("sums");
                }
            }
        }
        FieldKind::Lines { fields, min, max, sums }
    }

    /// Expressions, now that everything has a type.
    fn expressions(&mut self, fields: &mut [Field], node: &Node, scope: &ScopeType) {
        let written = |id: &str| {
            let items = node.get("fields").map(Node::items).unwrap_or_default();
            items.iter().find(|item| item.get("id").and_then(Node::text) == Some(id))
        };
        for field in fields {
            let Some(node) = written(&field.id) else { continue };
            field.visible = node.get("visible").and_then(|node| self.condition(node, scope));
            if let Some(required) = node.get("required").filter(|node| node.bool().is_none())
                && let Some(condition) = self.condition(required, scope)
            {
                field.required = Required::When(condition);
            }
            field.checks = self.checks(node.get("checks"), scope);
            let id = field.id.clone();
            if let FieldKind::Lines { fields, .. } = &mut field.kind {
                let scope = scope.clone().with("line", types::of_line(&id, fields));
                self.expressions(fields, node, &scope);
            }
        }
    }

    fn checks(&mut self, node: Option<&Node>, scope: &ScopeType) -> Vec<Check> {
        let items = node.map(Node::items).unwrap_or_default();
        let read = |item: &Node| {
            let that = self.condition(item.get("that")?, scope)?;
            Some(Check { that, message: Title::read(item.get("message")) })
        };
        items.iter().filter_map(read).collect()
    }

    fn condition(&mut self, node: &Node, scope: &ScopeType) -> Option<Expression> {
        match Expression::compile_expecting(node.text()?, scope, &Type::Bool) {
            Ok(expression) => Some(expression),
            Err(problems) => {
                for problem in problems {
                    let span = node.part(problem.offset, problem.length);
                    self.report.error(problem.code, span, problem.message).hint = problem.hint;
                }
                None
            }
        }
    }

    /// An amount's currency is a code, or a field of text of the form (or of the same line).
    fn currencies(&mut self, node: &Node, sections: &[Section]) {
        let top: Vec<&Field> = sections.iter().flat_map(|section| &section.fields).collect();
        let is_text = |field: &&Field| matches!(field.kind, FieldKind::Text { .. } | FieldKind::Choice { many: false, .. });
        let texts: Vec<&str> = top.iter().copied().filter(is_text).map(|field| &*field.id).collect();
        for field in &top {
            self.currency_of(node, field, &texts);
            if let FieldKind::Lines { fields, .. } = &field.kind {
                let inside: Vec<&str> = fields.iter().filter(is_text).map(|field| &*field.id).chain(texts.iter().copied()).collect();
                fields.iter().for_each(|field| self.currency_of(node, field, &inside));
            }
        }
    }

    fn currency_of(&mut self, node: &Node, field: &Field, known: &[&str]) {
        let FieldKind::Decimal { currency: Some(named), .. } = &field.kind else { return };
        if currency::decimals(named).is_none() && !known.contains(&&**named) {
            let near = did_you_mean(named, known.iter().copied()).map(Hint::meant);
            let message = format!("`{named}`, the currency of `{}`, is neither a code of ISO 4217 nor a text of the form", field.id);
            self.report.error("unknown_field", Span { length: 1, ..node.span }, message).hint = near;
        }
    }
}

fn rights(node: &Node) -> indexmap::IndexMap<Arc<str>, Right> {
    let entries = match node.get("rights").map(|rights| &rights.kind) {
        Some(NodeKind::Map(entries)) => entries.as_slice(),
        _ => &[],
    };
    entries.iter().filter_map(|(step, right)| Some((Arc::from(step.text.as_str()), Right::of(right.text()?)?))).collect()
}
