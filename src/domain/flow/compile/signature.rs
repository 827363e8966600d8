//! What a flow takes and gives as a step of another: by its text alone, so that flows need not be compiled in an order.

use super::{Compiler, fits};
use crate::domain::flow::environment::FlowSignature;
use crate::domain::flow::flow::Condition;
use crate::domain::text::tree::Node;
use crate::domain::value::Type;

/// The signature of a flow as written; none when it has no document.
pub fn signature(node: &Node) -> Option<FlowSignature> {
    let starts = node.get("start").map(Node::items).unwrap_or_default();
    Some(FlowSignature {
        document: node.get("document")?.text()?.to_owned(),
        is_subflow: starts.iter().any(|start| start.get("subflow").is_some()),
        inputs: inputs(node),
        outputs: typed(node.get("outputs")),
    })
}

/// Whether all its starts are `subflow`.
pub(super) fn always(node: &Node) -> bool {
    let starts = node.get("start").map(Node::items).unwrap_or_default();
    !starts.is_empty() && starts.iter().all(|start| start.get("subflow").is_some())
}

/// What a parent gives.
pub(super) fn inputs(node: &Node) -> Vec<(String, Type)> {
    typed(node.get("inputs"))
}

fn typed(node: Option<&Node>) -> Vec<(String, Type)> {
    let entries = node.map(Node::entries).unwrap_or_default();
    entries.iter().filter_map(|(name, entry)| Some((name.text.clone(), of(entry)?))).collect()
}

fn of(entry: &Node) -> Option<Type> {
    let of = Type::named(entry.get("type")?.text()?)?;
    Some(match (of, entry.get("currency").and_then(Node::text)) {
        (Type::Decimal { .. }, Some(code)) => Type::Decimal { currency: Some(code.into()) },
        (of, _) => of,
    })
}

impl Compiler<'_> {
    /// The values of `outputs`, seen as a step at the top of the flow sees.
    pub(super) fn outputs_of(&mut self, node: &Node) -> Vec<(String, Condition)> {
        let mut outputs = Vec::new();
        if self.declared.is_empty() {
            return outputs;
        }
        let scope = self.step_scope(0, self.document_kind);
        for (name, entry) in node.get("outputs").map(Node::entries).unwrap_or_default() {
            let (Some(wanted), Some(value)) = (of(entry), entry.get("value")) else { continue };
            let Some(condition) = self.expression(value, &scope) else { continue };
            let given = condition.expression.result_type();
            if !fits(given, &wanted) {
                let message = format!("`{}` is {}, but this gives {}", name.text, wanted.name(), given.name());
                self.report.error("expression_type", value.span, message);
            }
            outputs.push((name.text.clone(), condition));
        }
        outputs
    }
}
