//! `proof:`: what a definition was held against, so that nobody takes a careful reading for an experience.

use super::compiler::Compiler;
use crate::domain::text::shape::{Field, ObjectShape, Shape};
use crate::domain::text::tree::Node;
use std::sync::Arc;

static OBJECT: ObjectShape = ObjectShape {
    name: "proof",
    doc: "What the definition was held against.",
    fields: &[
        Field::required(
            "by",
            Shape::Word(WORDS),
            "The strongest of them: a real system, the vendor's SDK, a client of others, the vendor's documents, memory; `own` for a system that is part of the project.",
        ),
        Field::required("with", Shape::Text, "What exactly, with versions."),
        Field::optional("test", Shape::Text, "The file that shows it; needed beside `real_system`, `vendor_sdk` and `independent_client`."),
        Field::optional("memory", Shape::List(&Shape::Text), "What stands in the definition from memory only."),
    ],
};

/// The shape of `proof:`.
pub const SHAPE: Shape = Shape::Object(&OBJECT);

const WORDS: &[&str] = &["real_system", "vendor_sdk", "independent_client", "dossier", "memory", "own"];

/// What a definition was held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The strongest of it.
    pub by: ProofBy,
    /// What exactly.
    pub with: Arc<str>,
    /// The file that shows it.
    pub test: Option<Arc<str>>,
    /// What is from memory only.
    pub memory: Vec<Arc<str>>,
}

/// The kinds of proof, the strongest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProofBy {
    /// An installation of the system itself.
    RealSystem,
    /// The vendor's own client takes our mock for the system.
    VendorSdk,
    /// A client or server of others does.
    IndependentClient,
    /// The vendor's documents.
    Dossier,
    /// What its author remembers.
    Memory,
    /// The system is part of the project.
    Own,
}

impl ProofBy {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            ProofBy::RealSystem => "proven against the real system",
            ProofBy::VendorSdk => "proven against the vendor's SDK",
            ProofBy::IndependentClient => "proven against clients or servers of others",
            ProofBy::Dossier => "from the vendor's documents, not proven",
            ProofBy::Memory => "from memory, not proven",
            ProofBy::Own => "a system that is part of this project",
        }
    }

    fn is_shown(self) -> bool {
        matches!(self, ProofBy::RealSystem | ProofBy::VendorSdk | ProofBy::IndependentClient)
    }
}

impl Proof {
    pub(super) fn read(node: Option<&Node>, compiler: &mut Compiler<'_>) -> Option<Proof> {
        let node = node?;
        let by = match node.get("by").and_then(Node::text)? {
            "real_system" => ProofBy::RealSystem,
            "vendor_sdk" => ProofBy::VendorSdk,
            "independent_client" => ProofBy::IndependentClient,
            "dossier" => ProofBy::Dossier,
            "memory" => ProofBy::Memory,
            "own" => ProofBy::Own,
            _ => return None,
        };
        let test = node.get("test").and_then(Node::text).map(Arc::from);
        if by.is_shown() && test.is_none() {
            compiler
                .error("missing_key", node.span, "`test` does not say which file shows it")
                .hint("name the test that was run, or write what it is without one: `by: dossier` or `by: memory`");
        }
        let memory = node.get("memory").map(Node::items).unwrap_or_default();
        let memory = memory.iter().filter_map(|item| item.text().map(Arc::from)).collect();
        Some(Proof { by, with: Arc::from(node.get("with").and_then(Node::text)?), test, memory })
    }
}
