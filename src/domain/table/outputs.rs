//! What the rows say, and of which types.

use crate::domain::diagnostic::{Report, Span};
use crate::domain::text::tree::{Node, NodeKind};
use crate::domain::value::{Type, Value, currency};
use indexmap::IndexMap;
use std::sync::Arc;

/// The words of an output's type.
pub const TYPES: &[&str] = &["string", "int", "decimal", "bool", "date", "duration", "any"];

/// One output.
pub struct Output {
    /// Its type.
    pub of: Type,
    /// Whether the file says so, rather than the rows.
    pub declared: bool,
}

/// The outputs that the file declares.
pub fn declared(node: &Node, report: &mut Report) -> IndexMap<Arc<str>, Output> {
    let mut outputs = IndexMap::new();
    for (name, entry) in node.get("outputs").map(Node::entries).unwrap_or_default() {
        let word = entry.get("type").unwrap_or(entry).text();
        let Some(of) = word.and_then(Type::named) else { continue };
        let of = match (of, entry.get("currency")) {
            (Type::Decimal { .. }, Some(written)) => {
                let code = written.text().unwrap_or_default();
                if currency::decimals(code).is_none() {
                    report.error("bad_value", written.span, format!("`{code}` is not a currency of ISO 4217")).at("outputs");
                }
                Type::Decimal { currency: Some(code.into()) }
            }
            (of, Some(written)) => {
                report.error("wrong_type", written.span, "only a decimal has a currency").at("outputs");
                of
            }
            (of, None) => of,
        };
        outputs.insert(Arc::from(name.text.as_str()), Output { of, declared: true });
    }
    outputs
}

/// Adds what only the rows tell: one type where all rows agree, else anything.
pub fn complete(mut outputs: IndexMap<Arc<str>, Output>, outs: &[Option<&Node>]) -> IndexMap<Arc<str>, Output> {
    for (name, value) in outs.iter().flatten().flat_map(|out| out.entries()) {
        let of = told(value);
        match outputs.get_mut(name.text.as_str()) {
            None => drop(outputs.insert(Arc::from(name.text.as_str()), Output { of, declared: false })),
            Some(known) if !known.declared && known.of != of => known.of = Type::Any,
            Some(_) => {}
        }
    }
    outputs
}

/// The type of a value as written. A quoted decimal is text here: only a declaration makes it an amount.
fn told(value: &Node) -> Type {
    match &value.kind {
        NodeKind::Scalar { quoted: true, .. } => Type::Text,
        NodeKind::Scalar { .. } if value.bool().is_some() => Type::Bool,
        NodeKind::Scalar { .. } if value.int().is_some() => Type::Int,
        NodeKind::Scalar { .. } => Type::Text,
        NodeKind::List(_) | NodeKind::Map(_) => Type::Any,
    }
}

/// Reads what one row says.
pub fn read(out: &Node, outputs: &IndexMap<Arc<str>, Output>, path: &str, report: &mut Report) -> Option<Value> {
    if !matches!(out.kind, NodeKind::Map(_)) {
        report.error("wrong_type", out.span, "what a row says is a mapping").hint("write for example `out: {level: A}`").at(path);
        return None;
    }
    let mut members = Vec::new();
    for (name, value) in out.entries() {
        let Some(output) = outputs.get(name.text.as_str()) else { continue };
        let json = value.to_json();
        let unquoted = matches!(output.of, Type::Decimal { .. }) && json.is_number();
        match output.of.read(&Value::from_json(&json)) {
            Ok(read) if !unquoted => members.push((name.text.clone(), read)),
            _ => wrong(report, value.span, &output.of, unquoted, &format!("{path}.out.{}", name.text)),
        }
    }
    for (name, _) in outputs.iter().filter(|(name, output)| output.declared && out.get(name).is_none()) {
        report
            .warning("missing_key", out.span, format!("the row does not say `{name}`"))
            .hint("there it is unset")
            .at(format!("{path}.out"));
    }
    Some(Value::map(members))
}

fn wrong(report: &mut Report, span: Span, of: &Type, unquoted: bool, path: &str) {
    let hint = if unquoted { "quote it: unquoted numbers lose digits in other tools" } else { "write it in the form of its type" };
    report.error("bad_value", span, format!("this is not of the declared type {}", of.name())).hint(hint).at(path.to_owned());
}
