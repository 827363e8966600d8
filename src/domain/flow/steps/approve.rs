//! `approve`: people agree or do not; the step's outcome is `approved`, `rejected`, or what its ladder says.

use super::{Kind, Word, no_blocks};
use crate::domain::approval::TaskKind;
use crate::domain::flow::compile::{Compiler, StepContext};
use crate::domain::flow::people::{Asks, output_type, shape};
use crate::domain::text::shape::{Field, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::Type;

/// Its keys.
pub static VARIANT: Variant =
    Variant { key: Field::required("approve", Shape::Object(&shape::APPROVE), "People who agree or do not."), fields: &[] };

/// For the compiler.
pub static WORD: Word = Word { key: "approve", blocks: no_blocks, output, compile };

fn output(_: &Compiler<'_>, _: &Node) -> Type {
    output_type()
}

fn compile(compiler: &mut Compiler<'_>, context: &StepContext<'_>) -> Option<Kind> {
    let asks = Asks::compile(compiler, context, "approve", TaskKind::Approve)?;
    Some(Kind::Approve(Box::new(asks)))
}
