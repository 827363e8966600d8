//! Webhooks that the mocks send: signing, one ordered queue per document, attempts, and the faults that befall them.
//!
//! It does not decide when something is worth telling; the systems do.

mod connection;
mod sender;
mod sign;

pub(crate) use connection::{Connection, Headers};
pub(crate) use sender::{Job, Sender, Subject, send};
pub(crate) use sign::Key;
pub use sign::sign;

use std::sync::atomic::{AtomicU64, Ordering};

use crate::target::Target;

/// Where a system sends its webhooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    /// On the loopback interface.
    pub url: String,
    /// `whsec_` and base64.
    pub secret: String,
    /// What the ERP puts into the body; the OA always sends its own shape.
    pub mode: Mode,
}

/// How much of an order a webhook carries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// `{order_id, changed_at}`.
    #[default]
    Thin,
    /// The whole order.
    Full,
}

/// A registration, checked and ready for use.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) target: Target,
    pub(crate) key: Key,
    pub(crate) mode: Mode,
}

impl Hook {
    pub(crate) fn new(registration: &Registration) -> Result<Self, String> {
        Ok(Self { target: Target::parse(&registration.url)?, key: Key::parse(&registration.secret)?, mode: registration.mode })
    }
}

/// `msg_` and a number of this process: unique for as long as a receiver could compare.
pub(crate) fn next_id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    static PROCESS: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    // A restarted mock must not repeat the ids of the one before it, else a receiver would drop its first messages.
    #[expect(clippy::disallowed_methods, reason = "it tells this process from others; no time is read from it")]
    let process = *PROCESS.get_or_init(|| crate::ids::hash_of((std::process::id(), std::time::SystemTime::now())));
    format!("msg_{process:016x}{:08x}", NEXT.fetch_add(1, Ordering::Relaxed))
}
