//! Literal JSON trees whose leaves may be computed: bodies, queries, headers, forms.
//!
//! A mapping with exactly `value`, `text` or `from` (and `as`, `optional`) is computed; `each` makes a list; `literal`
//! keeps a mapping that looks computed as it is. Everything else stands as written, key order kept. Bodies are built
//! as values and never as text, so nothing a document holds can change a request's structure.

use super::compiler::Compiler;
use super::format::{Format, FormatError};
use crate::domain::expression::{Budget, Cardinality, EvaluateError, Expression, Path, Place, Scope, ScopeType, Template};
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{Map, Type, Value};
use std::sync::Arc;

/// Elements one `each` may make; a request of more is a mistake, or hostile input.
pub const EACH_MAX: usize = 10_000;

/// A tree.
#[derive(Debug)]
pub enum Tree {
    /// As written.
    Literal(Value),
    /// Computed.
    Computed(Box<Computed>),
    /// A list made from a list.
    Each(Box<Each>),
    /// A list of trees.
    List(Vec<Tree>),
    /// A mapping of trees, in order.
    Map(Vec<(Arc<str>, Tree)>),
}

/// A computed leaf.
#[derive(Debug)]
pub struct Computed {
    source: Source,
    format: Option<Format>,
    optional: bool,
}

#[derive(Debug)]
enum Source {
    Value(Expression),
    Text(Template),
    From(Path),
}

/// `{each: list, as: name, item: tree}`.
#[derive(Debug)]
pub struct Each {
    over: Expression,
    name: Arc<str>,
    item: Tree,
}

/// Why a tree could not be built. Messages hold no values.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum BuildError {
    /// An expression, path or template failed.
    #[error("`{place}` cannot be evaluated: {source}")]
    Evaluate {
        /// Where in the request.
        place: String,
        /// Why.
        source: EvaluateError,
    },
    /// A value that is needed is unset.
    #[error("`{place}` is unset")]
    Unset {
        /// Where in the request.
        place: String,
    },
    /// A value does not have the form `as` writes.
    #[error("`{place}` cannot be written as declared: {source}")]
    Format {
        /// Where in the request.
        place: String,
        /// Why.
        source: FormatError,
    },
    /// A list is longer than allowed.
    #[error("`{place}` has {found} elements; at most {EACH_MAX} are sent")]
    TooMany {
        /// Where in the request.
        place: String,
        /// How many.
        found: usize,
    },
    /// The request cannot be sent as built.
    #[error("`{place}` {why}")]
    Invalid {
        /// Where in the request.
        place: String,
        /// What is wrong with it.
        why: &'static str,
    },
}

static COMPUTED: ObjectShape = ObjectShape {
    name: "computed_value",
    doc: "A value computed from an expression, a template or a path.",
    fields: &[
        Field::optional("value", Shape::Expression, "A CEL expression."),
        Field::optional("text", Shape::Template, "A template."),
        Field::optional("from", Shape::Path, "A JSONPath on the input."),
        Field::optional("as", Shape::Any, "How it is written."),
        Field::optional("optional", Shape::Bool, "Left out where it is unset."),
    ],
};

static EACH: ObjectShape = ObjectShape {
    name: "each_value",
    doc: "A list made from a list.",
    fields: &[
        Field::required("each", Shape::Expression, "The list."),
        Field::required("as", Shape::Id, "The name of the element."),
        Field::required("item", Shape::Any, "What each element becomes."),
    ],
};

/// Whether a node is written as a computed value.
pub(super) fn is_computed(node: &Node) -> bool {
    let sources = node.entries().iter().filter(|(key, _)| matches!(key.text.as_str(), "value" | "text" | "from")).count();
    let known = node.entries().iter().all(|(key, _)| matches!(key.text.as_str(), "value" | "text" | "from" | "as" | "optional"));
    sources == 1 && known
}

impl Tree {
    /// Compiles a tree.
    pub(super) fn compile(node: &Node, scope: &ScopeType, compiler: &mut Compiler<'_>) -> Option<Tree> {
        Tree::compile_for(node, scope, Place::Plain, compiler)
    }

    /// A text by a template that is compiled already.
    pub(super) fn template(text: Template) -> Tree {
        Tree::Computed(Box::new(Computed { source: Source::Text(text), format: None, optional: false }))
    }

    /// Compiles a tree whose templates go to `place`.
    pub(super) fn compile_for(node: &Node, scope: &ScopeType, place: Place, compiler: &mut Compiler<'_>) -> Option<Tree> {
        match &node.kind {
            NodeKind::Scalar { .. } => Some(Tree::Literal(literal(node))),
            NodeKind::List(items) => {
                let trees: Vec<_> = items
                    .iter()
                    .enumerate()
                    .filter_map(|(index, item)| {
                        compiler.inside(&format!("[{index}]"), |compiler| Tree::compile_for(item, scope, place, compiler))
                    })
                    .collect();
                (trees.len() == items.len()).then_some(Tree::List(trees))
            }
            NodeKind::Map(_) if is_computed(node) => compile_computed(node, scope, place, compiler),
            NodeKind::Map(_) if node.get("each").is_some() && node.get("item").is_some() => compile_each(node, scope, place, compiler),
            NodeKind::Map(entries) => {
                if let [(key, value)] = entries.as_slice()
                    && key.text == "literal"
                {
                    return Some(Tree::Literal(literal(value)));
                }
                let mut trees = Vec::with_capacity(entries.len());
                for (key, value) in entries {
                    let tree = compiler.inside(&key.text, |compiler| {
                        if trees.iter().any(|(name, _): &(Arc<str>, Tree)| name.as_ref() == key.text) {
                            compiler.error("duplicate_key", key.span, format!("`{}` stands twice in this mapping", key.text));
                        }
                        Tree::compile_for(value, scope, place, compiler)
                    });
                    trees.extend(tree.map(|tree| (Arc::from(key.text.as_str()), tree)));
                }
                (trees.len() == entries.len()).then_some(Tree::Map(trees))
            }
        }
    }

    /// Builds the value; unset where an optional leaf is unset.
    ///
    /// # Errors
    /// When a leaf cannot be computed or a needed one is unset; `place` names it.
    pub fn build(&self, scope: &Scope<'_>, payload: &Value, place: &str, budget: &mut Budget) -> Result<Value, BuildError> {
        match self {
            Tree::Literal(value) => Ok(value.clone()),
            Tree::Computed(computed) => computed.build(scope, payload, place, budget),
            Tree::Each(each) => each.build(scope, payload, place, budget),
            Tree::List(items) => {
                let mut out = Vec::with_capacity(items.len());
                for (index, item) in items.iter().enumerate() {
                    let value = item.build(scope, payload, &format!("{place}[{index}]"), budget)?;
                    if !value.is_unset() {
                        out.push(value);
                    }
                }
                Ok(Value::List(Arc::new(out)))
            }
            Tree::Map(entries) => {
                let mut out = Map::with_capacity(entries.len());
                for (name, tree) in entries {
                    let value = tree.build(scope, payload, &format!("{place}.{name}"), budget)?;
                    if !value.is_unset() {
                        out.insert(name.clone(), value);
                    }
                }
                Ok(Value::Map(Arc::new(out)))
            }
        }
    }
}

fn compile_computed(node: &Node, scope: &ScopeType, place: Place, compiler: &mut Compiler<'_>) -> Option<Tree> {
    compiler.shape(node, &Shape::Object(&COMPUTED))?;
    let format = match node.get("as") {
        Some(format) => Some(compiler.inside("as", |compiler| Format::compile(format, compiler))?),
        None => None,
    };
    let source = if let Some(value) = node.get("value") {
        Source::Value(compiler.inside("value", |compiler| compiler.expression(value, scope))?)
    } else if let Some(text) = node.get("text") {
        Source::Text(compiler.inside("text", |compiler| compiler.template(text, place, scope))?)
    } else {
        Source::From(compiler.inside("from", |compiler| compiler.json_path(node.get("from")?))?)
    };
    let optional = node.get("optional").and_then(Node::bool).unwrap_or(false);
    Some(Tree::Computed(Box::new(Computed { source, format, optional })))
}

fn compile_each(node: &Node, scope: &ScopeType, place: Place, compiler: &mut Compiler<'_>) -> Option<Tree> {
    compiler.shape(node, &Shape::Object(&EACH))?;
    let over = compiler.inside("each", |compiler| compiler.typed(node.get("each")?, scope, &Type::List(Box::new(Type::Any), None)))?;
    let name = node.get("as").and_then(Node::text)?;
    let element = match over.result_type() {
        Type::List(of, _) => of.as_ref().clone(),
        _ => Type::Any,
    };
    let inner = scope.clone().with(name, element);
    let item = compiler.inside("item", |compiler| Tree::compile_for(node.get("item")?, &inner, place, compiler))?;
    Some(Tree::Each(Box::new(Each { over, name: Arc::from(name), item })))
}

impl Computed {
    fn build(&self, scope: &Scope<'_>, payload: &Value, place: &str, budget: &mut Budget) -> Result<Value, BuildError> {
        let failed = |source| BuildError::Evaluate { place: place.to_owned(), source };
        let value = match &self.source {
            Source::Value(expression) => expression.evaluate(scope, budget).map_err(failed)?,
            Source::Text(template) => match template.render(scope, budget) {
                Ok(text) => Value::text(text),
                Err(EvaluateError::Unset(_)) if self.optional => Value::Unset,
                Err(error) => return Err(failed(error)),
            },
            Source::From(path) => {
                let cardinality = if self.optional { Cardinality::Optional } else { Cardinality::One };
                path.extract(payload, cardinality).map_err(failed)?
            }
        };
        match (&value, &self.format) {
            (Value::Unset, _) if self.optional => Ok(value),
            (Value::Unset, _) => Err(BuildError::Unset { place: place.to_owned() }),
            (_, Some(format)) => format.write(&value).map_err(|source| BuildError::Format { place: place.to_owned(), source }),
            (_, None) => Ok(value),
        }
    }
}

impl Each {
    fn build(&self, scope: &Scope<'_>, payload: &Value, place: &str, budget: &mut Budget) -> Result<Value, BuildError> {
        let over = self.over.evaluate(scope, budget).map_err(|source| BuildError::Evaluate { place: format!("{place}.each"), source })?;
        let Value::List(items) = &over else {
            return Ok(Value::list([]));
        };
        if items.len() > EACH_MAX {
            return Err(BuildError::TooMany { place: place.to_owned(), found: items.len() });
        }
        let mut out = Vec::with_capacity(items.len());
        for (index, item) in items.iter().enumerate() {
            let inner = with_name(scope, &self.name, item.clone());
            out.push(self.item.build(&inner, payload, &format!("{place}[{index}]"), budget)?);
        }
        Ok(Value::List(Arc::new(out)))
    }
}

/// A scope of its own for one element: values are shared, so this copies a dozen pointers.
fn with_name<'a>(scope: &Scope<'a>, name: &'a str, value: Value) -> Scope<'a> {
    let mut inner = scope.clone();
    inner.set(name, value);
    inner
}

/// A value exactly as written: numbers keep their text, so that `1.50` stays `1.50`.
pub(super) fn literal(node: &Node) -> Value {
    from_literal(&node.to_json())
}

fn from_literal(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(whole) => Value::Int(whole),
            None => Value::Number(Arc::from(number.to_string())),
        },
        serde_json::Value::Array(items) => Value::list(items.iter().map(from_literal)),
        serde_json::Value::Object(map) => Value::map(map.iter().map(|(key, value)| (key, from_literal(value)))),
        other => Value::from_json(other),
    }
}
