//! The catalog: every definition of a project, read, checked and compiled together, and the flow versions made of them.
//!
//! Owns the list of kinds, detection, the order of compilation, content hashes, and `Bundle`: the texts a running
//! instance keeps so that its flow means tomorrow what it meant today. It reads no files (`app::load` does) and knows
//! no kind from inside: each kind reads itself.

mod cases;
mod channels;
mod closure;
mod coming;
mod compile;
mod cross;
mod definition;
mod environment;
mod flow_version;
mod flows;
mod forms;
mod info;
pub mod kinds;
mod listening;
mod mappings;
mod organisation;
mod overrides;
mod owner;
mod parts;
mod sealing;
mod sources;
mod uses;
mod version;

pub use compile::{Catalog, has_errors};
pub use definition::hash as hash_files;
pub use definition::{Definition, Hash};
pub use environment::with_status;
pub use flow_version::{FlowVersion, Spoken};
pub use mappings::{MappingSource, SeenValues};
pub use sources::{identify, is_candidate as is_definition_file};
pub use uses::{Name, uses};
pub use version::{Bundle, VersionId};

#[cfg(test)]
mod tests;
