//! The HTTP door: where it listens, how much it takes, who may come in.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};

use super::apps::{self, AppSignIn};
use super::identity::{self, IdentityProvider};
use super::{Source, range::number};
use crate::domain::access::role::{self, Roles};
use crate::domain::access::second_person::Kind;
use crate::domain::diagnostic::Report;
use crate::domain::file::FileKind;
use crate::domain::permission::Permission;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::{Node, NodeKind};
use crate::runtime::secret;

/// Shorter tokens can be guessed.
pub const TOKEN_CHARACTERS_MIN: usize = 16;
/// Tokens below this draw a warning: 32 random characters are out of reach for good.
pub const TOKEN_CHARACTERS_GOOD: usize = 32;

/// What the engine takes with one act (`verbs::ATTACHMENTS_MAX`).
const FILES_PER_ACT_MAX: u32 = 20;

/// What stands under `server`.
pub static SHAPE: ObjectShape = ObjectShape {
    name: "server",
    doc: "The HTTP door.",
    fields: &[
        Field::optional("listen", Shape::Text, "Address and port; port 0 takes a free one and prints it."),
        Field::optional("header_timeout_seconds", Shape::Int, "How long a client may take to send a request's headers."),
        Field::optional("request_timeout_seconds", Shape::Int, "How long one request may take altogether, body included."),
        Field::optional("stop_timeout_seconds", Shape::Int, "How long a stop may take before it cuts off."),
        Field::optional("body_bytes_max", Shape::Int, "Largest body of an API request."),
        Field::optional("hook_body_bytes_max", Shape::Int, "Largest body of a webhook."),
        Field::optional("file_bytes_max", Shape::Int, "Largest file that people attach."),
        Field::optional("files_per_act_max", Shape::Int, "Files that go with one act of a person."),
        Field::optional(
            "file_types",
            Shape::List(&Shape::Word(&FileKind::WORDS)),
            "Kinds of files that people may attach, as their content says; programs, pages and macros are never taken. Empty: none.",
        ),
        Field::optional("connections_max", Shape::Int, "Open connections; more wait in the system's queue."),
        Field::optional("connections_per_address_max", Shape::Int, "Open connections from one address; more are closed."),
        Field::optional(
            "trusted_proxies",
            Shape::List(&Shape::Text),
            "Addresses or networks of your own proxies (`10.0.3.0/24`, `::1`): whom they say in `X-Forwarded-For` a request came from counts, for the limits of an address, the audit and what webhooks are let in from. None: nobody's word does.",
        ),
        Field::optional("public_url", Shape::Text, "Where partners and browsers reach this hub from outside; `doctor` tries it."),
        Field::optional("tokens", Shape::List(&Shape::Object(&TOKEN)), "Who may use the API. None: nobody."),
        Field::optional(
            "roles",
            Shape::IdMap(&Shape::List(&Shape::Word(&Permission::WORDS))),
            "Roles of your own beside the product's: the name, and what it permits.",
        ),
        Field::optional(
            "four_eyes",
            Shape::List(&Shape::Word(&Kind::WORDS)),
            "Kinds of change that a second person confirms: `publish`, `roles`, `secrets`, `reveal`.",
        ),
        Field::optional(
            "identity_providers",
            Shape::List(&Shape::Object(&identity::SHAPE)),
            "OpenID Connect providers at which people sign in, in the order of their buttons.",
        ),
        Field::optional("apps", Shape::List(&Shape::Object(&apps::SHAPE)), "Apps inside which people sign in."),
    ],
};

static TOKEN: ObjectShape = ObjectShape {
    name: "token",
    doc: "One bearer token of the API.",
    fields: &[
        Field::required("name", Shape::Id, "Who it is, for the history."),
        Field::required("token", Shape::Setting, "`{secret: env/NAME}` or `{secret: file/PATH}`."),
        Field::optional("permissions", Shape::List(&Shape::Word(&Permission::WORDS)), "What it may do; left out: everything."),
        Field::optional("person", Shape::Text, "Id of the person in the directory who holds it; left out: a program's."),
    ],
};

/// The HTTP door.
#[derive(Clone, Debug)]
pub struct Server {
    /// Where to listen.
    pub listen: SocketAddr,
    /// For a request's headers.
    pub header_timeout_seconds: u32,
    /// For a whole request.
    pub request_timeout_seconds: u32,
    /// For a whole stop.
    pub stop_timeout_seconds: u32,
    /// Of an API request.
    pub body_bytes_max: u32,
    /// Of a webhook.
    pub hook_body_bytes_max: u32,
    /// Of a file that people attach.
    pub file_bytes_max: u32,
    /// With one act.
    pub files_per_act_max: u32,
    /// Kinds of files that are taken.
    pub file_types: Vec<FileKind>,
    /// Open connections.
    pub connections_max: u32,
    /// Open connections from one address.
    pub connections_per_address_max: u32,
    /// Networks of our own proxies.
    pub trusted_proxies: Vec<IpNet>,
    /// Where partners reach this hub from outside.
    pub public_url: Option<url::Url>,
    /// Who may use the API.
    pub tokens: Vec<Token>,
    /// The product's roles and those of the installation.
    pub roles: Roles,
    /// Kinds of change that want two people.
    pub four_eyes: Vec<Kind>,
    /// Where people sign in.
    pub identity_providers: Vec<IdentityProvider>,
    /// Apps inside which they do.
    pub apps: Vec<AppSignIn>,
}

/// One bearer token.
#[derive(Clone, Debug)]
pub struct Token {
    /// Who it is.
    pub name: String,
    /// The token.
    pub secret: SecretString,
    /// What it may do.
    pub permissions: Vec<Permission>,
    /// The person of the directory who holds it.
    pub person: Option<String>,
}

impl Server {
    pub(super) fn read(source: &Source<'_>, report: &mut Report) -> Server {
        let public_url = public_url(source, report);
        let roles = roles(source, report);
        Server {
            identity_providers: identity::read(source, public_url.is_some(), &roles, report),
            apps: apps::read(source, report),
            roles,
            four_eyes: four_eyes(source),
            public_url,
            listen: listen(source, report),
            header_timeout_seconds: number(source, "header_timeout_seconds", 1..=120, report),
            request_timeout_seconds: number(source, "request_timeout_seconds", 1..=600, report),
            stop_timeout_seconds: number(source, "stop_timeout_seconds", 1..=600, report),
            body_bytes_max: number(source, "body_bytes_max", 1_024..=64 * 1024 * 1024, report),
            hook_body_bytes_max: number(source, "hook_body_bytes_max", 1_024..=64 * 1024 * 1024, report),
            file_bytes_max: number(source, "file_bytes_max", 1_024..=64 * 1024 * 1024, report),
            files_per_act_max: number(source, "files_per_act_max", 1..=FILES_PER_ACT_MAX, report),
            file_types: file_types(source),
            connections_max: number(source, "connections_max", 1..=100_000, report),
            connections_per_address_max: number(source, "connections_per_address_max", 1..=100_000, report),
            trusted_proxies: trusted_proxies(source, report),
            tokens: tokens(source, report),
        }
    }
}

fn listen(source: &Source<'_>, report: &mut Report) -> SocketAddr {
    let text = source.text("listen");
    text.parse().unwrap_or_else(|_| {
        let span = source.get("listen").map(|node| node.span).unwrap_or_default();
        report
            .error("bad_value", span, format!("`{text}` is not an address with a port"))
            .at("server.listen")
            .hint("write for example `127.0.0.1:8480`, or `0.0.0.0:8480` for every interface");
        SocketAddr::from(([127, 0, 0, 1], 0))
    })
}

fn trusted_proxies(source: &Source<'_>, report: &mut Report) -> Vec<IpNet> {
    let written = source.get("trusted_proxies").map(Node::items).unwrap_or_default();
    let read = |(index, node): (usize, &Node)| {
        let text = node.text().unwrap_or_default();
        let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok();
        // Whoever trusts everybody lets everybody say who they are.
        let fits = network.filter(|network| network.prefix_len() > 0);
        if fits.is_none() {
            report
                .error("bad_value", node.span, format!("`{text}` is no address or network of a proxy"))
                .at(format!("server.trusted_proxies[{index}]"))
                .hint("write for example `10.0.3.0/24` or `::1`");
        }
        fits
    };
    written.iter().enumerate().filter_map(read).collect()
}

fn public_url(source: &Source<'_>, report: &mut Report) -> Option<url::Url> {
    let text = source.text("public_url");
    if text.is_empty() {
        return None;
    }
    let url = url::Url::parse(&text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if url.is_none() {
        let span = source.get("public_url").map(|node| node.span).unwrap_or_default();
        report
            .error("bad_value", span, "this is no `http` or `https` URL")
            .at("server.public_url")
            .hint("write for example `https://hub.example.com`");
    }
    url
}

fn tokens(source: &Source<'_>, report: &mut Report) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    for (index, node) in source.get("tokens").map(Node::items).unwrap_or_default().iter().enumerate() {
        let path = format!("server.tokens[{index}]");
        let Some(token) = token(node, source, &path, report) else { continue };
        if tokens.iter().any(|other| other.name == token.name) {
            report.error("duplicate_definition", node.span, format!("two tokens are named `{}`", token.name)).at(&path);
        }
        tokens.push(token);
    }
    tokens
}

fn token(node: &Node, source: &Source<'_>, path: &str, report: &mut Report) -> Option<Token> {
    let name = node.get("name").and_then(Node::text)?;
    let secret = secret_setting(node.get("token")?, source, &format!("{path}.token"), report)?;
    let length = secret.expose_secret().chars().count();
    if length < TOKEN_CHARACTERS_MIN {
        let message = format!("the token `{name}` has {length} characters, fewer than {TOKEN_CHARACTERS_MIN}");
        report.error("out_of_range", node.span, message).at(path).hint("make one with `openssl rand -hex 32`");
    } else if length < TOKEN_CHARACTERS_GOOD {
        let message = format!("the token `{name}` has only {length} characters");
        report.warning("out_of_range", node.span, message).at(path).hint("make one with `openssl rand -hex 32`");
    }
    let permissions = match node.get("permissions") {
        None => Permission::ALL.to_vec(),
        Some(list) => list.items().iter().filter_map(permission).collect(),
    };
    let person = node.get("person").and_then(Node::text).map(str::to_owned);
    Some(Token { name: name.to_owned(), secret, permissions, person })
}

fn roles(source: &Source<'_>, report: &mut Report) -> Roles {
    let Some(NodeKind::Map(entries)) = source.get("roles").map(|node| &node.kind) else { return Roles::default() };
    let mut roles = Vec::new();
    for (key, list) in entries {
        let permissions: Vec<Permission> = list.items().iter().filter_map(permission).collect();
        match role::bad(&key.text, &permissions) {
            Some(bad) => {
                report.error("bad_value", key.span, format!("the role `{}` {bad}", key.text)).at(format!("server.roles.{}", key.text));
            }
            None => roles.push((key.text.clone(), permissions)),
        }
    }
    Roles::new(roles).unwrap_or_default()
}

fn four_eyes(source: &Source<'_>) -> Vec<Kind> {
    let items = source.get("four_eyes").map(Node::items).unwrap_or_default();
    items.iter().filter_map(|item| item.text().and_then(Kind::of)).collect()
}

fn file_types(source: &Source<'_>) -> Vec<FileKind> {
    let items = source.get("file_types").map(Node::items).unwrap_or_default();
    items.iter().filter_map(|item| item.text().and_then(FileKind::of)).collect()
}

fn permission(node: &Node) -> Option<Permission> {
    Permission::ALL.into_iter().find(|permission| Some(permission.word()) == node.text())
}

/// Reads a `{secret: …}`; a secret written out in the file is refused.
pub(super) fn secret_setting(node: &Node, source: &Source<'_>, path: &str, report: &mut Report) -> Option<SecretString> {
    let Some(place) = node.get("secret").and_then(Node::text) else {
        report
            .error("secret_in_text", node.span, "a secret stands in plain text")
            .at(path)
            .hint("write `{secret: env/NAME}` or `{secret: file/PATH}`");
        return None;
    };
    match secret::read(place, source.base) {
        Ok(secret) => Some(secret),
        Err(error) => {
            report.error("secret_missing", node.span, error.to_string()).at(path).hint("set it before the hub starts");
            None
        }
    }
}
