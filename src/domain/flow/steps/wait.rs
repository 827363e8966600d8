//! `wait`: time passes, plain or working time, or until an instant.

use super::{Kind, Word, no_blocks, no_output};
use crate::domain::flow::compile::{Compiler, StepContext};
use crate::domain::flow::effect::Cause;
use crate::domain::flow::flow::Condition;
use crate::domain::flow::instance::{State, TimerPurpose};
use crate::domain::flow::machine::Machine;
use crate::domain::text::shape::{Field, ObjectShape, Shape, Variant};
use crate::domain::text::units::Span;
use crate::domain::value::{Type, Value};
use jiff::tz::TimeZone;

/// Its keys.
pub static VARIANT: Variant = Variant {
    key: Field::required(
        "wait",
        Shape::Either(&[
            Shape::Duration,
            Shape::Object(&ObjectShape {
                name: "wait",
                doc: "Until a point in time.",
                fields: &[Field::required("until", Shape::Expression, "An instant, or a date (its beginning in UTC).")],
            }),
        ]),
        "How long, or until when.",
    ),
    fields: &[],
};

/// For the compiler.
pub static WORD: Word = Word { key: "wait", blocks: no_blocks, output: no_output, compile };

/// Compiled.
#[derive(Clone, Debug)]
pub enum Wait {
    /// A span.
    For(Span),
    /// Until the result of an expression.
    Until(Condition),
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let node = context.node.get("wait")?;
    let Some(until) = node.get("until") else {
        return Some(Kind::Wait(Wait::For(compiler.duration(Some(node))?)));
    };
    let expression = compiler.expression(until, &context.scope)?;
    if !matches!(expression.expression.result_type(), Type::Instant | Type::Date | Type::Any) {
        let message = format!("this gives {}, but an instant or a date is wanted", expression.expression.result_type().name());
        compiler.report.error("expression_type", until.span, message);
    }
    Some(Kind::Wait(Wait::Until(expression)))
}

/// Enters the step.
pub(super) fn enter(machine: &mut Machine<'_>, visit: usize, wait: &Wait) {
    let until = match wait {
        Wait::For(span) => {
            machine.instance.visits[visit].state = State::Waiting;
            return machine.set_timer_after(visit, TimerPurpose::Wait, *span);
        }
        Wait::Until(condition) => match machine.value(visit, condition) {
            Ok(Value::Instant(instant)) => Some(instant),
            Ok(Value::Date(date)) => date.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp()),
            Ok(_) => None,
            Err(error) => return machine.expression_failed(visit, &error),
        },
    };
    match until {
        Some(until) if until <= machine.now => machine.complete(visit),
        Some(until) => {
            machine.instance.visits[visit].state = State::Waiting;
            machine.set_timer(visit, TimerPurpose::Wait, until);
        }
        None => machine.cannot_enter(visit, Cause::DataWrong, "expression_failed", "`until` gives no point in time".to_owned()),
    }
}
