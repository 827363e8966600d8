//! Reading a flow test.

use crate::domain::diagnostic::{Report, Span, Spanned};
use crate::domain::flow::people::verbs;
use crate::domain::flow::steps::outcome::OUTCOMES;
use crate::domain::reconcile::Kind;
use crate::domain::text::shape::{Field, KeyedShape, ObjectShape, Shape, Variant, check};
use crate::domain::text::tree::Node;
use crate::domain::text::units;
use jiff::Timestamp;
use std::sync::Arc;

/// A flow test file.
pub static CASE: Shape = Shape::Object(&ObjectShape {
    name: "flow_test",
    doc: "A flow played with scripted answers.",
    fields: &[
        Field::required("format", Shape::Int, "The format of this file: 1."),
        Field::required("test", Shape::Text, "What it shows."),
        Field::required("flow", Shape::Id, "The flow."),
        Field::required("given", Shape::Object(&GIVEN), "What it starts with."),
        Field::optional("script", Shape::List(&Shape::Keyed(&ITEM)), "What happens, in order."),
        Field::optional("expect", Shape::Object(&EXPECT), "What must have come of it."),
    ],
});

static GIVEN: ObjectShape = ObjectShape {
    name: "given",
    doc: "What a test starts with.",
    fields: &[
        Field::required("document", Shape::Text, "The document's content, a JSON file."),
        Field::required("at", Shape::Text, "The time it starts, RFC 3339."),
    ],
};

static ITEM: KeyedShape = KeyedShape {
    name: "script_item",
    doc: "One thing that happens.",
    common: &[Field::optional("expect", Shape::Object(&EXPECT), "What must have come of it so far.")],
    variants: &[
        &Variant {
            key: Field::required("call", Shape::Reference, "A call the flow (or a look-up) makes here."),
            fields: &[Field::required(
                "answer",
                Shape::Any,
                "The output, `lost`, `{refused: message}`, or `{class: …, message: …}` with a class of answers or a cause.",
            )],
        },
        &Variant {
            key: Field::required("event", Shape::Reference, "A partner's event, after its read-back."),
            fields: &[
                Field::optional("id", Shape::Text, "The object it is about."),
                Field::optional("outcome", Shape::Text, "What it came to."),
                Field::optional("output", Shape::Any, "What the read-back gave."),
                Field::optional("document", Shape::Text, "A source event: the new content, a JSON file."),
                Field::optional("withdrawn", Shape::Bool, "A source event: the document was withdrawn."),
            ],
        },
        &Variant {
            key: Field::required(
                "drift",
                Shape::Word(&Kind::WORDS),
                "Reconciliation sees that a system and the ledger differ in this way.",
            ),
            fields: &[
                Field::optional("at", Shape::Id, "The role whose connection it is."),
                Field::optional("id", Shape::Text, "The object it is about."),
                Field::optional("field", Shape::Text, "The field it is about."),
                Field::optional("ours", Shape::Text, "What we hold."),
                Field::optional("theirs", Shape::Text, "What they say."),
                Field::optional("asked", Shape::Bool, "A person asks for the repair."),
            ],
        },
        &Variant {
            key: Field::required("subflow", Shape::Id, "A flow that is a step of this one ends (or, while it is taken back, has been)."),
            fields: &[
                Field::optional("outcome", Shape::Word(OUTCOMES), "What it came to; `cancelled` while it is taken back."),
                Field::optional("output", Shape::Any, "Its outputs."),
            ],
        },
        &Variant {
            key: Field::required("linked", Shape::Id, "The document of this type that the flow made has another status."),
            fields: &[Field::required("status", Shape::Text, "The status.")],
        },
        &Variant {
            key: Field::required("act", Shape::Word(verbs::WORDS), "What a person does about their task, or about the instance."),
            fields: &[
                Field::required("by", Shape::Text, "Who, by id; `admin` for somebody who runs the flow."),
                Field::optional("for", Shape::Text, "Whose task it is, when somebody decides for somebody else."),
                Field::optional("step", Shape::Id, "Which step's task, when they have several."),
                Field::optional("comment", Shape::Text, "What they say."),
                Field::optional("to", Shape::OneOrMany(&Shape::Text), "People they name."),
                Field::optional("target", Shape::Text, "Where a return or an intervention leads."),
                Field::optional("how", Shape::Word(&["before", "after", "beside"]), "Where added people stand."),
                Field::optional("in_turn", Shape::Bool, "Added people are asked one after the other."),
                Field::optional("straight", Shape::Bool, "After a return: straight back."),
                Field::optional("outcome", Shape::Word(&["approved", "rejected"]), "What an intervention decides."),
                Field::optional("edits", Shape::Map(&Shape::Any), "Fields they change."),
                Field::optional("attachments", Shape::List(&Shape::Text), "Names of files they attach."),
                Field::optional("refused", Shape::Text, "The code with which it must be refused."),
            ],
        },
        &Variant { key: Field::required("advance", Shape::Duration, "Time passes; what is due comes."), fields: &[] },
        &Variant {
            key: Field::required(
                "command",
                Shape::Word(&["retry", "skip", "mark_done", "cancel"]),
                "What a person does about an exception.",
            ),
            fields: &[Field::optional("output", Shape::Any, "The output, for `mark_done`.")],
        },
    ],
};

static EXPECT: ObjectShape = ObjectShape {
    name: "expect",
    doc: "What must have come of it.",
    fields: &[
        Field::optional("path", Shape::List(&Shape::Text), "Steps entered, in order; a choice as `step.branch`."),
        Field::optional("outcome", Shape::Word(OUTCOMES), "What the instance came to."),
        Field::optional("status", Shape::Text, "Our status of the document."),
        Field::optional("calls", Shape::Map(&Shape::Int), "How often operations were called, looks-up included."),
        Field::optional("holders", Shape::List(&Shape::Text), "Whose turn it is now."),
        Field::optional("round", Shape::Int, "The round of the instance."),
        Field::optional("reminded", Shape::List(&Shape::Text), "Who was reminded since the item before."),
        Field::optional("exceptions", Shape::List(&Shape::Text), "Codes of the exceptions that stand open."),
    ],
};

/// A flow test.
#[derive(Clone, Debug)]
pub struct Case {
    /// What it shows.
    pub name: String,
    /// The flow.
    pub flow: Spanned<String>,
    /// The file it stands in.
    pub file: Arc<str>,
    /// The document's file.
    pub document: Spanned<String>,
    /// When it starts.
    pub at: Timestamp,
    /// What happens.
    pub script: Vec<Item>,
    /// What must have come of it.
    pub expect: Option<Expect>,
    /// The place of the whole, for what is missing.
    pub span: Span,
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub struct Item {
    /// What.
    pub what: What,
    /// Its place.
    pub span: Span,
    /// What must have come of it so far.
    pub expect: Option<Expect>,
}

/// What happens.
#[derive(Clone, Debug)]
pub enum What {
    /// A call is answered.
    Call {
        /// `role.operation`.
        call: (String, String),
        /// The answer as written.
        answer: Node,
    },
    /// A partner's event.
    Event {
        /// `role.event`.
        event: (String, String),
        /// The event as written.
        node: Node,
    },
    /// A drift is seen.
    Drift(Node),
    /// A subflow ends.
    Subflow(String, Node),
    /// A linked document has another status.
    Linked(String, String),
    /// A person acts on a task or the instance.
    Act(String, Node),
    /// Time passes.
    Advance(units::Span),
    /// A person acts.
    Command(String, Option<Node>),
}

/// What must have come of it.
#[derive(Clone, Debug)]
pub struct Expect {
    /// As written.
    pub node: Node,
}

impl Case {
    /// Checks a tree and reads it; none when it cannot be run.
    pub fn read(node: &Node, report: &mut Report) -> Option<Case> {
        check(node, &CASE, report);
        let named = |node: &Node| Some(Spanned::new(node.text()?.to_owned(), node.span));
        let given = node.get("given")?;
        let at = given.get("at")?;
        let Ok(start) = at.text()?.parse::<Timestamp>() else {
            let hint = "write for example `2026-09-28T10:00:00+08:00`";
            report.error("bad_value", at.span, "this is not a time with an offset").hint(hint);
            return None;
        };
        Some(Case {
            name: node.get("test")?.text()?.to_owned(),
            flow: named(node.get("flow")?)?,
            file: report.file(),
            document: named(given.get("document")?)?,
            at: start,
            script: node.get("script").map(Node::items).unwrap_or_default().iter().filter_map(item).collect(),
            expect: node.get("expect").map(|node| Expect { node: node.clone() }),
            span: node.get("test")?.span,
        })
    }
}

fn item(node: &Node) -> Option<Item> {
    let expect = node.get("expect").map(|node| Expect { node: node.clone() });
    let reference = |key: &str| {
        let (role, name) = node.get(key)?.text()?.split_once('.')?;
        Some((role.to_owned(), name.to_owned()))
    };
    let what = if let Some(call) = reference("call") {
        What::Call { call, answer: node.get("answer")?.clone() }
    } else if let Some(event) = reference("event") {
        What::Event { event, node: node.clone() }
    } else if node.get("drift").is_some() {
        What::Drift(node.clone())
    } else if let Some(flow) = node.get("subflow") {
        What::Subflow(flow.text()?.to_owned(), node.clone())
    } else if let Some(kind) = node.get("linked") {
        What::Linked(kind.text()?.to_owned(), node.get("status")?.text()?.to_owned())
    } else if let Some(verb) = node.get("act") {
        What::Act(verb.text()?.to_owned(), node.clone())
    } else if let Some(advance) = node.get("advance") {
        What::Advance(units::duration(advance.text()?)?)
    } else {
        What::Command(node.get("command")?.text()?.to_owned(), node.get("output").cloned())
    };
    Some(Item { what, span: node.span, expect })
}
