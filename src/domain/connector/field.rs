//! Declared outputs: what is taken out of an answer, and as what.

use super::compiler::Compiler;
use super::format::{Format, FormatError};
use super::types;
use crate::domain::expression::{Budget, Cardinality, EvaluateError, Expression, Path, Place, Scope, ScopeType, Template};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{Map, ObjectType, ReadError, Type, TypeField, Value};
use indexmap::IndexMap;
use std::sync::Arc;

/// The shape of one output field.
pub static SHAPE: Shape = Shape::Object(&OBJECT);

static OBJECT: ObjectShape = ObjectShape {
    name: "output_field",
    doc: "What is taken out of an answer, and as what.",
    fields: &[
        Field::optional("type", Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]), "The type; `object` where `fields` are given."),
        Field::optional("from", Shape::Path, "A JSONPath on the answer's body (or on the row, inside `fields`)."),
        Field::optional("value", Shape::Expression, "A CEL expression."),
        Field::optional("text", Shape::Template, "A template."),
        Field::optional("header", Shape::Text, "A header of the answer."),
        Field::optional("optional", Shape::Bool, "Unset where it is not there."),
        Field::optional("many", Shape::Bool, "All that the path finds, as a list."),
        Field::optional("as", Shape::Any, "How the partner writes it."),
        Field::optional("currency", Shape::Text, "For amounts: the currency, or the field that names it."),
        Field::optional("fields", Shape::Map(&SHAPE), "What is taken out of each row."),
        Field::optional("max_items", Shape::Int, "Longest list taken."),
        Field::optional("title", Shape::Title, "What people see."),
    ],
};

/// Declared fields and how they are found.
#[derive(Debug)]
pub struct Fields {
    /// The declared type.
    pub of: Arc<ObjectType>,
    rules: IndexMap<Arc<str>, Rule>,
}

#[derive(Debug)]
struct Rule {
    source: Source,
    cardinality: Cardinality,
    format: Option<Format>,
    of: Type,
    nested: Option<Fields>,
}

#[derive(Debug)]
enum Source {
    From(Path),
    Value(Expression),
    Text(Template),
    Header(Arc<str>),
    /// A field that steps or a trusted payload give under its own name.
    Member(Arc<str>),
}

/// Why an output does not come out as declared. Messages hold no values.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum FieldError {
    /// An expression, path or template failed.
    #[error("`{field}` cannot be taken out of the answer: {source}")]
    Evaluate {
        /// The field.
        field: String,
        /// Why.
        source: EvaluateError,
    },
    /// It is not there.
    #[error("`{field}` is not in the answer")]
    Missing {
        /// The field.
        field: String,
    },
    /// It is not written as declared.
    #[error("`{field}` is not written as declared: {source}")]
    Format {
        /// The field.
        field: String,
        /// Why.
        source: FormatError,
    },
    /// It is of another type.
    #[error("`{field}`: {source}")]
    Type {
        /// The field.
        field: String,
        /// Why.
        source: ReadError,
    },
    /// The list is longer than declared.
    #[error("`{field}` has {found} elements where at most {most} are declared")]
    TooMany {
        /// The field.
        field: String,
        /// How many.
        found: usize,
        /// What is declared.
        most: u32,
    },
}

/// Reads only the declared types of an output, before anything is compiled against them.
pub(super) fn declare(name: &str, node: Option<&Node>, compiler: &mut Compiler<'_>) -> ObjectType {
    let mut fields = IndexMap::new();
    for (key, value) in node.map(Node::entries).unwrap_or_default() {
        compiler.inside(&key.text, |compiler| {
            if let Some(of) = declared_type(&key.text, value, compiler) {
                let optional = value.get("optional").and_then(Node::bool).unwrap_or(false);
                fields.insert(Arc::from(key.text.as_str()), TypeField { of, required: !optional, max_length: None });
            }
        });
    }
    ObjectType { name: Arc::from(name), fields, open: false }
}

fn declared_type(name: &str, node: &Node, compiler: &mut Compiler<'_>) -> Option<Type> {
    if let Some(fields) = node.get("fields") {
        let row = compiler.inside("fields", |compiler| declare(name, Some(fields), compiler));
        let row = Type::Object(Arc::new(row));
        let many = node.get("many").and_then(Node::bool).unwrap_or(false);
        return Some(if many { Type::List(Box::new(row), None) } else { row });
    }
    match node.get("type") {
        Some(of) => types::read_type(name, of, Some(node), compiler),
        None => {
            compiler.error("missing_key", node.span, "`type` is missing").hint("declare the type, or `fields` for rows");
            None
        }
    }
}

impl Fields {
    /// Compiles the rules of fields declared before.
    pub(super) fn compile(node: Option<&Node>, of: Arc<ObjectType>, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Fields {
        let mut rules = IndexMap::new();
        for (key, value) in node.map(Node::entries).unwrap_or_default() {
            let Some(declared) = of.fields.get(key.text.as_str()) else { continue };
            let rule = compiler.inside(&key.text, |compiler| compile_rule(&key.text, value, &declared.of, scope, compiler));
            if let Some(rule) = rule {
                rules.insert(Arc::from(key.text.as_str()), rule);
            }
        }
        Fields { of, rules }
    }

    /// The first field that is a list: the rows of a page.
    pub fn rows(&self) -> Option<&Arc<str>> {
        self.of.fields.iter().find(|(_, field)| matches!(field.of, Type::List(..))).map(|(name, _)| name)
    }

    /// Whether there are fields, and an answer need hold none of them.
    pub fn all_optional(&self) -> bool {
        !self.of.fields.is_empty() && self.of.fields.values().all(|field| !field.required)
    }

    /// Takes the declared fields out.
    ///
    /// # Errors
    /// When one is missing, or is not of its type.
    pub fn extract(&self, payload: &Value, headers: &Value, scope: &Scope<'_>) -> Result<Value, FieldError> {
        let mut out = Map::with_capacity(self.rules.len());
        let mut budget = Budget::default();
        for (name, rule) in &self.rules {
            let value = rule.extract(name, payload, headers, scope, &mut budget)?;
            if !value.is_unset() {
                out.insert(name.clone(), value);
            }
        }
        Ok(Value::Map(Arc::new(out)))
    }
}

fn compile_rule(name: &str, node: &Node, of: &Type, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Rule> {
    let NodeKind::Map(_) = node.kind else { return None };
    let given: Vec<&str> = ["from", "value", "text", "header"].into_iter().filter(|key| node.get(key).is_some()).collect();
    if given.len() > 1 {
        compiler.error("wrong_type", node.span, format!("`{}` and `{}` cannot stand together", given[0], given[1]));
        return None;
    }
    let format = match node.get("as") {
        Some(format) => Some(compiler.inside("as", |compiler| Format::compile(format, compiler))?),
        None => None,
    };
    let nested = match (node.get("fields"), row_type(of)) {
        (Some(fields), Some(row)) => {
            Some(compiler.inside("fields", |compiler| Fields::compile(Some(fields), row.clone(), scope, compiler)))
        }
        _ => None,
    };
    let source = match given.first() {
        Some(&"from") => Source::From(compiler.inside("from", |compiler| compiler.json_path(node.get("from")?))?),
        Some(&"value") if format.is_some() || nested.is_some() => {
            Source::Value(compiler.inside("value", |compiler| compiler.expression(node.get("value")?, scope))?)
        }
        Some(&"value") => Source::Value(compiler.inside("value", |compiler| compiler.typed(node.get("value")?, scope, of))?),
        Some(&"text") => Source::Text(compiler.inside("text", |compiler| compiler.template(node.get("text")?, Place::Plain, scope))?),
        Some(_) => Source::Header(Arc::from(node.get("header")?.text()?.to_ascii_lowercase())),
        None => Source::Member(Arc::from(name)),
    };
    let cardinality = match (node.get("many").and_then(Node::bool), node.get("optional").and_then(Node::bool)) {
        (Some(true), _) => Cardinality::Many,
        (_, Some(true)) => Cardinality::Optional,
        _ => Cardinality::One,
    };
    if cardinality == Cardinality::Many && !matches!(of, Type::List(..) | Type::Any) {
        compiler
            .error("expression_type", node.span, format!("`many` gives a list, but {} is declared", of.name()))
            .hint("write the type in brackets, such as `[string]`");
    }
    Some(Rule { source, cardinality, format, of: of.clone(), nested })
}

fn row_type(of: &Type) -> Option<&Arc<ObjectType>> {
    match of {
        Type::Object(row) => Some(row),
        Type::List(row, _) => row_type(row),
        _ => None,
    }
}

impl Rule {
    fn extract(&self, name: &str, payload: &Value, headers: &Value, scope: &Scope<'_>, budget: &mut Budget) -> Result<Value, FieldError> {
        let raw = self.find(name, payload, headers, scope, budget)?;
        if matches!(raw, Value::Unset) || (matches!(raw, Value::Null) && self.cardinality == Cardinality::Optional) {
            return match self.cardinality {
                Cardinality::Optional => Ok(Value::Unset),
                Cardinality::Many => Ok(Value::list([])),
                Cardinality::One => Err(FieldError::Missing { field: name.to_owned() }),
            };
        }
        let shaped = self.shape(name, &raw, headers, scope)?;
        if let (Type::List(_, Some(most)), Value::List(items)) = (&self.of, &shaped)
            && items.len() > *most as usize
        {
            return Err(FieldError::TooMany { field: name.to_owned(), found: items.len(), most: *most });
        }
        self.of.read(&shaped).map_err(|source| FieldError::Type { field: name.to_owned(), source })
    }

    fn find(&self, name: &str, payload: &Value, headers: &Value, scope: &Scope<'_>, budget: &mut Budget) -> Result<Value, FieldError> {
        let failed = |source| FieldError::Evaluate { field: name.to_owned(), source };
        match &self.source {
            Source::From(path) => match path.extract(payload, self.cardinality) {
                // The generic sentence about counts would say the same in more words.
                Err(EvaluateError::Cardinality { found: 0, .. }) => Ok(Value::Unset),
                other => other.map_err(failed),
            },
            Source::Value(expression) => expression.evaluate(scope, budget).map_err(failed),
            Source::Text(template) => match template.render(scope, budget) {
                Ok(text) => Ok(Value::text(text)),
                Err(EvaluateError::Unset(_)) => Ok(Value::Unset),
                Err(error) => Err(failed(error)),
            },
            Source::Header(header) => Ok(headers.member(header).clone()),
            Source::Member(member) => Ok(payload.member(member).clone()),
        }
    }

    /// Applies row fields and `as`, element by element where a list is declared.
    fn shape(&self, name: &str, raw: &Value, headers: &Value, scope: &Scope<'_>) -> Result<Value, FieldError> {
        let one = |value: &Value| -> Result<Value, FieldError> {
            if let Some(nested) = &self.nested {
                return nested.extract(value, headers, scope);
            }
            match &self.format {
                Some(format) => format.read(value).map_err(|source| FieldError::Format { field: name.to_owned(), source }),
                None => Ok(value.clone()),
            }
        };
        match (raw, &self.of) {
            (Value::List(items), Type::List(..)) => Ok(Value::List(Arc::new(items.iter().map(one).collect::<Result<_, _>>()?))),
            _ => one(raw),
        }
    }
}
