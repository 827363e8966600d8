//! The rows of the file `config/bindings.yaml`.

use super::values::{VALUE, read_overrides};
use crate::domain::diagnostic::{Report, Span, Spanned};
use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use indexmap::IndexMap;
use std::sync::Arc;

static ROW: ObjectShape = ObjectShape {
    name: "bind_row",
    doc: "Which connections play the roles for some documents. What a row leaves out, the default row says.",
    fields: &[
        Field::required("id", Shape::Id, "the id of the row"),
        Field::optional("default", Shape::Bool, "the row that holds where no other does"),
        Field::optional("when", Shape::Expression, "for which documents; sees `doc`"),
        Field::optional("roles", Shape::IdMap(&Shape::Id), "role to connection"),
        Field::optional("maps", Shape::IdMap(&Shape::Id), "mapping named in the flow to the one used instead"),
        Field::optional("values", Shape::IdMap(&Shape::Any), "values that differ from the declared ones"),
        Field::optional("replace_steps", Shape::IdMap(&Shape::Text), "step id to the path of a part whose steps stand in its place"),
    ],
};

/// The shape of the bindings.
pub static BINDINGS: Shape = Shape::Object(&ObjectShape {
    name: "bindings",
    doc: "Which connection plays which role of a flow, and the values flows take.",
    fields: &[
        FORMAT,
        Field::required("bind", Shape::List(&Shape::Object(&ROW)), "rows, tried in order"),
        Field::optional("values", Shape::IdMap(&Shape::Object(&VALUE)), "values that flows see as `values.<name>`"),
        Field::optional(
            "owner",
            crate::domain::flow::shape::OWNER,
            "whose the messages of connections are that cannot be worked on and that name no `owner` of their own",
        ),
    ],
});

/// One row as written; expressions are compiled by `Bindings`.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its id.
    pub id: Arc<str>,
    /// Whether it holds where no other does.
    pub default: bool,
    /// For which documents.
    pub when: Option<Node>,
    /// Role to connection.
    pub roles: IndexMap<Arc<str>, Spanned<Arc<str>>>,
    /// Mapping in the flow to the one used instead.
    pub maps: IndexMap<Arc<str>, Spanned<Arc<str>>>,
    /// Step to the path of the part that stands in its place.
    pub parts: IndexMap<Arc<str>, Spanned<Arc<str>>>,
    /// Values that differ.
    pub values: IndexMap<Arc<str>, Value>,
    /// Where it stands.
    pub span: Span,
}

pub(super) fn read_rows(node: &Node, declared: &IndexMap<Arc<str>, super::values::ValueDeclaration>, report: &mut Report) -> Vec<Row> {
    let items = node.get("bind").map(Node::items).unwrap_or_default();
    let rows: Vec<Row> = items.iter().enumerate().filter_map(|(index, item)| read_row(index, item, declared, report)).collect();
    lint_rows(node, &rows, report);
    rows
}

fn read_row(index: usize, item: &Node, declared: &IndexMap<Arc<str>, super::values::ValueDeclaration>, report: &mut Report) -> Option<Row> {
    let map = |key: &str| -> IndexMap<Arc<str>, Spanned<Arc<str>>> {
        let entries = item.get(key).map(Node::entries).unwrap_or_default();
        entries.iter().filter_map(|(key, node)| Some((key.text.as_str().into(), Spanned::new(node.text()?.into(), node.span)))).collect()
    };
    Some(Row {
        id: item.get("id")?.text()?.into(),
        default: item.get("default").and_then(Node::bool).unwrap_or(false),
        when: item.get("when").cloned(),
        roles: map("roles"),
        maps: map("maps"),
        parts: map("replace_steps"),
        values: read_overrides(item.get("values"), declared, &format!("bind[{index}]"), report),
        span: item.span,
    })
}

fn lint_rows(node: &Node, rows: &[Row], report: &mut Report) {
    let mut error = |span: Span, message: String, hint: &str| {
        report.error("bad_binding", Span { length: 1, ..span }, message).hint(hint).at("bind");
    };
    for (index, row) in rows.iter().enumerate() {
        if rows[..index].iter().any(|other| other.id == row.id) {
            error(row.span, format!("the row `{}` stands twice", row.id), "rename one of the two");
        }
        match (&row.when, row.default) {
            (None, false) => error(row.span, format!("the row `{}` never holds", row.id), "give it a `when`, or make it the default"),
            (Some(_), true) => error(row.span, format!("the default row `{}` has a `when`", row.id), "leave the `when` out"),
            _ => {}
        }
    }
    let mut defaults = rows.iter().filter(|row| row.default);
    match (defaults.next(), defaults.next()) {
        (None, _) => {
            let span = node.get("bind").map_or(node.span, |bind| bind.span);
            error(span, "no row is the default".to_owned(), "mark one row with `default: true`");
        }
        (Some(_), Some(second)) => error(second.span, "two rows are the default".to_owned(), "keep one of them"),
        _ => {}
    }
}
