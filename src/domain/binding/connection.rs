//! The file `config/connections/<id>.yaml`: one installation of a system.

use super::egress::EgressRule;
use super::owner;
use super::setting::Setting;
use crate::domain::diagnostic::{Report, Span};
use crate::domain::flow::environment::Person;
use crate::domain::reconcile::{POLICY_SHAPE, Policy};
use crate::domain::text::shape::{FORMAT, Field, ObjectShape, Shape, TITLE};
use crate::domain::text::title::Title;
use crate::domain::text::tree::Node;
use crate::domain::text::units::{self, Rate};
use indexmap::IndexMap;
use std::sync::Arc;

static EGRESS: ObjectShape = ObjectShape {
    name: "egress",
    doc: "Where the connection may call.",
    fields: &[Field::required(
        "allow",
        Shape::List(&Shape::Text),
        "hosts (`api.example.com`, `*.example.com`), networks (`10.1.0.0/16`), each with an optional `:port`",
    )],
};

static TLS: ObjectShape = ObjectShape {
    name: "tls",
    doc: "Trust and identity beyond the public certificate authorities.",
    fields: &[
        Field::optional("ca", Shape::Setting, "PEM of further authorities: its text or `{secret: file/PATH}`"),
        Field::optional("certificate", Shape::Setting, "PEM of the client certificate"),
        Field::optional("key", Shape::Setting, "PEM of the client's key, as `{secret: …}`"),
    ],
};

static LIMITS: ObjectShape = ObjectShape {
    name: "limits",
    doc: "Limits of this installation; each overrides the connector's.",
    fields: &[
        Field::optional("rate", Shape::Rate, "calls in a time"),
        Field::optional("concurrency", Shape::Int, "calls at once"),
        Field::optional("timeout", Shape::Duration, "how long one request may take"),
    ],
};

/// The shape of a connection.
pub static CONNECTION: Shape = Shape::Object(&ObjectShape {
    name: "connection",
    doc: "One installation of a system: which connector speaks to it, with which settings, and where it may call.",
    fields: &[
        FORMAT,
        Field::required("connection", Shape::Id, "the id of the connection"),
        TITLE,
        Field::required("connector", Shape::Id, "the connector that speaks to it"),
        Field::optional("environment", Shape::Id, "production, test, demo, …; shown wherever the connection is"),
        Field::optional(
            "owner",
            crate::domain::flow::shape::OWNER,
            "whose the messages are that cannot be worked on; the default owner of the bindings where it is left out",
        ),
        Field::optional("settings", Shape::IdMap(&Shape::Setting), "values of the settings that the connector declares"),
        Field::optional(
            "people",
            Shape::Id,
            "the dictionary from our people to what they are called there, for approvals that ask people there; where it is left out they are called as here",
        ),
        Field::optional("egress", Shape::Object(&EGRESS), "where it may call"),
        Field::optional("tls", Shape::Object(&TLS), "own authorities and client certificate"),
        Field::optional("limits", Shape::Object(&LIMITS), "limits of this installation"),
        Field::optional(
            "traceparent",
            Shape::Bool,
            "whether requests carry the header `traceparent`, while traces are on, so that the partner's join ours; `false` where it is left out",
        ),
        Field::optional("reconcile", Shape::Object(&POLICY_SHAPE), "when it is read back and compared with the ledger by itself"),
    ],
});

/// One installation of a system.
#[derive(Clone, Debug)]
pub struct Connection {
    /// Its id.
    pub id: Arc<str>,
    /// What people see.
    pub title: Title,
    /// The connector that speaks to it.
    pub connector: Arc<str>,
    /// Where `connector` stands, for findings.
    pub connector_span: Span,
    /// production, test, demo, …
    pub environment: Option<Arc<str>>,
    /// Whose the messages are that cannot be worked on.
    pub owner: Option<Person>,
    /// Values of the connector's settings.
    pub settings: IndexMap<Arc<str>, Setting>,
    /// The dictionary from our people to what they are called there, and where it is named.
    pub people: Option<(Arc<str>, Span)>,
    /// Where it may call.
    pub egress: Vec<EgressRule>,
    /// Own authorities and client certificate.
    pub tls: Tls,
    /// Limits of this installation.
    pub limits: Limits,
    /// Whether requests carry the header `traceparent`.
    pub traceparent: bool,
    /// When and how it is read back.
    pub reconcile: Policy,
}

/// Trust and identity.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tls {
    /// Further authorities.
    pub ca: Option<Setting>,
    /// The client certificate.
    pub certificate: Option<Setting>,
    /// Its key.
    pub key: Option<Setting>,
}

/// Overrides of the connector's limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Calls in a time.
    pub rate: Option<Rate>,
    /// Calls at once.
    pub concurrency: Option<u32>,
    /// How long one request may take, milliseconds.
    pub timeout_millis: Option<u64>,
}

impl Connection {
    /// Reads a tree that was checked against `CONNECTION`.
    pub fn read(node: &Node, report: &mut Report) -> Option<Connection> {
        let text = |key: &str| node.get(key).and_then(Node::text).map(Arc::<str>::from);
        if let Some(id) = node.get("connection").filter(|id| id.text() == Some("hub")) {
            report.error("bad_id", id.span, "`hub` names the hub itself").hint("rename the connection").at("connection");
        }
        let settings = node.get("settings").map(Node::entries).unwrap_or_default();
        let read = |(key, value): &(crate::domain::text::tree::Key, Node)| Some((Arc::from(key.text.as_str()), Setting::read(value)?));
        Some(Connection {
            id: text("connection")?,
            title: Title::read(node.get("title")),
            connector: text("connector")?,
            connector_span: node.get("connector")?.span,
            environment: text("environment"),
            owner: owner::read(node.get("owner")),
            settings: settings.iter().filter_map(read).collect(),
            people: node.get("people").and_then(|people| Some((people.text()?.into(), people.span))),
            egress: read_egress(node, report),
            tls: read_tls(node, report),
            limits: read_limits(node, report),
            traceparent: node.get("traceparent").and_then(Node::bool).unwrap_or_default(),
            reconcile: Policy::read(node.get("reconcile"), report),
        })
    }
}

fn read_egress(node: &Node, report: &mut Report) -> Vec<EgressRule> {
    let mut rules = Vec::new();
    let items = node.get("egress").and_then(|egress| egress.get("allow")).map(Node::items).unwrap_or_default();
    for (index, item) in items.iter().enumerate() {
        match item.text().and_then(EgressRule::parse) {
            Some(rule) => rules.push(rule),
            None => {
                report
                    .error("bad_value", item.span, "this is no host, no network and no address")
                    .hint("write `api.example.com`, `*.example.com:443` or `10.1.0.0/16`, without `https://`")
                    .at(format!("egress.allow[{index}]"));
            }
        }
    }
    rules
}

fn read_tls(node: &Node, report: &mut Report) -> Tls {
    let Some(tls) = node.get("tls") else { return Tls::default() };
    let setting = |key: &str| tls.get(key).and_then(Setting::read);
    if let Some(Setting::Literal(_)) = setting("key") {
        let span = tls.get("key").map_or(tls.span, |key| key.span);
        report.error("secret_in_text", span, "the key stands in plain text").hint("write `{secret: file/PATH}`").at("tls.key");
    }
    if setting("certificate").is_some() != setting("key").is_some() {
        report.error("missing_key", tls.span, "a client certificate needs both `certificate` and `key`").at("tls");
    }
    Tls { ca: setting("ca"), certificate: setting("certificate"), key: setting("key") }
}

fn read_limits(node: &Node, report: &mut Report) -> Limits {
    let get = |key: &str| node.get("limits").and_then(|limits| limits.get(key));
    let concurrency = get("concurrency").and_then(|node| Some((node, node.int()?)));
    if let Some((node, _)) = concurrency.filter(|(_, count)| !(1..=10_000).contains(count)) {
        report.error("bad_value", node.span, "`concurrency` is between 1 and 10000").at("limits.concurrency");
    }
    Limits {
        rate: get("rate").and_then(Node::text).and_then(units::rate),
        concurrency: concurrency.and_then(|(_, count)| u32::try_from(count).ok()).filter(|count| *count > 0),
        timeout_millis: get("timeout").and_then(Node::text).and_then(units::duration).and_then(units::Span::millis),
    }
}
