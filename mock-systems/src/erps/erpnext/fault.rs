//! Exceptions as answers: a status, the exception's name, and messages that are JSON inside JSON inside JSON.

use serde_json::json;

use super::super::stage::Answer;

pub(super) struct Fault {
    status: u16,
    kind: &'static str,
    message: String,
}

pub(super) fn fault(status: u16, kind: &'static str, message: impl Into<String>) -> Fault {
    Fault { status, kind, message: message.into() }
}

pub(super) fn unauthenticated() -> Fault {
    fault(401, "AuthenticationError", "")
}

pub(super) fn not_found(what: &str) -> Fault {
    fault(404, "DoesNotExistError", format!("{what} not found"))
}

pub(super) fn invalid(message: impl Into<String>) -> Fault {
    fault(417, "ValidationError", message)
}

impl Fault {
    pub(super) fn answer(&self, call: &str) -> Answer {
        let inner = json!({"message": self.message, "title": "Message", "indicator": "red", "raise_exception": 1}).to_string();
        let body = json!({
            "exception": format!("frappe.exceptions.{}: {}", self.kind, self.message),
            "exc_type": self.kind,
            "exc": json!([format!("Traceback (most recent call last):\n{}", self.kind)]).to_string(),
            "_server_messages": json!([inner]).to_string(),
        });
        Answer::json(self.status, call, &body)
    }
}
