//! List macros, recognised again.
//!
//! The crate's parser always expands `all`, `exists`, `exists_one`, `map` and `filter` into folds. Their shapes are
//! fixed, so each is read back; a fold of any other shape cannot be written by hand.

use super::node::LoopKind;
use cel::common::ast::{ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};

/// A list macro as it was written.
pub(super) struct Macro<'a> {
    pub kind: LoopKind,
    pub range: &'a IdedExpr,
    pub variable: &'a str,
    pub condition: Option<&'a IdedExpr>,
    pub body: Option<&'a IdedExpr>,
}

/// Reads a fold back as the macro it came from.
pub(super) fn recognise(fold: &ComprehensionExpr) -> Option<Macro<'_>> {
    let step = &fold.loop_step;
    let made = |kind, condition, body| Macro { kind, range: &fold.iter_range, variable: &fold.iter_var, condition, body };
    match &fold.accu_init.expr {
        Expr::Literal(LiteralValue::Boolean(start)) if *start.inner() => {
            Some(made(LoopKind::All, Some(argument(step, operators::LOGICAL_AND, 1)?), None))
        }
        Expr::Literal(LiteralValue::Boolean(_)) => Some(made(LoopKind::Exists, Some(argument(step, operators::LOGICAL_OR, 1)?), None)),
        Expr::Literal(LiteralValue::Int(_)) => Some(made(LoopKind::ExistsOne, Some(argument(step, operators::CONDITIONAL, 0)?), None)),
        Expr::List(_) => match argument(step, operators::CONDITIONAL, 0) {
            Some(condition) => {
                let body = appended(argument(step, operators::CONDITIONAL, 1)?)?;
                match &body.expr {
                    Expr::Ident(name) if *name == fold.iter_var => Some(made(LoopKind::Filter, Some(condition), None)),
                    _ => Some(made(LoopKind::Map, Some(condition), Some(body))),
                }
            }
            None => Some(made(LoopKind::Map, None, Some(appended(step)?))),
        },
        _ => None,
    }
}

fn argument<'a>(node: &'a IdedExpr, function: &str, index: usize) -> Option<&'a IdedExpr> {
    match &node.expr {
        Expr::Call(call) if call.func_name == function => call.args.get(index),
        _ => None,
    }
}

/// The `x` of `@result + [x]`.
fn appended(node: &IdedExpr) -> Option<&IdedExpr> {
    match &argument(node, operators::ADD, 1)?.expr {
        Expr::List(list) => list.elements.first(),
        _ => None,
    }
}
