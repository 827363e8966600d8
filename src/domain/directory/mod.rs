//! People: users, departments, managers, roles with a scope, and who is meant by `{role: …}`, `{manager: 1}`.
//!
//! Owns the definition (`config/directory.yaml`, its lists in the file or as CSV tables), what connected systems say beside it
//! and where they differ, and the resolution; it neither signs people in nor sends them anything.

mod definition;
mod joined;
mod lint;
mod organisation;
mod resolve;
mod source;
mod tables;
mod who;
mod wishes;

pub use definition::{Department, Directory, Links, RoleGrant, SHAPE, User};
pub use joined::{Conflict, Origin, Source, ToldField, Unusable};
pub use organisation::{KnownBy, Organisation, ToldDepartment, ToldPerson, Unreadable};
pub use resolve::{Around, Nobody};
pub use who::{WHO, Who};
pub use wishes::Wishes;

#[cfg(test)]
mod tests;
