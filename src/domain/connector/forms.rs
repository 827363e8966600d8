//! `forms:` of a connector: how the filled form of an approval is written, and how its template is read.
//!
//! The layout is a vendor's: where fields and detail tables stand in the operation that sends them, what a value of each kind
//! of field looks like, and which read shows the template that somebody drew over there. Which fields a template has stands in
//! a vendor form (`domain::vendor_form`), once for a template.

use super::compiler::Compiler;
use super::read::Declared;
use super::types;
use crate::domain::expression::{Budget, EvaluateError, Expression, Scope, ScopeType};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use crate::domain::value::{ObjectType, Type, TypeField, Value};
use indexmap::IndexMap;
use std::sync::Arc;

/// Fields that are read of a template; the longest forms have a tenth of it.
const FIELDS_MAX: usize = 2_000;

static KIND: ObjectShape = ObjectShape {
    name: "form_kind",
    doc: "A kind of field, by the vendor's word.",
    fields: &[
        Field::optional(
            "value",
            Shape::Either(&[Shape::Text, Shape::List(&Shape::Text), Shape::Object(&types::FIELD_OBJECT)]),
            "What a mapping writes for it: a type, or `{type: object, fields: …}` for a value with members.",
        ),
        Field::optional(
            "holds",
            Shape::Word(&["string", "int", "decimal", "bool", "date", "instant"]),
            "What its content is, however it is written: a mapping that gives something else is refused.",
        ),
        Field::optional("at", Shape::Text, "Where the content stands inside the value, dotted; the value itself where it is left out."),
        Field::optional("table", Shape::Bool, "A detail table: its rows have columns."),
        Field::optional("sent", Shape::Bool, "`false`: the vendor fills or shows it; it is never sent."),
    ],
};

static TEMPLATE: ObjectShape = ObjectShape {
    name: "form_template",
    doc: "How the template is read that somebody drew over there.",
    fields: &[
        Field::required("operation", Shape::Id, "The read; it needs no input."),
        Field::required("each", Shape::Expression, "The template's fields; sees `output`."),
        Field::required("id", Shape::Expression, "What a mapping calls the field; sees `field`. One without it is passed over."),
        Field::required("kind", Shape::Expression, "The vendor's word for its kind; sees `field`."),
        Field::required("required", Shape::Expression, "Whether it must be filled; sees `field`."),
        Field::optional("columns", Shape::Expression, "The columns of a detail table, each told of by the same expressions; sees `field`."),
    ],
};

/// The shape of one entry of `forms:`.
pub static SHAPE: Shape = Shape::Object(&ObjectShape {
    name: "form_layout",
    doc: "How the filled form of an approval is written, by the operation that sends it.",
    fields: &[
        Field::required("fields", Shape::Id, "The argument that holds field to value."),
        Field::optional(
            "tables",
            Shape::Id,
            "The argument that holds detail table to rows; they stand among the fields where it is left out.",
        ),
        Field::optional("says", Shape::Id, "The member of a value that says its kind, where values have one."),
        Field::required("kinds", Shape::Map(&Shape::Object(&KIND)), "The kinds of fields, by the vendor's word."),
        Field::optional(
            "template",
            Shape::Object(&TEMPLATE),
            "How the template is read, to see whether it is still the one that is described.",
        ),
    ],
});

/// How the form of one operation is written.
#[derive(Debug)]
pub struct FormLayout {
    /// The operation that sends it.
    pub operation: Arc<str>,
    /// The argument with the fields.
    pub fields: Arc<str>,
    /// The argument with the detail tables, where they have one of their own.
    pub tables: Option<Arc<str>>,
    /// The member of a value that says its kind.
    pub says: Option<Arc<str>>,
    /// Kinds of fields.
    pub kinds: IndexMap<Arc<str>, FormKind>,
    /// How the template is read.
    pub template: Option<TemplateRead>,
}

/// A kind of field.
#[derive(Clone, Debug, PartialEq)]
pub struct FormKind {
    /// What a mapping writes for it.
    pub value: Type,
    /// Longest text.
    pub max_length: Option<u32>,
    /// What its content is.
    pub holds: Option<Type>,
    /// Where the content stands inside the value.
    pub at: Vec<Arc<str>>,
    /// A detail table.
    pub table: bool,
    /// Whether it is sent at all.
    pub sent: bool,
}

/// How a template is read.
#[derive(Debug)]
pub struct TemplateRead {
    /// The read.
    pub operation: Arc<str>,
    each: Expression,
    id: Expression,
    kind: Expression,
    required: Expression,
    columns: Option<Expression>,
}

/// A field of a template, as the vendor tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateField {
    /// What a mapping calls it.
    pub id: String,
    /// The vendor's word for its kind.
    pub kind: String,
    /// Whether it must be filled.
    pub required: bool,
    /// The columns of a detail table.
    pub columns: Vec<TemplateField>,
}

impl TemplateRead {
    /// The fields of a template, out of what its read answered.
    ///
    /// # Errors
    /// When an expression cannot be evaluated on it.
    pub fn fields(&self, output: &Value) -> Result<Vec<TemplateField>, EvaluateError> {
        let mut budget = Budget::default();
        let scope = Scope::default().with("output", output.clone());
        let list = self.each.evaluate(&scope, &mut budget)?;
        self.read(&list, true, &mut budget)
    }

    fn read(&self, list: &Value, with_columns: bool, budget: &mut Budget) -> Result<Vec<TemplateField>, EvaluateError> {
        let Value::List(items) = list else { return Ok(Vec::new()) };
        let mut fields = Vec::new();
        for item in items.iter().take(FIELDS_MAX) {
            let scope = Scope::default().with("field", item.clone());
            let Value::Text(id) = self.id.evaluate(&scope, budget)? else { continue };
            let kind = match self.kind.evaluate(&scope, budget)? {
                Value::Text(kind) => kind.to_string(),
                _ => String::new(),
            };
            let required = self.required.evaluate(&scope, budget)? == Value::Bool(true);
            let columns = match &self.columns {
                Some(columns) if with_columns => {
                    let columns = columns.evaluate(&scope, budget)?;
                    self.read(&columns, false, budget)?
                }
                _ => Vec::new(),
            };
            fields.push(TemplateField { id: id.to_string(), kind, required, columns });
        }
        Ok(fields)
    }
}

/// Reads all entries.
pub(super) fn read_all(node: Option<&Node>, declared: &Declared, compiler: &mut Compiler<'_>) -> IndexMap<Arc<str>, FormLayout> {
    let entries = node.map(Node::entries).unwrap_or_default().iter();
    let read = entries.filter_map(|(key, entry)| {
        let layout = compiler.inside(&key.text, |compiler| {
            let Some(operation) = declared.get(&key.text) else {
                let near = crate::domain::diagnostic::did_you_mean(&key.text, declared.names());
                let message = format!("there is no operation `{}` in this connector", key.text);
                compiler.error("unknown_definition", key.span, message).hint = near.map(crate::domain::diagnostic::Hint::meant);
                return None;
            };
            read_one(&key.text, entry, &operation.input, declared, compiler)
        })?;
        Some((layout.operation.clone(), layout))
    });
    read.collect()
}

fn read_one(operation: &str, node: &Node, input: &ObjectType, declared: &Declared, compiler: &mut Compiler<'_>) -> Option<FormLayout> {
    let mut argument = |key: &str| {
        let written = node.get(key)?;
        let name = written.text()?;
        match input.fields.get(name).map(|field| &field.of) {
            Some(Type::Map(_) | Type::Any) => Some(Arc::<str>::from(name)),
            Some(other) => {
                let message = format!("a form is an object, but `{name}` is declared {}", other.name());
                compiler.error("expression_type", written.span, message).hint("declare the argument `object`");
                None
            }
            None => {
                compiler.unknown_field(written.span, name, input);
                None
            }
        }
    };
    let (fields, tables) = (argument("fields"), argument("tables"));
    let kinds = compiler.inside("kinds", |compiler| {
        let entries = node.get("kinds").map(Node::entries).unwrap_or_default().iter();
        let read = entries.filter_map(|(key, kind)| {
            Some((Arc::from(key.text.as_str()), compiler.inside(&key.text, |compiler| read_kind(&key.text, kind, compiler))?))
        });
        read.collect()
    });
    let template =
        node.get("template").and_then(|template| compiler.inside("template", |compiler| read_template(template, declared, compiler)));
    let says = node.get("says").and_then(Node::text).map(Arc::from);
    Some(FormLayout { operation: Arc::from(operation), fields: fields?, tables, says, kinds, template })
}

fn read_kind(name: &str, node: &Node, compiler: &mut Compiler<'_>) -> Option<FormKind> {
    let flag = |key: &str| node.get(key).and_then(Node::bool);
    let (table, sent) = (flag("table").unwrap_or(false), flag("sent").unwrap_or(true));
    let value = match node.get("value") {
        Some(value) => compiler.inside("value", |compiler| types::read_field(name, value, compiler))?,
        None if table || !sent => TypeField { of: Type::Any, required: false, max_length: None },
        None => {
            compiler.error("missing_key", node.span, "nothing says what a value of this kind looks like").hint("add `value: string`");
            return None;
        }
    };
    let at: Vec<Arc<str>> = node.get("at").and_then(Node::text).map(|at| at.split('.').map(Arc::from).collect()).unwrap_or_default();
    if let Some(written) = node.get("at")
        && !has(&value.of, &at)
    {
        compiler.error("unknown_field", written.span, format!("the value of `{name}` has no such member"));
    }
    let holds = node.get("holds").and_then(Node::text).and_then(Type::named);
    Some(FormKind { value: value.of, max_length: value.max_length, holds, at, table, sent })
}

fn has(of: &Type, path: &[Arc<str>]) -> bool {
    let Some((first, rest)) = path.split_first() else { return true };
    match of {
        Type::Any | Type::Map(_) => true,
        Type::Object(object) => object.fields.get(first).is_some_and(|field| has(&field.of, rest)),
        _ => false,
    }
}

fn read_template(node: &Node, declared: &Declared, compiler: &mut Compiler<'_>) -> Option<TemplateRead> {
    let written = node.get("operation")?;
    let (name, target) = declared.read_named(node, "who looks at a template", compiler)?;
    if let Some((needed, _)) = target.input.fields.iter().find(|(_, field)| field.required) {
        let message = format!("`{name}` needs `{needed}`, but a template is read without input");
        compiler.error("missing_input", written.span, message).hint("take it from the settings of the connection");
    }
    let outer = ScopeType::default().with("output", Type::Object(target.output.clone()));
    let each = compiler.inside("each", |compiler| compiler.expression(node.get("each")?, &outer))?;
    let element = match each.result_type() {
        Type::List(item, _) => item.as_ref().clone(),
        Type::Any => Type::Any,
        other => {
            let message = format!("this is {}, not a list", other.name());
            compiler.inside("each", |compiler| {
                compiler.error("expression_type", node.get("each").unwrap_or(node).span, message);
            });
            return None;
        }
    };
    let inner = ScopeType::default().with("field", element);
    let mut part = |key: &str, of: &Type| compiler.inside(key, |compiler| compiler.typed(node.get(key)?, &inner, of));
    let (id, kind, required) = (part("id", &Type::Text), part("kind", &Type::Text), part("required", &Type::Bool));
    let columns = node.get("columns").map(|columns| compiler.inside("columns", |compiler| compiler.expression(columns, &inner)));
    let columns = match columns {
        Some(compiled) => Some(compiled?),
        None => None,
    };
    Some(TemplateRead { operation: name, each, id: id?, kind: kind?, required: required?, columns })
}
