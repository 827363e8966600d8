//! The file `tables/<id>.yaml`.

use super::cases::{self, Case};
use super::cell::{self, Scale};
use super::outputs::{self, Output};
use super::space::{Range, Set};
use super::{INPUTS_MAX, ROWS_MAX, lint};
use crate::domain::diagnostic::{Hint, Report, Span, did_you_mean};
use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape, TITLE, is_id};
use crate::domain::text::title::Title;
use crate::domain::text::tree::Node;
use crate::domain::value::{ObjectType, Type, TypeField, Value, currency};
use indexmap::IndexMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The shape of a decision table.
pub static SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "table",
    doc: "A decision table: which row holds for the inputs, and what it says.",
    fields: &[
        FORMAT,
        Field::required("table", Shape::Id, "the id of the table"),
        TITLE,
        Field::required(
            "inputs",
            Shape::IdMap(&Shape::Either(&[Shape::Object(&INPUT), Shape::Expression])),
            "what is looked at: name to an expression over the flow's `doc`, `revision`, `initiator` and `values`, or a mapping that also says its type",
        ),
        Field::optional("currency", Shape::Text, "the currency of the amounts in the cells"),
        Field::required(
            "hit",
            Shape::Word(&["unique", "any", "first", "collect"]),
            "`unique`: exactly one row holds; `any`: several may, if they say the same; `first`: the first one in order; `collect`: all of them, as a list",
        ),
        Field::optional(
            "outputs",
            Shape::IdMap(&Shape::Either(&[Shape::Object(&OUTPUT), Shape::Word(outputs::TYPES)])),
            "the types of what the rows say; what is left out is told by the rows",
        ),
        Field::required(
            "rows",
            Shape::List(&Shape::Map(&Shape::Any)),
            "each a mapping from inputs to conditions, with `out` (what it says) and perhaps a `note`",
        ),
        Field::optional("tests", Shape::List(&Shape::Object(&cases::CASE)), "examples that `waybill test` runs"),
    ],
});

static INPUT: ObjectShape = ObjectShape {
    name: "table_input",
    doc: "One thing that is looked at.",
    fields: &[
        Field::required("value", Shape::Expression, "its value"),
        Field::optional("type", Shape::Word(&["decimal", "int", "date", "string", "bool"]), "its type; told by the cells when left out"),
        Field::optional("values", Shape::List(&Shape::Text), "the only texts it can be: what is not among them is no gap"),
        Field::optional("min", Shape::Text, "the least value it can have"),
        Field::optional("max", Shape::Text, "the greatest value it can have"),
    ],
};

static OUTPUT: ObjectShape = ObjectShape {
    name: "table_output",
    doc: "The type of something the rows say.",
    fields: &[
        Field::required("type", Shape::Word(outputs::TYPES), "its type"),
        Field::optional("currency", Shape::Text, "the currency of a decimal that is an amount"),
    ],
};

/// Which rows count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// Exactly one row holds.
    Unique,
    /// Several may hold, if they say the same.
    Any,
    /// The first that holds.
    First,
    /// All that hold.
    Collect,
}

impl Hit {
    fn of(word: &str) -> Option<Hit> {
        Some(match word {
            "unique" => Hit::Unique,
            "any" => Hit::Any,
            "first" => Hit::First,
            "collect" => Hit::Collect,
            _ => return None,
        })
    }
}

/// One input.
#[derive(Clone, Debug)]
pub struct Input {
    /// Its name.
    pub name: Arc<str>,
    /// Its expression as written; compiled by each flow for its document.
    pub value: Node,
    pub(super) scale: Scale,
    /// Everything it can be.
    pub(super) universe: Set,
}

impl Input {
    /// Its declared type; an amount when the table has a currency.
    pub fn of(&self, currency: Option<&Arc<str>>) -> Type {
        match self.scale {
            Scale::Decimal => Type::Decimal { currency: currency.cloned() },
            Scale::Int => Type::Int,
            Scale::Date => Type::Date,
            Scale::Text => Type::Text,
            Scale::Bool => Type::Bool,
        }
    }

    /// Whether it is an exact decimal.
    pub fn is_decimal(&self) -> bool {
        self.scale == Scale::Decimal
    }
}

/// One row.
#[derive(Clone, Debug)]
pub struct Row {
    /// What each input must be in.
    pub sets: Vec<Set>,
    /// What it says, typed.
    pub out: Value,
    /// Why it is there.
    pub note: Option<Arc<str>>,
    /// Where it stands.
    pub span: Span,
}

/// A decision table.
#[derive(Clone, Debug)]
pub struct Table {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// What is looked at.
    pub inputs: Vec<Input>,
    /// The currency of the amounts in the cells.
    pub currency: Option<Arc<str>>,
    /// Which rows count.
    pub hit: Hit,
    /// The types of what it says.
    pub outputs: IndexMap<Arc<str>, Type>,
    /// Its rows, in order.
    pub rows: Vec<Row>,
    /// The examples beside it.
    pub cases: Vec<Case>,
}

impl Table {
    /// Reads a tree that was checked against `SHAPE`, and judges it: gaps, overlaps, rows that never hold.
    pub fn read(node: &Node, report: &mut Report) -> Option<Table> {
        let currency = read_currency(node, report);
        let rows = node.get("rows").map(Node::items).unwrap_or_default();
        let inputs = read_inputs(node, rows, report);
        let hit = Hit::of(node.get("hit")?.text()?)?;
        if rows.is_empty() {
            report.error("missing_key", node.get("rows").map_or(node.span, |rows| rows.span), "a table needs at least one row").at("rows");
        }
        if rows.len() > ROWS_MAX {
            report.error("too_large", rows[ROWS_MAX].span, format!("the table has more than {ROWS_MAX} rows")).at("rows");
        }
        let declared = outputs::declared(node, report);
        let outs: Vec<Option<&Node>> = rows.iter().map(|row| row.get("out")).collect();
        let outputs: IndexMap<Arc<str>, Output> = outputs::complete(declared, &outs);
        let rows: Vec<Row> =
            rows.iter().take(ROWS_MAX).enumerate().filter_map(|(index, row)| read_row(index, row, &inputs, &outputs, report)).collect();
        let table = Table {
            id: node.get("table")?.text()?.into(),
            title: Title::read(node.get("title")),
            inputs,
            currency,
            hit,
            outputs: outputs.into_iter().map(|(name, output)| (name, output.of)).collect(),
            rows,
            cases: node.get("tests").map(Node::items).unwrap_or_default().iter().filter_map(Case::read).collect(),
        };
        if !report.has_errors() {
            lint::check(&table, node, report);
        }
        Some(table)
    }

    /// The type of what it decides.
    pub fn result_type(&self) -> Type {
        let field = |of: &Type| TypeField { of: of.clone(), required: false, max_length: None };
        let fields = self.outputs.iter().map(|(name, of)| (name.clone(), field(of))).collect();
        let one = Type::Object(Arc::new(ObjectType { name: self.id.clone(), fields, open: false }));
        match self.hit {
            Hit::Collect => Type::List(Box::new(one), u32::try_from(self.rows.len()).ok()),
            _ => one,
        }
    }
}

fn read_currency(node: &Node, report: &mut Report) -> Option<Arc<str>> {
    let written = node.get("currency")?;
    let code = written.text()?;
    if currency::decimals(code).is_none() {
        report.error("bad_value", written.span, format!("`{code}` is not a currency of ISO 4217")).at("currency");
    }
    Some(code.into())
}

fn read_inputs(node: &Node, rows: &[Node], report: &mut Report) -> Vec<Input> {
    let entries = node.get("inputs").map(Node::entries).unwrap_or_default();
    if entries.is_empty() {
        report.error("missing_key", node.span, "a table needs at least one input").at("inputs");
    }
    if entries.len() > INPUTS_MAX {
        report.error("too_large", entries[INPUTS_MAX].0.span, format!("a table has at most {INPUTS_MAX} inputs")).at("inputs");
    }
    let mut inputs = Vec::new();
    for (key, entry) in entries.iter().take(INPUTS_MAX) {
        let path = format!("inputs.{}", key.text);
        if matches!(key.text.as_str(), "out" | "note") || !is_id(&key.text) {
            report.error("bad_id", key.span, format!("an input cannot be called `{}`", key.text)).hint("rename it").at(path);
            continue;
        }
        let value = entry.get("value").unwrap_or(entry).clone();
        let scale = match entry.get("type").and_then(Node::text).and_then(Scale::from_word) {
            Some(scale) => scale,
            None => Scale::guess(rows.iter().filter_map(|row| row.get(&key.text))),
        };
        let universe = read_universe(entry, scale, &path, report);
        inputs.push(Input { name: key.text.as_str().into(), value, scale, universe });
    }
    inputs
}

fn read_universe(entry: &Node, scale: Scale, path: &str, report: &mut Report) -> Set {
    let mut end = |key: &str, sign: &str| -> Option<Range> {
        let written = entry.get(key)?;
        let text = written.text()?;
        let parsed = cell::read(&scalar(written, &format!("{sign} {text}")), scale);
        match parsed {
            Ok(Set::Ranges(ranges)) => ranges.into_iter().next(),
            _ => {
                report.error("bad_cell", written.span, format!("`{text}` cannot bound a {}", scale.word())).at(format!("{path}.{key}"));
                None
            }
        }
    };
    let (low, high) = (end("min", ">="), end("max", "<="));
    let listed: BTreeSet<Arc<str>> =
        entry.get("values").map(Node::items).unwrap_or_default().iter().filter_map(|item| item.text().map(Arc::from)).collect();
    match scale {
        Scale::Bool => Set::Words { words: ["true", "false"].into_iter().map(Arc::from).collect(), except: false },
        Scale::Text if entry.get("values").is_some() => Set::Words { words: listed, except: false },
        Scale::Text => Set::Words { words: BTreeSet::new(), except: true },
        _ => Set::Ranges(vec![Range { low: low.and_then(|range| range.low), high: high.and_then(|range| range.high) }]),
    }
}

/// A scalar in the place of another.
fn scalar(place: &Node, text: &str) -> Node {
    Node { span: place.span, kind: crate::domain::text::tree::NodeKind::Scalar { text: text.to_owned(), quoted: true } }
}

fn read_row(index: usize, row: &Node, inputs: &[Input], outputs: &IndexMap<Arc<str>, Output>, report: &mut Report) -> Option<Row> {
    let path = format!("rows[{index}]");
    for (key, _) in row.entries() {
        let known = || inputs.iter().map(|input| &*input.name).chain(["out", "note"]);
        if !known().any(|name| name == key.text) {
            let near = did_you_mean(&key.text, known()).map(Hint::meant);
            let diagnostic = report.error("unknown_key", key.span, format!("the table has no input `{}`", key.text));
            diagnostic.hint = near.or_else(|| Some("declare it under `inputs`".into()));
            diagnostic.at(format!("{path}.{}", key.text));
        }
    }
    let mut sets = Vec::new();
    for input in inputs {
        let Some(cell) = row.get(&input.name) else {
            sets.push(Set::Any);
            continue;
        };
        match cell::read(cell, input.scale) {
            Ok(set) => {
                if set != Set::Any && input.universe.meet(&set).is_empty() {
                    let message = format!("`{}` can never be this: its declaration leaves these values out", input.name);
                    report.error("bad_cell", cell.span, message).at(format!("{path}.{}", input.name));
                }
                sets.push(set);
            }
            Err(problem) => {
                let hint = "conditions are `-`, `<= 5`, `(1..5]`, `\"A\", \"B\"`, `not(…)`, or a list of values";
                report.error("bad_cell", cell.span, problem).hint(hint).at(format!("{path}.{}", input.name));
            }
        }
    }
    let Some(out) = row.get("out") else {
        report.error("missing_key", row.span, "the row does not say anything").hint("add `out: {…}`").at(path);
        return None;
    };
    let out = outputs::read(out, outputs, &path, report)?;
    let note = row.get("note").and_then(Node::text).map(Arc::from);
    (sets.len() == inputs.len()).then_some(Row { sets, out, note, span: row.span })
}
