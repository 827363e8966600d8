//! The shape of a connector file.

use super::{
    auth, decode, field, heard_by, idempotency, page, poll, proof, quota, read_reconcile, redact, request, results, rule, types, webhook,
};
use crate::domain::text::shape::{FORMAT, Field, Kind, ObjectShape, Shape, TITLE, TaggedShape};

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

static HTTP: ObjectShape = ObjectShape {
    name: "http",
    doc: "How the system is reached.",
    fields: &[
        Field::required("base_url", Shape::Template, "Where it is, such as `{{settings.base_url}}`."),
        Field::optional("timeout", Shape::Duration, "Time for one request; 30s."),
        Field::optional("max_answer", Shape::Size, "Longest answer taken, after decompression; 16MiB."),
        Field::optional("version", Shape::Word(&["1.1"]), "Speaks only this version of HTTP, for servers that stumble over HTTP/2."),
        Field::later("proxy", "A proxy."),
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

static OPERATION: ObjectShape = ObjectShape {
    name: "operation",
    doc: "One named call.",
    fields: &[
        Field::required("effect", Shape::Word(&["read", "write"]), "Whether it changes something."),
        Field::optional("title", Shape::Title, "What people see."),
        Field::optional("input", Shape::IdMap(&types::FIELD), "What it takes."),
        Field::optional("output", Shape::IdMap(&field::SHAPE), "What it gives."),
        Field::optional("request", Shape::Object(&request::SHAPE), "The request it makes."),
        Field::optional("steps", Shape::List(&Shape::Object(&STEP)), "The calls it is made of."),
        Field::optional("decode", decode::SHAPE, "What is done to the answer before rules, outputs and mappings see it."),
        Field::optional("page", page::SHAPE, "How further pages are asked for."),
        Field::optional("idempotency", idempotency::SHAPE, "What makes a repeat harmless."),
        Field::optional("readback", Shape::Object(&READBACK), "How to see that it was really done."),
        Field::optional("reverse", Shape::Object(&REVERSE), "What undoes it."),
        Field::optional("version", Shape::Object(&VERSION), "Optimistic lock."),
        Field::optional("responses", Shape::List(&rule::SHAPE), "Rules tried before the connector's."),
        Field::optional("limits", Shape::Object(&LIMITS), "Limits of this operation alone."),
        Field::optional("timeout", Shape::Duration, "Time for one request."),
        Field::optional("results", results::SHAPE, "What the answer says of each item of a request that holds many."),
        Field::later("batch", "Several documents' writes in one request."),
        Field::optional("poll", poll::SHAPE, "Asking for the outcome of a request that the partner has only taken."),
    ],
};

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
        Field::optional("document", Shape::Id, "The document type it makes."),
        Field::optional("map", Shape::Id, "The mapping that makes it."),
        Field::optional("withdrawn", Shape::Object(&WITHDRAWN), "When the source has withdrawn it."),
    ],
};

static HTTP_KIND: Kind = Kind { word: "http", doc: "A system spoken to over HTTP.", later: false, fields: FIELDS };

const fn later(word: &'static str, doc: &'static str) -> Kind {
    Kind { word, doc, later: true, fields: &[] }
}

/// The kinds of connector.
pub static KINDS: &[&Kind] = &[
    &HTTP_KIND,
    &later("sql", "Tables of a database."),
    &later("amqp", "Queues of a broker."),
    &later("file", "Files in folders and on SFTP servers."),
    &later("smtp", "Mail."),
];

static FIELDS: &[Field] = &[
    FORMAT,
    Field::required("connector", Shape::Id, "Its id."),
    TITLE,
    Field::optional("settings", Shape::IdMap(&types::FIELD), "What a connection must give."),
    Field::required("http", Shape::Object(&HTTP), "How it is reached."),
    Field::optional("auth", auth::SHAPE, "How a connection proves who it is; `none` where it is left out."),
    Field::optional("limits", Shape::Object(&LIMITS_OF_ALL), "Limits where the connection gives none."),
    Field::optional("responses", Shape::List(&rule::SHAPE), "Ordered rules about answers."),
    Field::optional("operations", Shape::IdMap(&Shape::Object(&OPERATION)), "The calls it offers."),
    Field::optional("webhooks", Shape::IdMap(&webhook::SHAPE), "The callbacks it understands."),
    Field::optional("streams", Shape::IdMap(&Shape::Object(&STREAM)), "The collections it can read from time to time."),
    Field::optional("events", Shape::IdMap(&Shape::Object(&EVENT)), "What it tells."),
    Field::optional("statuses", Shape::IdMap(&Shape::Map(&Shape::Id)), "Its words for our statuses, by document type."),
    Field::optional("reconcile", Shape::IdMap(&read_reconcile::SHAPE), "How its objects are read back and compared with the ledger."),
    Field::optional("can", Shape::IdMap(&Shape::Bool), "What it can and cannot."),
    Field::optional("redact", redact::SHAPE, "What is taken out of records."),
    Field::optional("proof", proof::SHAPE, "What the definition was held against."),
    Field::later("forms", "Form codecs of its approvals."),
];

static CONNECTOR: TaggedShape =
    TaggedShape { name: "connector", doc: "What a kind of system can do.", tag: "kind", default: Some("http"), common: &[], kinds: KINDS };

/// The shape of a connector file.
pub static SHAPE: Shape = Shape::Tagged(&CONNECTOR);
