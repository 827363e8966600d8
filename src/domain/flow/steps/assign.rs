//! `assign`: sets fields of the document as this instance sees it. The ledger's revision stays what the source said.

use super::{Kind, Word, no_blocks, no_output};
use crate::domain::flow::compile::{Compiler, StepContext, fits};
use crate::domain::flow::flow::Condition;
use crate::domain::flow::machine::Machine;
use crate::domain::flow::scope::set_path;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::value::Type;
use serde_json::json;

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required("assign", Shape::Map(&Shape::Expression), "Fields of the document, dotted, each with an expression."),
    fields: &[],
};

/// For the compiler.
pub static WORD: Word = Word { key: "assign", blocks: no_blocks, output: no_output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct Assign {
    /// Path and value, in order.
    pub fields: Vec<(String, Condition)>,
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let mut fields = Vec::new();
    if let Some(about) = context.node.get("for") {
        compiler
            .report
            .error("bad_value", about.span, "`assign` sets fields of the flow's own document")
            .hint("leave `for` out; a document that a step makes gets its fields from its mapping");
        return Some(Kind::Assign(Assign { fields }));
    }
    for (key, value) in context.node.get("assign")?.entries() {
        if compiler.is_identity(&key.text) {
            let message = format!("`{}` says which document it is or where it stands, and is not assigned", key.text);
            compiler.report.error("bad_value", key.span, message).hint("a step's `sets` gives the document a status");
            continue;
        }
        let wanted = match context.scope.names.get("doc").map(|doc| member(doc, &key.text)) {
            Some(Some(of)) => of,
            _ => {
                let message = format!("`{}` is not a field of the document", key.text);
                compiler.report.error("unknown_field", key.span, message);
                continue;
            }
        };
        let Some(expression) = compiler.expression(value, &context.scope) else { continue };
        let given = expression.expression.result_type();
        if !fits(given, &wanted) {
            let message = format!("`{}` is {}, but this gives {}", key.text, wanted.name(), given.name());
            compiler.report.error("expression_type", value.span, message);
        }
        fields.push((key.text.clone(), expression));
    }
    Some(Kind::Assign(Assign { fields }))
}

fn member(of: &Type, path: &str) -> Option<Type> {
    path.split('.').try_fold(of.clone(), |of, part| match of {
        Type::Object(object) => object.fields.get(part).map(|field| field.of.clone()).or(object.open.then_some(Type::Any)),
        Type::Map(item) => Some(*item),
        Type::Any => Some(Type::Any),
        _ => None,
    })
}

/// Enters the step: all values are taken before the first is set.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, assign: &Assign) {
    let mut values = Vec::new();
    for (path, condition) in &assign.fields {
        match machine.value(visit, condition) {
            Ok(value) => values.push((path, value)),
            Err(error) => return machine.expression_failed(visit, &error),
        }
    }
    for (path, value) in values {
        machine.doc = set_path(&machine.doc, path, value.clone());
        machine.instance.assigned.retain(|(known, _)| known != path);
        machine.instance.assigned.push((path.clone(), value.to_json()));
    }
    machine.instance.changed = machine.instance.changed.saturating_add(1);
    let fields: Vec<&String> = assign.fields.iter().map(|(path, _)| path).collect();
    machine.note("assigned", Some(visit), json!({"fields": fields}));
    machine.complete(visit);
}
