//! `kind: amqp`: messages of a broker that speaks AMQP 0-9-1, such as RabbitMQ.
//!
//! A message is published persistent and confirmed, with a message id that the definition makes of the key: whether two of the
//! same id count once is for its readers. Messages are taken by a stream whose items hand themselves over (`payload:`); they
//! are acknowledged once they are stored here, so one that comes again is known by its id.

use super::{Ask, Asked, ConnectorKind, Reach, job, read_reach};
use crate::domain::connector::body::{self, RequestBody};
use crate::domain::connector::compiler::Compiler;
use crate::domain::connector::operation::Effect;
use crate::domain::connector::request::{Draft, DraftBody, plain_millis, scalar_text};
use crate::domain::connector::scopes::Scopes;
use crate::domain::connector::shape;
use crate::domain::connector::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Place, Scope, Template};
use crate::domain::text::shape::{Field, KeyedShape, Kind, ObjectShape, Shape, Variant};
use crate::domain::text::tree::Node;
use crate::domain::value::Value;
use std::sync::Arc;

/// Longest name of the protocol, bytes.
const NAME_MAX: usize = 255;
/// Messages taken at once where nothing is said.
const MESSAGES_MAX: i64 = 100;
/// Messages that may ever be taken at once.
const MESSAGES_MAX_MAX: i64 = 1_000;

static REACH: ObjectShape = ObjectShape {
    name: "amqp",
    doc: "How the broker is reached.",
    fields: &[
        Field::required("broker", Shape::Template, "Where it is: `amqps://host:5671/vhost`, or `amqp://` in a network of your own."),
        Field::optional("user", Shape::Any, "The user, such as `{value: settings.user}`."),
        Field::optional("password", Shape::Any, "The password, such as `{value: settings.password}`."),
        Field::optional("timeout", Shape::Duration, "Time for one request; 30s."),
        Field::optional(
            "max_answer",
            Shape::Size,
            "Longest answer taken: all messages of one request together; 16MiB, and never more than `gateway.response_bytes_max`.",
        ),
    ],
};

static PUBLISH: Variant = Variant {
    key: Field::required("publish", Shape::Template, "The exchange; an empty one is the broker's own, whose routing keys are queues."),
    fields: &[
        Field::required("routing_key", Shape::Any, "The routing key."),
        Field::required("message_id", Shape::Any, "The message id, such as `{value: attempt.key}`: its readers know a repeat by it."),
        Field::optional("headers", Shape::Map(&Shape::Any), "Headers; texts, and what is written as one."),
        Field::optional("type", Shape::Text, "The message's type."),
        Field::optional(
            "unroutable",
            Shape::Word(&["refuse", "drop"]),
            "What a message means that no queue takes: it is refused, or nobody wants it; `refuse`.",
        ),
        body::JSON,
        body::XML,
        body::TEXT,
    ],
};
static TAKE: Variant = Variant {
    key: Field::required("take", Shape::Template, "The queue messages are taken from. It must be there."),
    fields: &[Field::optional("max_messages", Shape::Int, "Messages taken at once; 100.")],
};

static VARIANTS: &[&Variant] = &[&PUBLISH, &TAKE];

static REQUEST: KeyedShape = KeyedShape {
    name: "amqp_request",
    doc: "One thing asked of the broker.",
    common: &[Field::optional("timeout", Shape::Duration, "Time for this request.")],
    variants: VARIANTS,
};

static OPERATION: ObjectShape = ObjectShape {
    name: "amqp_operation",
    doc: "One named call.",
    fields: &shape::operation_fields(Field::optional("request", Shape::Keyed(&REQUEST), "What it asks of the broker.")),
};

/// The kind.
pub static KIND: ConnectorKind = ConnectorKind {
    shape: Kind {
        word: "amqp",
        doc: "Queues of a broker.",
        later: false,
        fields: &[
            Field::required("amqp", Shape::Object(&REACH), "How the broker is reached."),
            Field::optional("operations", Shape::IdMap(&Shape::Object(&OPERATION)), "The calls it offers."),
        ],
    },
    schemes: &[("amqp", Some(5672)), ("amqps", Some(5671))],
    reach,
    request: compile,
};

#[derive(Debug)]
struct Publish {
    exchange: Template,
    routing_key: Tree,
    message_id: Tree,
    headers: Vec<(Arc<str>, Tree)>,
    of: Value,
    mandatory: bool,
    body: RequestBody,
    timeout_millis: Option<u64>,
}

#[derive(Debug)]
struct Take {
    queue: Template,
    messages_max: i64,
    timeout_millis: Option<u64>,
}

fn reach(node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Reach> {
    read_reach(&KIND, node, ("broker", &["user", "password"]), scopes, compiler)
}

fn compile(node: &Node, asked: &Asked<'_>, compiler: &mut Compiler<'_>) -> Option<Box<dyn Ask>> {
    let timeout_millis = plain_millis(node.get("timeout"), compiler);
    let settings = asked.scopes.settings();
    if let Some(queue) = node.get("take") {
        if asked.effect == Effect::Write {
            compiler.error("wrong_type", queue.span, "`take` gives messages to a stream, which reads").hint("declare `effect: read`");
        }
        let written = node.get("max_messages");
        let messages_max = written.and_then(Node::int).unwrap_or(MESSAGES_MAX);
        if !(1..=MESSAGES_MAX_MAX).contains(&messages_max) {
            let span = written.map_or(queue.span, |written| written.span);
            compiler.error("bad_value", span, format!("between 1 and {MESSAGES_MAX_MAX} messages are taken at once"));
        }
        let queue = compiler.inside("take", |compiler| compiler.template(queue, Place::Plain, &settings))?;
        return Some(Box::new(Take { queue, messages_max, timeout_millis }));
    }
    let exchange = node.get("publish")?;
    if asked.effect == Effect::Read {
        compiler
            .error("wrong_type", exchange.span, "`publish` changes something, but the operation is declared as a read")
            .hint("declare `effect: write`");
    }
    let tree =
        |key: &str, compiler: &mut Compiler<'_>| compiler.inside(key, |compiler| Tree::compile(node.get(key)?, asked.scope, compiler));
    let entries = node.get("headers").map(Node::entries).unwrap_or_default();
    let headers: Vec<_> = entries
        .iter()
        .filter_map(|(name, value)| {
            super::super::lint::literal_secret(&name.text, value, compiler);
            let tree = compiler.inside(&format!("headers.{}", name.text), |compiler| Tree::compile(value, asked.scope, compiler))?;
            Some((Arc::from(name.text.as_str()), tree))
        })
        .collect();
    if headers.len() != entries.len() {
        return None;
    }
    Some(Box::new(Publish {
        exchange: compiler.inside("publish", |compiler| compiler.template(exchange, Place::Plain, &settings))?,
        routing_key: tree("routing_key", compiler)?,
        message_id: tree("message_id", compiler)?,
        headers,
        of: node.get("type").and_then(Node::text).map_or(Value::Null, Value::text),
        mandatory: node.get("unroutable").and_then(Node::text) != Some("drop"),
        body: RequestBody::compile(node, asked.scope, compiler)?,
        timeout_millis,
    }))
}

/// A name of the protocol.
fn name(text: String, place: &str) -> Result<Value, BuildError> {
    if text.len() > NAME_MAX {
        return Err(BuildError::Invalid { place: place.to_owned(), why: "is longer than the 255 bytes of a name" });
    }
    if text.chars().any(char::is_control) {
        return Err(BuildError::Invalid { place: place.to_owned(), why: "has a control character" });
    }
    Ok(Value::text(text))
}

fn rendered(template: &Template, scope: &Scope<'_>, place: &str, budget: &mut Budget) -> Result<Value, BuildError> {
    let text = template.render(scope, budget).map_err(|source| BuildError::Evaluate { place: place.to_owned(), source })?;
    name(text, place)
}

fn address(reach: &Reach, scope: &Scope<'_>, budget: &mut Budget) -> Result<String, BuildError> {
    let failed = |source| BuildError::Evaluate { place: "amqp.broker".to_owned(), source };
    reach.base_url.render(scope, budget).map_err(failed)
}

impl Ask for Publish {
    fn only_looks(&self) -> bool {
        false
    }

    fn draft(
        &self,
        reach: &Reach,
        _told: Option<&str>,
        scope: &Scope<'_>,
        payload: &Value,
        _url: Option<&str>,
    ) -> Result<Draft, BuildError> {
        let mut budget = Budget::default();
        let text = |tree: &Tree, place: &str, budget: &mut Budget| -> Result<Value, BuildError> {
            let value = tree.build(scope, payload, place, budget)?;
            let text = scalar_text(&value, place)?.ok_or_else(|| BuildError::Unset { place: place.to_owned() })?;
            name(text, place)
        };
        let mut headers = crate::domain::value::Map::with_capacity(self.headers.len());
        for (name, tree) in &self.headers {
            let place = format!("headers.{name}");
            let value = tree.build(scope, payload, &place, &mut budget)?;
            if let Some(text) = scalar_text(&value, &place)? {
                headers.insert(name.clone(), Value::text(text));
            }
        }
        let (content_type, content) = match self.body.build(scope, payload, &mut budget)? {
            DraftBody::Json(value) => ("application/json".to_owned(), value.to_json_text()),
            DraftBody::Bytes { content_type, bytes } => {
                let why = "is no text";
                (content_type, String::from_utf8(bytes).map_err(|_| BuildError::Invalid { place: "body".to_owned(), why })?)
            }
            DraftBody::Empty | DraftBody::Form(_) => ("application/octet-stream".to_owned(), String::new()),
        };
        let body = Value::map([
            ("exchange", rendered(&self.exchange, scope, "publish", &mut budget)?),
            ("routing_key", text(&self.routing_key, "routing_key", &mut budget)?),
            ("message_id", text(&self.message_id, "message_id", &mut budget)?),
            ("headers", Value::Map(Arc::new(headers))),
            ("type", self.of.clone()),
            ("mandatory", Value::Bool(self.mandatory)),
            ("content_type", Value::text(content_type)),
            ("content", Value::text(content)),
        ]);
        Ok(job("PUBLISH", address(reach, scope, &mut budget)?, body, self.timeout_millis))
    }
}

impl Ask for Take {
    fn only_looks(&self) -> bool {
        // A message that was taken is gone for whom it was meant.
        false
    }

    fn draft(
        &self,
        reach: &Reach,
        _told: Option<&str>,
        scope: &Scope<'_>,
        _payload: &Value,
        _url: Option<&str>,
    ) -> Result<Draft, BuildError> {
        let mut budget = Budget::default();
        let queue = rendered(&self.queue, scope, "take", &mut budget)?;
        let body = Value::map([("queue", queue), ("max_messages", Value::Int(self.messages_max))]);
        Ok(job("TAKE", address(reach, scope, &mut budget)?, body, self.timeout_millis))
    }
}
