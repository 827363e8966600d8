//! Files that people attach: how they are named and referred to, and what may be among them.
//!
//! Bytes in, verdict out. Nothing here looks for viruses: programs, pages and macros are told by what they are and by what they
//! are called, so that whoever opens a file here opens no program.

mod kind;
mod name;
mod reference;
mod zip;

pub use kind::{FileKind, Sniffed, Unfit, sniff};
pub use name::{BadName, NAME_CHARACTERS_MAX, named};
pub use reference::{Reference, read, reference};
