//! How work reaches workers: inside the process, or over a broker.

use std::path::PathBuf;

use secrecy::SecretString;

use super::Source;
use super::server::secret_setting;
use crate::domain::diagnostic::Report;
use crate::domain::text::shape::{Field, Kind, Shape, TaggedShape};

/// What stands under `transport`.
pub static SHAPE: TaggedShape = TaggedShape {
    name: "transport",
    doc: "How work reaches workers.",
    tag: "kind",
    default: Some("in_process"),
    common: &[],
    kinds: &[
        &Kind { word: "in_process", doc: "Inside this process; nothing else is needed.", later: false, fields: &[] },
        &Kind { word: "rabbitmq", doc: "Over RabbitMQ 3.10 or newer, to any number of replicas.", later: false, fields: RABBITMQ },
    ],
};

static RABBITMQ: &[Field] = &[
    Field::optional("url", Shape::Setting, "`amqp://host/vhost` or `amqps://…`; with a password write `{secret: …}`."),
    Field::optional(
        "ca_file",
        Shape::Text,
        "Authorities trusted beside the public ones, PEM; for a broker with a certificate of your own.",
    ),
    Field::optional("prefix", Shape::Id, "What queues and exchanges begin with; installations that share a vhost differ in it. `waybill`."),
    Field::optional("publish_events", Shape::Bool, "Publish committed changes to the exchange `PREFIX.events`. `false`."),
    Field::optional("events_source", Shape::Id, "The installation's name in the `source` of events. `hub`."),
];

/// How work reaches workers.
#[derive(Clone, Debug)]
pub enum Transport {
    /// Inside this process.
    InProcess,
    /// Over RabbitMQ.
    RabbitMq(RabbitMq),
}

/// How the broker is used.
#[derive(Clone, Debug)]
pub struct RabbitMq {
    /// Where it is. It may hold a password, so it is kept like one.
    pub url: SecretString,
    /// Authorities trusted beside the public ones.
    pub ca_file: Option<PathBuf>,
    /// What names at the broker begin with.
    pub prefix: String,
    /// Whether committed changes are published.
    pub publish_events: bool,
    /// The installation's name in events.
    pub events_source: String,
}

impl Transport {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Transport {
        // The defaults of the other kind do not stand in the shipped file, which can have one kind only.
        if source.text("kind") != "rabbitmq" {
            return Transport::InProcess;
        }
        let text = |name: &str, otherwise: &str| match source.text(name) {
            text if text.is_empty() => otherwise.to_owned(),
            text => text,
        };
        Transport::RabbitMq(RabbitMq {
            url: url(source, report),
            ca_file: source.get("ca_file").map(|_| source.path("ca_file")),
            prefix: text("prefix", "waybill"),
            publish_events: source.flag("publish_events"),
            events_source: text("events_source", "hub"),
        })
    }
}

fn url(source: &Source<'_>, report: &mut Report) -> SecretString {
    let Some(node) = source.get("url") else {
        report
            .error("missing_key", source.node.map(|node| node.span).unwrap_or_default(), "the broker's `url` is missing")
            .at("transport.url")
            .hint("write for example `amqp://rabbitmq.internal/waybill`, or set `WAYBILL_TRANSPORT_URL`");
        return SecretString::default();
    };
    let Some(text) = node.text() else {
        return secret_setting(node, source, "transport.url", report).unwrap_or_default();
    };
    match url::Url::parse(text) {
        Ok(url) if !["amqp", "amqps"].contains(&url.scheme()) => {
            report
                .error("bad_value", node.span, "the broker's URL begins with neither `amqp:` nor `amqps:`")
                .at("transport.url")
                .hint("write for example `amqp://rabbitmq.internal/waybill`");
        }
        // Line 0 is a variable of the environment, where a password may stand.
        Ok(url) if node.span.line > 0 && url.password().is_some_and(|password| password != "guest") => {
            report
                .error("secret_in_text", node.span, "the broker's URL holds a password in plain text")
                .at("transport.url")
                .hint("put the whole URL into the environment as `WAYBILL_TRANSPORT_URL`, or write `{secret: file/PATH}`");
        }
        Ok(_) => {}
        Err(error) => {
            report.error("bad_value", node.span, format!("the broker's URL cannot be read: {error}")).at("transport.url");
        }
    }
    SecretString::from(text)
}
