//! How a process ends: the exit code, and the last words on standard error.

use std::io::Write;
use std::process::ExitCode;

/// A failure that has an exit code of its own; any other error is a plain failure.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Exit {
    code: u8,
    message: String,
    hint: Option<String>,
}

impl Exit {
    /// It failed, or problems were found.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { code: 1, message: message.into(), hint: None }
    }

    /// It was called wrongly, or cannot read what it was given.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into(), hint: None }
    }

    /// The hub cannot be reached.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self { code: 3, message: message.into(), hint: None }
    }

    /// What to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// Says that what was given cannot be read.
pub fn usage(error: anyhow::Error) -> anyhow::Error {
    Exit::usage(format!("{error:#}")).into()
}

/// The last words, and the code.
pub fn report(error: &anyhow::Error) -> ExitCode {
    let (code, hint) = match error.downcast_ref::<Exit>() {
        Some(exit) => (exit.code, exit.hint.as_deref()),
        None => (1, None),
    };
    // Nobody is left to tell when standard error is gone.
    let mut stderr = std::io::stderr().lock();
    let _ = writeln!(stderr, "error: {error:#}");
    if let Some(hint) = hint {
        let _ = writeln!(stderr, "hint: {hint}");
    }
    ExitCode::from(code)
}
