//! The kinds of connector: how a partner is reached and what one request to it is, one file a kind.
//!
//! Everything above the wire is the same for all of them: operations, limits, breaker, response rules, look-ups, streams,
//! events, records. A kind only says how a request is written (`request:`), where it goes (the block named like the kind), and
//! makes of both what the gateway carries: a [`Draft`] with a method, an address and a body. Kinds other than `http` make the
//! body a JSON *job* that the gateway's file of the same name understands; their answers come back as a status and JSON, and the
//! statuses mean what they mean over HTTP, so that one table and the connector's own rules judge them all.

mod amqp;
pub mod file;
mod http;
mod smtp;
pub mod sql;

use super::compiler::Compiler;
use super::operation::Effect;
use super::request::Draft;
use super::scopes::Scopes;
use super::tree::{BuildError, Tree};
use crate::domain::expression::{Budget, Place, Scope, ScopeType, Template};
use crate::domain::text::shape::Kind;
use crate::domain::text::tree::Node;
use crate::domain::text::units;
use crate::domain::value::{Map, Value};
use std::fmt::Debug;
use std::sync::Arc;

/// Milliseconds for one request where nothing is said.
const TIMEOUT_MILLIS: u64 = 30_000;
/// Longest answer taken where nothing is said.
const BODY_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// Longest answer that may be asked for: it is held in memory.
const BODY_BYTES_MAX_MAX: u64 = 256 * 1024 * 1024;

/// The kinds there are.
pub static KINDS: [&ConnectorKind; 5] = [&http::KIND, &sql::KIND, &file::KIND, &amqp::KIND, &smtp::KIND];

/// Their shapes, for the shape of a connector file.
pub(super) static SHAPES: [&Kind; KINDS.len()] = {
    let mut shapes = [&KINDS[0].shape; KINDS.len()];
    let mut at = 0;
    while at < shapes.len() {
        shapes[at] = &KINDS[at].shape;
        at += 1;
    }
    shapes
};

/// One kind of connector.
pub struct ConnectorKind {
    /// Its word, and the keys it adds to a connector file.
    pub shape: Kind,
    /// Schemes of addresses and their usual ports; none for what is not reached over the network.
    pub schemes: &'static [(&'static str, Option<u16>)],
    reach: fn(&Node, &Scopes, &mut Compiler<'_>) -> Option<Reach>,
    request: fn(&Node, &Asked<'_>, &mut Compiler<'_>) -> Option<Box<dyn Ask>>,
}

/// What a request is compiled against.
pub(super) struct Asked<'a> {
    /// What values may name.
    pub scope: &'a ScopeType,
    /// The scopes of the connector, for what may name settings alone.
    pub scopes: &'a Scopes,
    /// Whether the operation changes something.
    pub effect: Effect,
}

/// One request of an operation, compiled.
pub trait Ask: Debug + Send + Sync {
    /// Builds the draft; `told` is the base that a log-in named, `url` replaces the whole address (the next link of a page).
    ///
    /// # Errors
    /// When something cannot be computed, is unset, or would change the request's structure.
    fn draft(&self, reach: &Reach, told: Option<&str>, scope: &Scope<'_>, payload: &Value, url: Option<&str>) -> Result<Draft, BuildError>;

    /// Whether it cannot change anything, by what it asks and not by what its definition says of it.
    fn only_looks(&self) -> bool;
}

/// How a partner is reached.
pub struct Reach {
    /// The kind.
    pub kind: &'static ConnectorKind,
    /// Where it is.
    pub base_url: Template,
    /// Milliseconds for one request.
    pub timeout_millis: u64,
    /// Longest answer taken, bytes after decompression.
    pub body_bytes_max: u64,
    /// Whether HTTP/2 is never offered.
    pub only_http1: bool,
    /// What the kind needs to know beside: users, passwords, host keys; made of settings.
    access: Vec<(Arc<str>, Tree)>,
}

impl Reach {
    /// What the kind needs to know beside the address, from the settings of a connection; what is unset is left out.
    ///
    /// # Errors
    /// When it cannot be computed.
    pub fn access(&self, settings: &Value) -> Result<Map, BuildError> {
        let scope = Scope::default().with("settings", settings.clone());
        let mut access = Map::with_capacity(self.access.len());
        for (name, tree) in &self.access {
            let value = tree.build(&scope, settings, name, &mut Budget::default())?;
            if !value.is_unset() {
                access.insert(name.clone(), value);
            }
        }
        Ok(access)
    }

    /// Where the partner of a connection is.
    ///
    /// # Errors
    /// When it cannot be computed.
    pub fn address(&self, settings: &Value) -> Result<String, BuildError> {
        let scope = Scope::default().with("settings", settings.clone());
        self.base_url
            .render(&scope, &mut Budget::default())
            .map_err(|source| BuildError::Evaluate { place: "the address".to_owned(), source })
    }
}

impl Debug for Reach {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Reach").field("kind", &self.kind.word()).field("base_url", &self.base_url).finish_non_exhaustive()
    }
}

impl ConnectorKind {
    /// Its word.
    pub fn word(&self) -> &'static str {
        self.shape.word
    }

    /// Whether it speaks HTTP, and with it the language's words about headers, log-ins and cookies.
    pub fn is_http(&self) -> bool {
        self.shape.word == "http"
    }

    /// The kind of a connector file; none for one that is not available yet, which the shape has refused.
    pub(super) fn of(node: &Node) -> Option<&'static ConnectorKind> {
        let word = node.get("kind").map_or(Some("http"), Node::text)?;
        KINDS.iter().find(|kind| kind.word() == word && !kind.shape.later).copied()
    }

    /// Compiles the block that says how the partner is reached.
    pub(super) fn reach(&self, node: &Node, scopes: &Scopes, compiler: &mut Compiler<'_>) -> Option<Reach> {
        let block = node.get(self.word())?;
        compiler.inside(self.word(), |compiler| (self.reach)(block, scopes, compiler))
    }

    /// Compiles one request of an operation.
    pub(super) fn request(&self, node: &Node, asked: &Asked<'_>, compiler: &mut Compiler<'_>) -> Option<Box<dyn Ask>> {
        (self.request)(node, asked, compiler)
    }
}

/// The usual port of a scheme, whatever the kind it belongs to.
pub fn usual_port(scheme: &str) -> Option<u16> {
    KINDS.iter().flat_map(|kind| kind.schemes).find(|(known, _)| *known == scheme).and_then(|(_, port)| *port)
}

/// What the blocks of all kinds have in common; `address` is the key of the address, `access` names the further keys.
fn read_reach(
    kind: &'static ConnectorKind,
    node: &Node,
    (address, access): (&str, &[&str]),
    scopes: &Scopes,
    compiler: &mut Compiler<'_>,
) -> Option<Reach> {
    let settings = scopes.settings();
    let base_url = compiler.inside(address, |compiler| compiler.template(node.get(address)?, Place::Url, &settings));
    let timeout_millis = super::request::plain_millis(node.get("timeout"), compiler).unwrap_or(TIMEOUT_MILLIS);
    let written = node.get("max_answer");
    let body_bytes_max = written.and_then(Node::text).and_then(units::size).unwrap_or(BODY_BYTES_MAX);
    if body_bytes_max > BODY_BYTES_MAX_MAX {
        compiler.error("too_large", written.unwrap_or(node).span, "an answer is held in memory: at most 256MiB");
    }
    let mut known = Vec::with_capacity(access.len());
    for name in access {
        let Some(value) = node.get(name) else { continue };
        super::lint::literal_secret(name, value, compiler);
        let tree = compiler.inside(name, |compiler| Tree::compile(value, &settings, compiler))?;
        known.push((Arc::from(*name), tree));
    }
    Some(Reach { kind, base_url: base_url?, timeout_millis, body_bytes_max, only_http1: false, access: known })
}

/// A draft that carries a job to the gateway's file of the kind.
fn job(method: &'static str, url: String, job: Value, timeout_millis: Option<u64>) -> Draft {
    Draft { method, url, query: Vec::new(), headers: Vec::new(), body: super::request::DraftBody::Json(job), timeout_millis }
}
