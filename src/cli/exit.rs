//! How a process ends: the exit code, and the last words on standard error.

use super::output::OutputFormat;
use serde_json::{Value, json};
use std::io::Write;
use std::process::ExitCode;

/// A failure that has an exit code of its own; any other error is a plain failure.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Exit {
    code: u8,
    message: String,
    hint: Option<String>,
    /// The hub's own answer, where it is one that refuses: for programs.
    problem: Option<Value>,
}

impl Exit {
    /// It failed, or problems were found.
    pub fn failed(message: impl Into<String>) -> Self {
        Self { code: 1, message: message.into(), hint: None, problem: None }
    }

    /// It was called wrongly, or cannot read what it was given.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { code: 2, message: message.into(), hint: None, problem: None }
    }

    /// The hub cannot be reached.
    pub fn unreachable(message: impl Into<String>) -> Self {
        Self { code: 3, message: message.into(), hint: None, problem: None }
    }

    /// What to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What the hub answered.
    pub fn problem(mut self, problem: Value) -> Self {
        self.problem = Some(problem);
        self
    }
}

/// Says that what was given cannot be read.
pub fn usage(error: anyhow::Error) -> anyhow::Error {
    Exit::usage(format!("{error:#}")).into()
}

/// The last words, and the code. For programs they are one line of JSON, on standard error as well: what a command that failed
/// has written to standard output is whole or nothing.
pub fn report(error: &anyhow::Error, output: OutputFormat) -> ExitCode {
    let exit = error.downcast_ref::<Exit>();
    let code = exit.map_or(1, |exit| exit.code);
    // Nobody is left to tell when standard error is gone.
    let _ = std::io::stderr().lock().write_all(last_words(error, output).as_bytes());
    ExitCode::from(code)
}

fn last_words(error: &anyhow::Error, output: OutputFormat) -> String {
    let exit = error.downcast_ref::<Exit>();
    let hint = exit.and_then(|exit| exit.hint.as_deref());
    match output {
        OutputFormat::Text => {
            let hint = hint.map(|hint| format!("hint: {hint}\n")).unwrap_or_default();
            format!("error: {error:#}\n{hint}")
        }
        OutputFormat::Json => {
            let mut words = json!({"message": format!("{error:#}"), "exit_code": exit.map_or(1, |exit| exit.code)});
            if let Some(hint) = hint {
                words["hint"] = json!(hint);
            }
            if let Some(problem) = exit.and_then(|exit| exit.problem.as_ref()) {
                words["problem"] = problem.clone();
            }
            format!("{}\n", json!({ "error": words }))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_in_one_line_of_json() {
        let exit = Exit::usage("no token\nis given").hint("set one").problem(json!({"code": "unauthenticated"}));
        let text = last_words(&exit.into(), OutputFormat::Json);
        assert_eq!(text.lines().count(), 1);
        let told: Value = serde_json::from_str(&text).unwrap();
        let expected = json!({"error": {
            "message": "no token\nis given", "exit_code": 2, "hint": "set one", "problem": {"code": "unauthenticated"}
        }});
        assert_eq!(told, expected);
    }

    #[test]
    fn people_are_told_in_words() {
        let error = anyhow::anyhow!("the disk is full").context("the file cannot be written");
        assert_eq!(last_words(&error, OutputFormat::Text), "error: the file cannot be written: the disk is full\n");
        let exit = Exit::unreachable("nobody answers").hint("start it");
        assert_eq!(last_words(&exit.into(), OutputFormat::Text), "error: nobody answers\nhint: start it\n");
    }
}
