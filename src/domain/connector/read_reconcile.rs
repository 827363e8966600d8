//! Reads `reconcile:`: which reads give objects back, and what of them is compared.

use super::arguments::Arguments;
use super::compiler::Compiler;
use super::idempotency::Idempotency;
use super::operation::Operation;
use super::read::{Declared, DeclaredOperation};
use super::reconcile::{BulkRead, CompareRule, Reconcile, SingleRead, StatusRule};
use super::request::plain_millis;
use super::shape::WITH;
use crate::domain::expression::{Expression, ScopeType};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{ObjectType, Type, TypeField};
use indexmap::IndexMap;
use std::sync::Arc;

static LIST: ObjectShape = ObjectShape {
    name: "reconcile_list",
    doc: "A read of many objects at once.",
    fields: &[
        Field::required("operation", Shape::Id, "The read; its rows are declared with `fields`."),
        Field::required("each", Shape::Id, "The output field whose elements are the objects."),
        Field::optional("since", Shape::Id, "Its argument for the beginning of the window; an instant."),
        Field::optional("until", Shape::Id, "Its argument for the end of the window; an instant."),
        Field::optional("slice", Shape::Duration, "Longest window asked for at once; needs `since` and `until`."),
        Field::optional("with", WITH, "Further arguments."),
    ],
};

static GET: ObjectShape = ObjectShape {
    name: "reconcile_get",
    doc: "A read of one object.",
    fields: &[
        Field::required("operation", Shape::Id, "The read."),
        Field::optional("with", WITH, "What it is asked with; sees `link.external_id`."),
    ],
};

static STATUS: ObjectShape = ObjectShape {
    name: "reconcile_status",
    doc: "Where the object stands there, and which of our statuses go with that.",
    fields: &[
        Field::required("value", Shape::Expression, "Their word; sees `theirs`."),
        Field::optional(
            "agrees",
            Shape::Map(&Shape::List(&Shape::Id)),
            "Their word to our statuses that agree with it; any other is drift.",
        ),
    ],
};

static COMPARE: ObjectShape = ObjectShape {
    name: "reconcile_compare",
    doc: "A field that must be the same on both sides.",
    fields: &[
        Field::required("field", Shape::Text, "The document's field, such as `total_gross` or `supplier.code`."),
        Field::required("value", Shape::Expression, "What the partner holds; sees `theirs`."),
        Field::optional("currency", Shape::Expression, "The currency of the partner's amount; sees `theirs`."),
    ],
};

static OBJECT: ObjectShape = ObjectShape {
    name: "reconcile",
    doc: "How objects of a kind are read back, and what of them is compared with the ledger.",
    fields: &[
        Field::required("document", Shape::Id, "The document type whose counterparts they are."),
        Field::required("get", Shape::Object(&GET), "How one is read."),
        Field::optional("list", Shape::Object(&LIST), "How many are read at once."),
        Field::required("id", Shape::Expression, "The partner's id of the object; sees `theirs`."),
        Field::optional("changed", Shape::Expression, "When it was last changed there; sees `theirs`."),
        Field::optional("ours_when", Shape::Expression, "Objects that ought to be known here; needs `changed` and `list`."),
        Field::optional("executed_when", Shape::Expression, "The partner has carried it out; sees `theirs`."),
        Field::optional("voided_when", Shape::Expression, "It is void there; sees `theirs`."),
        Field::optional("status", Shape::Object(&STATUS), "Where it stands there."),
        Field::optional("compare", Shape::List(&Shape::Object(&COMPARE)), "Fields that must be the same."),
        Field::optional("approved", Shape::List(&Shape::Id), "Our statuses that mean approved, where the usual ones do not fit."),
        Field::optional("voided", Shape::List(&Shape::Id), "Our statuses that mean void, where the usual ones do not fit."),
        Field::optional(
            "visible_within",
            Shape::Duration,
            "A write shows in these reads at the latest this much later; the longest of the connector's look-ups, else 2m.",
        ),
        Field::optional("settle", Shape::Duration, "A change younger than this is no drift yet; 10m."),
    ],
};

/// The shape of one entry of `reconcile:`.
pub static SHAPE: Shape = Shape::Object(&OBJECT);

/// How young a change may be without being drift where nothing is said, milliseconds.
const SETTLE_MILLIS: u64 = 600_000;
/// How late a partner's reads may show a write where no look-up says so, milliseconds.
const VISIBLE_MILLIS: u64 = 120_000;

/// Reads all entries.
pub(super) fn read_all(
    node: Option<&Node>,
    declared: &Declared,
    operations: &IndexMap<Arc<str>, Operation>,
    compiler: &mut Compiler<'_>,
) -> IndexMap<Arc<str>, Reconcile> {
    let visible = visible_within(operations);
    let mut read: IndexMap<Arc<str>, Reconcile> = IndexMap::new();
    for (key, entry) in node.map(Node::entries).unwrap_or_default() {
        let one = compiler.inside(&key.text, |compiler| {
            let one = read_one(&key.text, entry, declared, visible, compiler)?;
            if let Some(other) = read.values().find(|other| other.document == one.document) {
                let span = entry.get("document").unwrap_or(entry).span;
                compiler
                    .error("duplicate_definition", span, format!("`{}` reads `{}` back already", other.name, one.document))
                    .hint("one entry a document type");
            }
            Some(one)
        });
        read.extend(one.map(|one| (one.name.clone(), one)));
    }
    read
}

/// The longest time after which a write of this partner shows in its reads.
fn visible_within(operations: &IndexMap<Arc<str>, Operation>) -> u64 {
    let declared = operations.values().filter_map(|operation| match &operation.idempotency {
        Idempotency::Lookup(lookup) => Some(lookup.visible_within_millis),
        _ => None,
    });
    declared.max().unwrap_or(VISIBLE_MILLIS)
}

fn read_one(name: &str, node: &Node, declared: &Declared, visible: u64, compiler: &mut Compiler<'_>) -> Option<Reconcile> {
    let (get, single) = compiler.inside("get", |compiler| read_get(node.get("get")?, declared, compiler))?;
    let (list, theirs) = match node.get("list") {
        Some(list) => {
            let (bulk, row) = compiler.inside("list", |compiler| read_list(list, declared, compiler))?;
            check_same(list, &row, &single, compiler);
            (Some(bulk), row)
        }
        None => (None, single),
    };
    let scope = ScopeType::default().with("theirs", Type::Object(theirs.clone()));
    let id = compiler.inside("id", |compiler| compiler.typed(node.get("id")?, &scope, &Type::Text));
    let changed = optional(node, "changed", &scope, &Type::Instant, compiler);
    let ours_when = optional(node, "ours_when", &scope, &Type::Bool, compiler);
    check_ours(node, compiler);
    let executed_when = optional(node, "executed_when", &scope, &Type::Bool, compiler);
    let voided_when = optional(node, "voided_when", &scope, &Type::Bool, compiler);
    let status = node.get("status").and_then(|status| compiler.inside("status", |compiler| read_status(status, &scope, compiler)));
    check_judged(node, compiler);
    let settle = plain_millis(node.get("settle"), compiler).unwrap_or(SETTLE_MILLIS);
    let visible = plain_millis(node.get("visible_within"), compiler).unwrap_or(visible);
    Some(Reconcile {
        name: Arc::from(name),
        document: Arc::from(node.get("document").and_then(Node::text)?),
        list,
        get,
        id: id?,
        changed,
        ours_when,
        executed_when,
        voided_when,
        status,
        compare: read_compare(node, &scope, compiler),
        theirs,
        approved: node.get("approved").map(words),
        voided: node.get("voided").map(words),
        grace_millis: settle.saturating_add(visible),
    })
}

fn read_get(node: &Node, declared: &Declared, compiler: &mut Compiler<'_>) -> Option<(SingleRead, Arc<ObjectType>)> {
    let (operation, target) = declared.read_named(node, "reconciliation", compiler)?;
    let link = [(Arc::from("external_id"), TypeField { of: Type::Text, required: true, max_length: None })];
    let link = ObjectType { name: Arc::from("link"), fields: IndexMap::from_iter(link), open: false };
    let scope = ScopeType::default().with("link", Type::Object(Arc::new(link)));
    let with = Arguments::compile(node.get("with"), node, &target.input, &scope, compiler);
    Some((SingleRead { operation, with }, target.output.clone()))
}

fn read_list(node: &Node, declared: &Declared, compiler: &mut Compiler<'_>) -> Option<(BulkRead, Arc<ObjectType>)> {
    let (operation, target) = declared.read_named(node, "reconciliation", compiler)?;
    let each = node.get("each")?;
    let row = match target.output.fields.get(each.text()?).map(|field| &field.of) {
        Some(Type::List(item, _)) => match item.as_ref() {
            Type::Object(row) => row.clone(),
            other => {
                compiler
                    .error("expression_type", each.span, format!("objects are compared, but the rows are {}", other.name()))
                    .hint("declare what is taken out of each row with `fields`");
                return None;
            }
        },
        Some(other) => {
            compiler.error("expression_type", each.span, format!("this is {}, not a list", other.name()));
            return None;
        }
        None => {
            compiler.unknown_field(each.span, each.text()?, &target.output);
            return None;
        }
    };
    let since = argument(node, "since", target, compiler);
    let until = argument(node, "until", target, compiler);
    let slice = node.get("slice");
    if let Some(slice) = slice.filter(|_| since.is_none() || until.is_none()) {
        compiler.error("missing_key", slice.span, "a slice has a beginning and an end").hint("name both arguments: `since` and `until`");
    }
    let elsewhere: Vec<&str> = [&since, &until].into_iter().filter_map(|name| name.as_deref()).collect();
    let with = Arguments::compile_beside_all(node.get("with"), node, &target.input, &elsewhere, &ScopeType::default(), compiler);
    let slice_millis = plain_millis(slice, compiler);
    Some((BulkRead { operation, each: Arc::from(each.text()?), since, until, with, slice_millis }, row))
}

fn argument(node: &Node, key: &str, target: &DeclaredOperation, compiler: &mut Compiler<'_>) -> Option<Arc<str>> {
    let written = node.get(key)?;
    let name = written.text()?;
    match target.input.fields.get(name) {
        Some(field) if field.of == Type::Instant => return Some(Arc::from(name)),
        Some(field) => {
            let message = format!("a window is given in instants, but `{name}` is declared {}", field.of.name());
            compiler
                .error("expression_type", written.span, message)
                .hint("declare the argument `instant` and format it in the request with `as`");
        }
        None => compiler.unknown_field(written.span, name, &target.input),
    }
    None
}

/// Expressions are compiled against the rows; what one object's read gives must be able to stand for a row.
fn check_same(list: &Node, row: &ObjectType, single: &ObjectType, compiler: &mut Compiler<'_>) {
    for (name, field) in &row.fields {
        match single.fields.get(name) {
            Some(other) if super::types::fits(&other.of, &field.of) => {}
            _ => {
                let message = format!("the operation in `get` does not give `{name}` of this type, which the rows do");
                compiler.error("unknown_field", list.span, message).hint("declare the same fields in both outputs");
            }
        }
    }
}

fn optional(node: &Node, key: &str, scope: &ScopeType, of: &Type, compiler: &mut Compiler<'_>) -> Option<Expression> {
    let written = node.get(key)?;
    compiler.inside(key, |compiler| compiler.typed(written, scope, of))
}

/// Without a change time a fresh object of ours cannot be told from a lost one.
fn check_ours(node: &Node, compiler: &mut Compiler<'_>) {
    let Some(ours) = node.get("ours_when") else { return };
    if node.get("changed").is_none() || node.get("list").is_none() {
        compiler
            .error("missing_key", ours.span, "what nobody here knows is only found in a list, and judged by its age")
            .hint("add `list` and `changed`");
    }
}

/// An entry that compares nothing would say that all agree.
fn check_judged(node: &Node, compiler: &mut Compiler<'_>) {
    if ["executed_when", "voided_when", "status", "compare"].iter().all(|key| node.get(key).is_none()) {
        compiler
            .error("missing_key", node.span, "nothing says what is compared")
            .hint("add `status`, `compare`, `executed_when` or `voided_when`");
    }
}

fn read_status(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<StatusRule> {
    let value = compiler.inside("value", |compiler| compiler.typed(node.get("value")?, scope, &Type::Text))?;
    let table = |agrees: &Node| agrees.entries().iter().map(|(theirs, ours)| (Arc::from(theirs.text.as_str()), words(ours))).collect();
    Some(StatusRule { value, agrees: node.get("agrees").map(table) })
}

fn read_compare(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Vec<CompareRule> {
    let rules = node.get("compare").map(Node::items).unwrap_or_default().iter().enumerate();
    let read = rules.filter_map(|(index, rule)| {
        compiler.inside(&format!("compare[{index}]"), |compiler| {
            let value = compiler.inside("value", |compiler| compiler.expression(rule.get("value")?, scope))?;
            let currency = optional(rule, "currency", scope, &Type::Text, compiler);
            Some(CompareRule { field: Arc::from(rule.get("field").and_then(Node::text)?), value, currency })
        })
    });
    read.collect()
}

fn words(node: &Node) -> Vec<Arc<str>> {
    node.items().iter().filter_map(|word| word.text().map(Arc::from)).collect()
}
