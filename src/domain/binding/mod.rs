//! Connections (an installation of a system: connector, settings, limits) and bindings (which connection plays which
//! role of a flow, for which documents).
//!
//! Owns both definitions, their lint and `Bindings::resolve`. It opens no connection and reads no secret.

mod bindings;
mod connection;
mod egress;
mod fit;
pub mod owner;
mod resolve;
mod rows;
mod setting;
mod values;

pub use bindings::Bindings;
pub use connection::{CONNECTION, Connection, Limits, Tls};
pub use egress::{EgressRule, Host};
pub use resolve::{BindError, Bound};
pub use rows::{BINDINGS, Row};
pub use setting::{SecretPlace, Setting};
pub use values::ValueDeclaration;

#[cfg(test)]
mod tests;
