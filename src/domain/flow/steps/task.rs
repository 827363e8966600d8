//! `task`: people do something outside and say when it is done.

use super::{Kind, Word, no_blocks};
use crate::domain::approval::TaskKind;
use crate::domain::flow::compile::{Compiler, StepContext};
use crate::domain::flow::people::{Asks, output_type, shape};
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::Type;

/// Its keys.
pub static VARIANT: Variant =
    Variant { key: Field::required("task", Shape::Object(&shape::TASK), "Something people do outside."), fields: &[] };

/// For the compiler.
pub static WORD: Word = Word { key: "task", blocks: no_blocks, output, compile };

fn output(_: &Compiler<'_>, _: &Node) -> Type {
    output_type()
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let asks = Asks::compile(compiler, context, "task", TaskKind::Handle)?;
    Some(Kind::Task(Box::new(asks)))
}
