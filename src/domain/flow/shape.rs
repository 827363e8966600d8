//! What may stand in a flow file. The step kinds bring their own keys (`steps/`); this is what surrounds them.

use super::steps;
use crate::domain::reconcile::Kind;
use crate::domain::text::shape::{Field, KeyedShape, ObjectShape, Shape, Variant};

/// A flow file.
pub static FLOW: Shape = Shape::Object(&ObjectShape {
    name: "flow",
    doc: "What happens to a document, step by step.",
    fields: &[
        Field::required("format", Shape::Int, "The format of this file: 1."),
        Field::required("flow", Shape::Id, "The flow's id."),
        Field::optional("title", Shape::Title, "What people see."),
        Field::required("document", Shape::Id, "The document type it is for."),
        Field::optional("owner", WHO, "Whose exceptions are that name nobody else."),
        Field::optional(
            "co_managers",
            Shape::OneOrMany(&Shape::Keyed(&crate::domain::directory::WHO)),
            "Who sees its tasks and keeps them moving, without deciding anything: transfers, adds and removes people, urges, copies somebody in, comments, terminates.",
        ),
        Field::optional("priority", Shape::Word(&["high", "normal", "low"]), "Which effects go first when work piles up."),
        Field::optional("calendar", Shape::Id, "The calendar of working time."),
        Field::required("start", Shape::List(&START), "What sets it going."),
        Field::required("steps", Shape::List(&STEP), "The steps, in order."),
        Field::optional("on_error", Shape::List(&POLICY), "What follows when a step fails, by cause."),
        Field::optional("reactions", Shape::List(&REACTION), "What is done when the world changes, also after the end."),
        Field::optional("within", Shape::Object(&super::within::SHAPE), "How long a whole instance may take."),
        Field::optional(
            "withdraw",
            Shape::Word(super::people::verbs::withdraw::TIMES),
            "Until when its initiator may withdraw an instance: as long as it runs (when left out), until somebody has decided in this round and again while it lies with the initiator, or never.",
        ),
        Field::optional("inputs", Shape::IdMap(&Shape::Object(&INPUT)), "What a `subflow` step gives it; its expressions see `input`."),
        Field::optional("outputs", Shape::IdMap(&Shape::Object(&OUTPUT)), "What it gives back to a `subflow` step when it ends."),
        Field::optional("notices", super::notices::SHAPE, "How people are told, by what they are told of."),
        Field::optional(
            "shown_in",
            Shape::List(&Shape::Id),
            "Channels `to: centre` in which its tasks are shown as they stand, for people to see and decide there.",
        ),
        Field::optional("untold", Shape::IdMap(&Shape::Text), "Roles that no ending tells, each with the reason."),
    ],
});

/// The words of `type:`.
const TYPES: &[&str] = &["string", "int", "decimal", "bool", "date", "instant", "duration", "any"];

static INPUT: ObjectShape = ObjectShape {
    name: "flow_input",
    doc: "Something a flow is given by the flow whose step it is.",
    fields: &[
        Field::required("type", Shape::Word(TYPES), "Its type."),
        Field::optional("currency", Shape::Text, "The currency of a decimal that is an amount."),
    ],
};

static OUTPUT: ObjectShape = ObjectShape {
    name: "flow_output",
    doc: "Something a flow gives back.",
    fields: &[
        Field::required("type", Shape::Word(TYPES), "Its type."),
        Field::optional("currency", Shape::Text, "The currency of a decimal that is an amount."),
        Field::required("value", Shape::Expression, "Its value, taken when the flow ends."),
    ],
};

/// What sets a flow going.
pub static START: Shape = Shape::Keyed(&KeyedShape {
    name: "start",
    doc: "What sets the flow going.",
    common: &[Field::optional("when", Shape::Expression, "Only documents for which this holds.")],
    variants: &[
        &Variant { key: Field::required("event", Shape::Reference, "A source event, `role.event`."), fields: &[] },
        &Variant { key: Field::required("form", Shape::Id, "A form a person fills; its mapping makes the document."), fields: &[] },
        &Variant { key: Field::required("api", Shape::Bool, "`true`: a call of the API, with a document or naming one."), fields: &[] },
        &Variant {
            key: Field::required("created", Shape::Id, "The `link` of a `create` step of another flow that makes such a document."),
            fields: &[],
        },
        &Variant { key: Field::required("subflow", Shape::Bool, "`true`: a `subflow` step of another flow."), fields: &[] },
    ],
});

/// A step.
pub static STEP: Shape = Shape::Keyed(&KeyedShape { name: "step", doc: "One step of a flow.", common: COMMON, variants: steps::VARIANTS });

/// An action of a reaction: a step whose id may be left out, or a verb of its own.
pub static ACTION: Shape =
    Shape::Keyed(&KeyedShape { name: "action", doc: "One action of a reaction.", common: COMMON_ACTION, variants: steps::ACTION_VARIANTS });

macro_rules! common {
    ($id:expr) => {
        &[
            $id,
            Field::optional("when", Shape::Expression, "The step is left out unless this holds."),
            Field::optional("title", Shape::Title, "What people see."),
            Field::optional("with", Shape::IdMap(&Shape::Expression), "Names the step's mapping or input sees, each an expression."),
            Field::optional("for", Shape::Id, "The `create` step whose document this step is about."),
            Field::optional("sets", Shape::Text, "Our status of the document once the step is done (a call: before its await)."),
            Field::optional("owner", WHO, "Whose exceptions of this step are."),
            Field::optional("calendar", Shape::Id, "The calendar of this step's working time; the flow's when left out."),
            Field::optional("due", Shape::Duration, "How long a person has."),
            Field::optional("timeout", Shape::Duration, "An exception is raised when the step takes longer; it goes on all the same."),
            Field::optional("on_error", Shape::List(&POLICY), "What follows when this step fails; before the flow's `on_error`."),
            Field::optional("notices", super::notices::SHAPE, "How people are told of this step; before the flow's `notices`."),
        ]
    };
}

static COMMON: &[Field] = common!(Field::required("id", Shape::Id, "The step's id, unique in the flow."));
static COMMON_ACTION: &[Field] = common!(Field::optional("id", Shape::Id, "The action's id, unique in the flow."));

/// Somebody of the directory.
pub const OWNER: Shape = Shape::Keyed(&PERSON);

/// Somebody of the directory, or the initiator.
pub const WHO: Shape = Shape::Either(&[Shape::Word(&["initiator"]), Shape::Keyed(&PERSON)]);

static PERSON: KeyedShape = KeyedShape {
    name: "person",
    doc: "Somebody of the directory.",
    common: &[],
    variants: &[
        &Variant { key: Field::required("role", Shape::Text, "All holders of a role."), fields: &[] },
        &Variant { key: Field::required("user", Shape::Text, "One user."), fields: &[] },
    ],
};

/// The words of `cause:`.
pub const CAUSES: &[&str] = &["partner_down", "data_wrong", "rule_missing", "credentials", "unknown", "our_fault"];

/// One row of `on_error`.
pub static POLICY: Shape = Shape::Object(&ObjectShape {
    name: "error_policy",
    doc: "What follows when a step fails for a cause.",
    fields: &[
        Field::required("cause", Shape::Word(CAUSES), "The cause."),
        Field::optional("retry_for", Shape::Duration, "How long it is retried first; plain time."),
        Field::optional("then", Shape::Word(&["exception", "continue"]), "An exception for a person, or go on with `steps.ID.error` set."),
        Field::optional("owner", WHO, "Whose exceptions of this cause are."),
    ],
});

/// A reaction.
pub static REACTION: Shape = Shape::Keyed(&KeyedShape {
    name: "reaction",
    doc: "What is done when the world changes; also after the end.",
    common: &[
        Field::optional("while", Shape::Word(&["running"]), "Only while the instance has not ended."),
        Field::optional("when", Shape::Expression, "Only when this holds."),
        Field::required("do", Shape::List(&ACTION), "The actions, in order."),
    ],
    variants: &[
        &Variant {
            key: Field::required("revision", Shape::Word(&["changed", "withdrawn"]), "The source changed or withdrew the document."),
            fields: &[],
        },
        &Variant { key: Field::required("event", Shape::Reference, "A partner's event, `role.event`."), fields: &[] },
        &Variant {
            key: Field::required(
                "verb",
                Shape::Word(&["withdraw", "revoke"]),
                "The initiator withdraws it while it runs, or it is revoked after it was approved.",
            ),
            fields: &[Field::optional(
                "by",
                Shape::Word(&["admin", "initiator"]),
                "Who may revoke: whoever runs the flow (when left out), or the initiator as well; let the first action ask somebody to agree.",
            )],
        },
        &Variant {
            key: Field::required("drift", Shape::Word(&Kind::WORDS), "Reconciliation saw that a system and the ledger differ in this way."),
            fields: &[
                Field::required("at", Shape::Id, "The role whose system differs."),
                Field::optional("on_request", Shape::Bool, "Only when a person asks for the repair; else by itself, once a drift."),
            ],
        },
    ],
});
