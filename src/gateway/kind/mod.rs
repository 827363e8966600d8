//! The wires of the kinds of connector beside HTTP, one file or folder a kind, each registered in one list.
//!
//! A wire takes what `domain::connector::kind` made of a request, a *job* in JSON, and answers with a status and JSON, as a
//! partner over HTTP would. It owns sockets and files, keeps to the egress list and to the folders of the process, and says of
//! a job that broke off whether it may have happened. Everything else (limits, breaker, classification, records) is around it.

mod amqp;
mod file;
mod folders;
mod job;
mod pool;
mod smtp;
mod sql;

pub use folders::Folders;

use super::clients::TlsTexts;
use super::guard::Guard;
use super::wire::Wire;
use crate::domain::value::Map;
use std::sync::Arc;

/// What a wire is made of.
pub(super) struct Opening<'a> {
    /// Where the partner is, as the connection's settings say.
    pub address: String,
    /// What the kind knows beside: users, passwords, keys.
    pub access: Map,
    /// Where the connection may reach.
    pub guard: Arc<Guard>,
    /// The folders connections may open.
    pub folders: &'a Folders,
    /// Trust and identity.
    pub tls: &'a TlsTexts,
}

/// Makes a wire; the words say why that is not possible and hold no secret.
type Open = fn(Opening<'_>) -> Result<Arc<dyn Wire>, String>;

/// The kinds there are.
static KINDS: &[(&str, Open)] = &[("sql", sql::open), ("file", file::open), ("amqp", amqp::open), ("smtp", smtp::open)];

/// The wire of a kind.
pub(super) fn open(kind: &str, opening: Opening<'_>) -> Result<Arc<dyn Wire>, String> {
    let known = KINDS.iter().find(|(word, _)| *word == kind);
    let (_, open) = known.ok_or_else(|| format!("connectors of the kind `{kind}` cannot be spoken to by this version"))?;
    open(opening)
}

impl Opening<'_> {
    /// A text among what the kind knows.
    fn text(&self, name: &str) -> Option<&str> {
        self.access.get(name).and_then(crate::domain::value::Value::as_text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_connector_has_its_wire() {
        let wanted = crate::domain::connector::kind::KINDS.iter().filter(|kind| !kind.is_http() && !kind.shape.later);
        let wanted: Vec<&str> = wanted.map(|kind| kind.word()).collect();
        let known: Vec<&str> = KINDS.iter().map(|(word, _)| *word).collect();
        assert_eq!(known, wanted);
    }
}
