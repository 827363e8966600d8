//! OpenID Connect, as far as it decides: what a provider says of itself, which keys it signs with, whether an id token is
//! one for us, and what becomes of the groups in it.
//!
//! Verifies only, with `ring`: the hub signs nothing here and has no secret arithmetic that could leak by its time.

pub mod account;
pub mod keys;
pub mod metadata;
pub mod refusal;
pub mod token;

pub use account::{Admit, Rules};
pub use keys::KeySet;
pub use metadata::Metadata;
pub use refusal::Refusal;
pub use token::{Expected, IdToken};
