//! `decide`: asks a decision table, and keeps what it decided and by which row.

use super::{Kind, Word, no_blocks};
use crate::domain::flow::compile::{Compiler, StepContext, fits};
use crate::domain::flow::effect::Cause;
use crate::domain::flow::machine::Machine;
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};
use serde_json::json;

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required(
        "decide",
        Shape::Id,
        "A decision table; what it decides is the step's output, and the history names the row. Names under `with` replace its inputs.",
    ),
    fields: &[],
};

/// For the compiler.
pub static WORD: Word = Word { key: "decide", blocks: no_blocks, output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub struct Decide {
    /// The table.
    pub table: String,
}

fn output(compiler: &Compiler<'_>, node: &Node) -> Type {
    let table = node.get("decide").and_then(Node::text).and_then(|id| compiler.env.tables.get(id));
    table.map_or(Type::Any, |table| table.result_type())
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node.get("decide")?;
    let id = node.text()?;
    let env = compiler.env;
    let Some(table) = env.tables.get(id) else {
        compiler.unknown("decision table", id, node.span, env.tables.keys());
        return None;
    };
    compiler.uses_table(id);
    for (name, of) in &context.with {
        let place = context.node.get("with").and_then(|with| with.get(name)).map_or(node.span, |value| value.span);
        let Some(input) = table.inputs.iter().find(|input| *input.name == **name) else {
            let known: Vec<String> = table.inputs.iter().map(|input| input.name.to_string()).collect();
            compiler.unknown("input of the table", name, place, known.iter());
            continue;
        };
        let wanted = input.of(table.currency.as_ref());
        if !fits(of, &wanted) {
            compiler.report.error(
                "expression_type",
                place,
                format!("the table takes `{name}` as {}, but this gives {}", wanted.name(), of.name()),
            );
        }
    }
    Some(Kind::Decide(Decide { table: id.to_owned() }))
}

/// Enters the step. That no row holds is a missing rule: somebody has to say what is to be done.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, decide: &Decide) {
    let flow = machine.flow;
    let Some(used) = flow.tables.get(&decide.table) else { return };
    let decided = used.values(&machine.own_scope()).and_then(|mut values| {
        let with = machine.step_of(visit).map(|step| step.with.as_slice()).unwrap_or_default();
        for (name, condition) in with {
            if let Some(place) = used.table.inputs.iter().position(|input| *input.name == **name) {
                values[place] = machine.value(visit, condition)?;
            }
        }
        used.decide(&values)
    });
    let decision = match decided {
        Ok(decision) => decision,
        Err(error) => return machine.expression_failed(visit, &error),
    };
    if matches!(decision.value, Value::Unset) {
        let message = format!("no row of the table `{}` holds", decide.table);
        return machine.cannot_enter(visit, Cause::RuleMissing, "no_row", message);
    }
    machine.note("decided", Some(visit), json!({"table": decide.table, "rows": decision.rows}));
    machine.instance.visits[visit].output = Some(decision.value.to_json());
    machine.complete(visit);
}
