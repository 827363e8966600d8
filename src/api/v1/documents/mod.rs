//! Documents of the ledger.

pub mod counts;
pub mod diagnosis;
pub mod export;
pub mod fields;
pub mod find;
pub mod ledger;
pub mod list;
pub mod revision;
pub mod revisions;
pub mod show;
pub mod story;
