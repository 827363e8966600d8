//! The file `mappings/<id>.yaml`, read but not yet compiled: its inputs' types are known to the catalog alone.

use super::cases::Case;
use crate::domain::diagnostic::{Report, Spanned};
use crate::domain::text::shape::is_id;
use crate::domain::text::title::Title;
use crate::domain::text::tree::Node;
use crate::domain::value::Type;
use std::sync::Arc;

/// The name of what the bindings give.
pub const VALUES: &str = "values";

/// A mapping as written.
#[derive(Clone, Debug)]
pub struct Definition {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// The names it takes, in order, and what each is.
    pub inputs: Vec<(Arc<str>, Spanned<InputType>)>,
    /// What it makes.
    pub target: Spanned<Target>,
    /// The vendor form that it fills.
    pub form: Option<Spanned<Arc<str>>>,
    /// The examples beside it.
    pub cases: Vec<Case>,
    pub(super) node: Node,
}

/// What an input is.
#[derive(Clone, Debug, PartialEq)]
pub enum InputType {
    /// A document of this type.
    Document(Arc<str>),
    /// The output of an operation of a connector.
    Output {
        /// The connector's id.
        connector: Arc<str>,
        /// The operation.
        operation: Arc<str>,
    },
    /// The payload of a connector's event or stream: undeclared.
    Event {
        /// The connector's id.
        connector: Arc<str>,
        /// The event.
        event: Arc<str>,
    },
    /// What was filled into a form.
    Form(Arc<str>),
    /// Who filled it.
    Submitter(Arc<str>),
    /// A plain type.
    Plain(Type),
}

/// What a mapping makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The input of an operation, named by role.
    Operation {
        /// The role of the system.
        role: Arc<str>,
        /// The operation.
        operation: Arc<str>,
    },
    /// A document of this type.
    Document(Arc<str>),
}

impl Definition {
    /// Reads a tree that was checked against `SHAPE`.
    pub fn read(node: &Node, report: &mut Report) -> Option<Definition> {
        let id = node.get("mapping")?.text()?.into();
        let mut inputs = Vec::new();
        for (name, written) in node.get("inputs")?.entries() {
            let Some(text) = written.text() else { continue };
            if !is_id(&name.text) {
                report.error("bad_id", name.span, format!("`{}` cannot be the name of an input", name.text)).at("inputs");
                continue;
            }
            match input(text) {
                Some(kind) => inputs.push((Arc::from(name.text.as_str()), Spanned::new(kind, written.span))),
                None => {
                    let diagnostic = report.error("wrong_type", written.span, format!("`{text}` is no type of an input"));
                    diagnostic.at(format!("inputs.{}", name.text));
                    diagnostic.hint(
                        "a document type, `form.form`, `connector.operation.output`, `connector.event`, `notice`, or a plain type such as `string`",
                    );
                }
            }
        }
        let to = node.get("to")?;
        let target = match (to.get("operation"), to.get("document")) {
            (Some(named), _) => {
                let text = named.text()?;
                let Some((role, operation)) = text.split_once('.').filter(|(role, operation)| is_id(role) && is_id(operation)) else {
                    report.error("wrong_type", named.span, format!("`{text}` is not of the form `role.operation`")).at("to.operation");
                    return None;
                };
                Spanned::new(Target::Operation { role: role.into(), operation: operation.into() }, named.span)
            }
            (None, Some(named)) => Spanned::new(Target::Document(named.text()?.into()), named.span),
            (None, None) => return None,
        };
        let cases = node.get("tests").map(Node::items).unwrap_or_default().iter().filter_map(Case::read).collect();
        let form = to.get("form").and_then(|form| Some(Spanned::new(Arc::from(form.text()?), form.span)));
        Some(Definition { id, title: Title::read(node.get("title")), inputs, target, form, cases, node: node.clone() })
    }

    /// The input that `from:` reads at the top: `source`, else the only one.
    pub(super) fn payload(&self) -> Option<&Arc<str>> {
        let mut names = self.inputs.iter().map(|(name, _)| name);
        names.clone().find(|name| &***name == "source").or_else(|| names.next().filter(|_| self.inputs.len() == 1))
    }

    /// Whether it sees the `values` of the bindings: what a flow makes does; what a source sent and what is filled into a form is
    /// made a document before there is a binding. An input of that name stands for them.
    pub fn sees_values(&self) -> bool {
        let comes_from_outside = |(name, input): &(Arc<str>, Spanned<InputType>)| {
            ["source", VALUES].contains(&&**name)
                || matches!(input.value, InputType::Event { .. } | InputType::Form(_) | InputType::Submitter(_))
        };
        !self.inputs.iter().any(comes_from_outside)
    }

    /// The other files it is made of: none; samples of its tests are not part of what it does.
    pub fn samples(&self) -> impl Iterator<Item = &Arc<str>> {
        self.cases.iter().flat_map(|case| [&case.inputs.value, &case.expect.value])
    }
}

fn input(text: &str) -> Option<InputType> {
    let parts: Vec<&str> = text.split('.').collect();
    if !parts.iter().all(|part| is_id(part)) {
        return None;
    }
    match parts.as_slice() {
        ["notice"] => Some(InputType::Plain(crate::domain::notice::value_type())),
        ["shown"] => Some(InputType::Plain(crate::domain::notice::shown_type())),
        [one] => Some(Type::named(one).map_or_else(|| InputType::Document(Arc::from(*one)), InputType::Plain)),
        [form, "form"] => Some(InputType::Form(Arc::from(*form))),
        [form, "submitter"] => Some(InputType::Submitter(Arc::from(*form))),
        [connector, event] => Some(InputType::Event { connector: Arc::from(*connector), event: Arc::from(*event) }),
        [connector, operation, "output"] => Some(InputType::Output { connector: Arc::from(*connector), operation: Arc::from(*operation) }),
        _ => None,
    }
}
