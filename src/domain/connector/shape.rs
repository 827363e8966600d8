//! The shape of a connector file.

use super::{
    batch, decode, field, forms, heard_by, idempotency, kind, lacks, page, poll, proof, quota, read_reconcile, redact, results, rule,
    types, webhook,
};
use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape, TITLE, TaggedShape};

/// Expressions by name: what one call hands to another.
pub(super) const WITH: Shape = Shape::Map(&Shape::Expression);

static LIMITS: ObjectShape = ObjectShape {
    name: "limits",
    doc: "Rate and concurrency limits.",
    fields: &[
        Field::optional("rate", Shape::OneOrMany(&Shape::Rate), "Requests in a time; several hold at once."),
        Field::optional("concurrency", Shape::Int, "Requests at the same time."),
    ],
};

static LIMITS_OF_ALL: ObjectShape = ObjectShape {
    name: "connector_limits",
    doc: "Rate and concurrency limits, and what answers say of them.",
    fields: &[
        Field::optional("rate", Shape::OneOrMany(&Shape::Rate), "Requests in a time; several hold at once."),
        Field::optional("concurrency", Shape::Int, "Requests at the same time."),
        Field::optional("remaining", quota::REMAINING_SHAPE, "Headers that say how many requests are left."),
    ],
};

/// What connectors say of themselves: flows that ask for more are refused, and people read it in the gallery.
static CAN: ObjectShape = ObjectShape {
    name: "can",
    doc: "What the system can, for flows and for whoever chooses it.",
    fields: &[
        Field::optional("withdraw", Shape::Bool, "A running approval can be taken back; a flow that does so is refused where it cannot."),
        Field::optional("change_running", Shape::Bool, "The document of a running approval can be changed; told in the gallery."),
        Field::optional("comment", Shape::Bool, "A running approval can be commented on; told in the gallery."),
    ],
};

static STEP: ObjectShape = ObjectShape {
    name: "operation_step",
    doc: "One call inside an operation made of steps.",
    fields: &[
        Field::required("id", Shape::Id, "Its id; later steps see `steps.ID.output`."),
        Field::required("call", Shape::Id, "The operation of this connector."),
        Field::optional("with", WITH, "What it hands over."),
        Field::optional("when", Shape::Expression, "Skipped where this does not hold."),
        Field::optional("each", Shape::Expression, "The list it runs over."),
        Field::optional("as", Shape::Id, "The name of the element."),
        Field::optional("keep_when", Shape::Expression, "Which results are kept; sees `output`."),
    ],
};

static READBACK: ObjectShape = ObjectShape {
    name: "readback",
    doc: "How to see that a write was really done.",
    fields: &[
        Field::required("operation", Shape::Id, "The read to ask."),
        Field::optional("with", WITH, "What it is asked with."),
        Field::required("expect", Shape::Expression, "Must hold on its `output`."),
        Field::optional("ask_after", Shape::List(&Shape::Duration), "When to ask; at once where it is left out."),
    ],
};

static REVERSE: ObjectShape = ObjectShape {
    name: "reverse",
    doc: "What undoes a write.",
    fields: &[
        Field::required("operation", Shape::Id, "The operation that undoes it."),
        Field::optional("with", WITH, "What it is called with; sees `input` and `output`."),
    ],
};

static VERSION: ObjectShape = ObjectShape {
    name: "version",
    doc: "Optimistic lock.",
    fields: &[
        Field::optional("from", Shape::Path, "Where in the input the version is."),
        Field::optional("value", Shape::Expression, "The version."),
        Field::required("send", Shape::Text, "The header it goes back in, such as `If-Match`."),
    ],
};

const STEPS: Shape = Shape::List(&Shape::Object(&STEP));
const RESPONSES: Shape = Shape::List(&rule::SHAPE);

/// The keys of an operation; `request` is what the kind of connector calls one.
pub(super) const fn operation_fields(request: Field) -> [Field; 18] {
    [
        Field::required("effect", Shape::Word(&["read", "write"]), "Whether it changes something."),
        Field::optional("title", Shape::Title, "What people see."),
        Field::optional("input", Shape::IdMap(&types::FIELD), "What it takes."),
        Field::optional("output", Shape::IdMap(&field::SHAPE), "What it gives."),
        request,
        Field::optional("steps", STEPS, "The calls it is made of."),
        Field::optional("decode", decode::SHAPE, "What is done to the answer before rules, outputs and mappings see it."),
        Field::optional("page", page::SHAPE, "How further pages are asked for."),
        Field::optional("idempotency", idempotency::SHAPE, "What makes a repeat harmless."),
        Field::optional("readback", Shape::Object(&READBACK), "How to see that it was really done."),
        Field::optional("reverse", Shape::Object(&REVERSE), "What undoes it."),
        Field::optional("version", Shape::Object(&VERSION), "Optimistic lock."),
        Field::optional("responses", RESPONSES, "Rules tried before the connector's."),
        Field::optional("limits", Shape::Object(&LIMITS), "Limits of this operation alone."),
        Field::optional("timeout", Shape::Duration, "Time for one request."),
        Field::optional("results", results::SHAPE, "What the answer says of each item of a request that holds many."),
        Field::optional("batch", batch::SHAPE, "A write over a list in one request, with an outcome of each item."),
        Field::optional("poll", poll::SHAPE, "Asking for the outcome of a request that the partner has only taken."),
    ]
}

static CURSOR: ObjectShape = ObjectShape {
    name: "cursor",
    doc: "Where the next reading begins.",
    fields: &[
        Field::required("argument", Shape::Id, "The operation's argument it is handed over in."),
        Field::optional("value", Shape::Expression, "The item's own position, such as `item.changed_at`; our clock where it is left out."),
        Field::optional("overlap", Shape::Duration, "How far each reading goes back behind the last; 2m."),
        Field::optional("initial", Shape::Duration, "How far back the very first reading goes; 1d."),
        Field::optional("ordered", Shape::Bool, "Items come in the cursor's order, so that each page may advance it."),
        Field::optional("until", Shape::Id, "The argument for the end of what is asked for, where the partner wants one."),
        Field::optional("window", Shape::Duration, "Longest time between beginning and end; what is longer is read in several readings."),
        Field::optional("lag", Shape::Duration, "How far the end stays behind our clock, for what the partner shows late; nothing."),
    ],
};

static STREAM: ObjectShape = ObjectShape {
    name: "stream",
    doc: "A collection read from time to time.",
    fields: &[
        Field::required("operation", Shape::Id, "The read it asks."),
        Field::required("each", Shape::Id, "The output field whose elements are the items."),
        Field::required("ref", Shape::IdMap(&Shape::Any), "What each item points at; sees `item`."),
        Field::optional(
            "id",
            Shape::Expression,
            "What tells one item from another: an item of the same id is not taken twice; sees `item`.",
        ),
        Field::optional("payload", Shape::Expression, "What an item hands over, for events that say `trust: payload`; sees `item`."),
        Field::optional("with", WITH, "Further arguments."),
        Field::optional("cursor", Shape::Object(&CURSOR), "Where the next reading begins."),
        Field::required("every", Shape::Duration, "Time between readings."),
    ],
};

static THEN: ObjectShape = ObjectShape {
    name: "then",
    doc: "The read that tells the truth.",
    fields: &[Field::required("operation", Shape::Id, "The read."), Field::optional("with", WITH, "What it is asked with; sees `ref`.")],
};

static LINK: ObjectShape = ObjectShape {
    name: "link",
    doc: "Which object it is about.",
    fields: &[Field::required("external_id", Shape::Expression, "The partner's id of the object; sees `output`.")],
};

/// The outcomes a rule may give.
pub(super) const OUTCOMES: &[&str] = &["approved", "rejected", "withdrawn", "revoked", "expired", "cancelled", "pending", "unknown"];

static OUTCOME: ObjectShape = ObjectShape {
    name: "outcome_rule",
    doc: "What an output means for whoever waits.",
    fields: &[
        Field::optional("when", Shape::Expression, "Sees `output`."),
        Field::optional("is", Shape::Word(OUTCOMES), "What it means."),
        Field::optional("otherwise", Shape::Word(OUTCOMES), "Where no rule matches."),
    ],
};

static WITHDRAWN: ObjectShape = ObjectShape {
    name: "withdrawn",
    doc: "When the source has withdrawn the document.",
    fields: &[Field::required("when", Shape::Expression, "Sees `output`.")],
};

static ACT: ObjectShape = ObjectShape {
    name: "event_act",
    doc: "What somebody did about one of our tasks in the partner's app, in the name of whose task it is.",
    fields: &[
        Field::required("task", Shape::Expression, "The id of our task; sees `output`."),
        Field::required("verb", Shape::Expression, "`approve`, `reject` or `complete`; sees `output`."),
        Field::optional("comment", Shape::Expression, "What they said; sees `output`."),
    ],
};

static ASKED: ObjectShape = ObjectShape {
    name: "event_asked",
    doc: "Whom the object asks there, as long as its outcome is pending: it stands in their lists here, to be seen and not decided.",
    fields: &[
        Field::required(
            "people",
            Shape::Expression,
            "What the partner calls them, a list of texts; sees `output`. `people` of the connection says who they are.",
        ),
        Field::optional("url", Shape::Expression, "Where they see and decide it there; sees `output`."),
    ],
};

static EVENT: ObjectShape = ObjectShape {
    name: "event",
    doc: "What a partner tells.",
    fields: &[
        Field::required("heard_by", heard_by::SHAPE, "The ways it is heard."),
        Field::optional("title", Shape::Title, "What people see."),
        Field::optional("then", Shape::Object(&THEN), "The read that tells the truth."),
        Field::optional("trust", Shape::Word(&["payload"]), "Believe the payload of a signed callback without reading back."),
        Field::optional("output", Shape::IdMap(&field::SHAPE), "What a trusted payload says."),
        Field::optional("link", Shape::Object(&LINK), "Which object it is about."),
        Field::optional("dedupe", Shape::List(&Shape::Expression), "What makes two tellings the same."),
        Field::optional("outcome", Shape::List(&Shape::Object(&OUTCOME)), "What it means for whoever waits."),
        Field::optional("asked", Shape::Object(&ASKED), "Whom it asks there while its outcome is pending."),
        Field::optional("document", Shape::Id, "The document type it makes."),
        Field::optional("map", Shape::Id, "The mapping that makes it."),
        Field::optional("withdrawn", Shape::Object(&WITHDRAWN), "When the source has withdrawn it."),
        Field::optional("act", Shape::Object(&ACT), "What somebody did there about one of our tasks; of a signed payload that is trusted."),
    ],
};

static CONNECTOR: TaggedShape = TaggedShape {
    name: "connector",
    doc: "What a kind of system can do.",
    tag: "kind",
    default: Some("http"),
    common: &[
        FORMAT,
        Field::required("connector", Shape::Id, "Its id."),
        TITLE,
        Field::optional("settings", Shape::IdMap(&types::FIELD), "What a connection must give."),
        Field::optional("limits", Shape::Object(&LIMITS_OF_ALL), "Limits where the connection gives none."),
        Field::optional("responses", Shape::List(&rule::SHAPE), "Ordered rules about answers."),
        Field::optional("webhooks", Shape::IdMap(&webhook::SHAPE), "The callbacks it understands."),
        Field::optional("streams", Shape::IdMap(&Shape::Object(&STREAM)), "The collections it can read from time to time."),
        Field::optional("events", Shape::IdMap(&Shape::Object(&EVENT)), "What it tells."),
        Field::optional("statuses", Shape::IdMap(&Shape::Map(&Shape::Id)), "Its words for our statuses, by document type."),
        Field::optional("reconcile", Shape::IdMap(&read_reconcile::SHAPE), "How its objects are read back and compared with the ledger."),
        Field::optional("can", Shape::Object(&CAN), "What it can and cannot."),
        Field::optional("lacks", lacks::SHAPE, "What such a system does not have, and why."),
        Field::optional("redact", redact::SHAPE, "What is taken out of records."),
        Field::optional("proof", proof::SHAPE, "What the definition was held against."),
        Field::optional(
            "forms",
            Shape::IdMap(&forms::SHAPE),
            "How the forms of its approvals are written and read, by the operation that sends one.",
        ),
    ],
    kinds: &kind::SHAPES,
};

/// The shape of a connector file.
pub static SHAPE: Shape = Shape::Tagged(&CONNECTOR);
