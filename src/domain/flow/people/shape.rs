//! The keys of a step that asks people.

use super::choose::CHOOSER;
use super::verbs;
use crate::domain::flow::ladder;
use crate::domain::text::shape::{Field, KeyedShape, ObjectShape, Shape, Variant};

/// What can be done with a field at a step.
const RIGHTS: &[&str] = &["read", "edit", "required", "hide"];

/// Keys of both kinds.
macro_rules! fields {
    ($($own:expr),* $(,)?) => {
        &[
            Field::required("by", Shape::OneOrMany(&CHOOSER), "Who is asked; the chain is fixed when the step is entered."),
            Field::required("empty", EMPTY, "What follows when that leads to nobody: `pass`, `reject`, `block` (an exception), or somebody else."),
            Field::optional("mode", MODE, "How many must agree, and in which order they are asked; `all` when left out."),
            Field::optional("fields", Shape::Map(&Shape::Word(RIGHTS)), "What can be done with fields of the document, by dotted path; `read` when left out."),
            Field::optional("comment", Shape::List(&Shape::Word(verbs::WORDS)), "Verbs that need a comment; `reject` and `return` when left out."),
            Field::optional("verbs", Shape::List(&Shape::Word(verbs::WORDS)), "Of the verbs that can be switched off, the only ones people may use here; all when left out."),
            Field::optional("copies", Shape::List(&COPY), "Who is told, without anybody waiting for them."),
            Field::optional("ladder", Shape::List(&ladder::SHAPE), "What happens while it takes long; counted from the entry."),
            Field::optional("instead", Shape::OneOrMany(&CHOOSER), "Who takes over the tasks of somebody who leaves; the superior when left out."),
            $($own),*
        ]
    };
}

const MODE: Shape = Shape::Either(&[
    Shape::Word(&["all", "any", "any_agrees", "sequence", "claim"]),
    Shape::Keyed(&KeyedShape {
        name: "votes",
        doc: "A vote.",
        common: &[],
        variants: &[
            &Variant { key: Field::required("percent", Shape::Int, "So many of a hundred must agree, rounded up."), fields: &[] },
            &Variant { key: Field::required("votes", Shape::Int, "So many must agree."), fields: &[] },
        ],
    }),
]);

const EMPTY: Shape = Shape::Either(&[
    Shape::Word(&["pass", "reject", "block"]),
    Shape::Object(&ObjectShape {
        name: "somebody_else",
        doc: "Somebody else is asked.",
        fields: &[Field::required("to", Shape::Keyed(&crate::domain::directory::WHO), "Who.")],
    }),
]);

const COPY: Shape = Shape::Object(&ObjectShape {
    name: "copy",
    doc: "Who is told.",
    fields: &[
        Field::required("to", Shape::OneOrMany(&CHOOSER), "Who."),
        Field::optional("at", Shape::Word(&["entry", "exit", "both"]), "When; on entry when left out."),
    ],
});

/// The keys under `approve`.
pub static APPROVE: ObjectShape = ObjectShape {
    name: "approve",
    doc: "People who agree or do not.",
    fields: fields![
        Field::optional("veto", Shape::OneOrMany(&CHOOSER), "Those whose no ends a vote."),
        Field::optional(
            "own",
            Shape::Word(&["ask", "pass", "superior", "head"]),
            "When the initiator is among them: asked like anybody, their share passes, or their manager or department head is asked instead.",
        ),
        Field::optional(
            "repeated",
            Shape::Word(&["ask", "pass_adjacent", "pass_earlier"]),
            "Whether somebody is asked again who agreed in the step before, or anywhere earlier in this round.",
        ),
        Field::optional(
            "second_person",
            Shape::Bool,
            "Neither the initiator nor anybody who decided earlier may decide here; nobody's share passes by itself.",
        ),
        Field::optional(
            "reject",
            Shape::Word(&["end", "return"]),
            "What a no means: the step ends `rejected`, or it goes back to the initiator."
        ),
    ],
};

/// The keys under `task`.
pub static TASK: ObjectShape = ObjectShape {
    name: "task",
    doc: "Something people do outside.",
    fields: fields![Field::optional("proof", Shape::Bool, "Whether a file must be attached when it is done.")],
};
