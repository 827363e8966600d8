//! What exchanges and queues are called.

use super::connect::Error;
use lapin::types::ShortString;

/// Names of one installation at a broker: everything begins with its prefix.
#[derive(Clone, Debug)]
pub struct Names {
    prefix: String,
}

impl Names {
    /// Names with this prefix.
    pub fn new(prefix: impl Into<String>) -> Self {
        Self { prefix: prefix.into() }
    }

    /// The topic exchange of committed changes.
    pub fn events(&self) -> String {
        format!("{}.events", self.prefix)
    }

    /// The queue of a connection's tickets.
    pub fn effects(&self, connection: &str) -> String {
        format!("{}.effects.{connection}", self.prefix)
    }

    /// Where messages go that could not be handled: empty, or somebody must look.
    pub fn dead(&self) -> String {
        format!("{}.dead", self.prefix)
    }
}

/// A name as the protocol has it, at most 255 bytes.
pub(super) fn short(text: &str) -> Result<ShortString, Error> {
    ShortString::try_new(text.to_owned()).map_err(|_| Error::Name(text.to_owned()))
}
