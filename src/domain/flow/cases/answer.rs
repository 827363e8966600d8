//! Scripted answers: what a word or mapping under `answer:` means for an open effect.

use crate::domain::flow::effect::{Cause, EffectResult};
use crate::domain::flow::environment::OperationInfo;
use crate::domain::text::tree::Node;
use crate::domain::value::{Type, Value};

/// What an answer means.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answer {
    /// The effect ended.
    Ended(EffectResult),
    /// Nothing came back, or nothing that tells.
    Lost,
    /// Surely not done; it is tried again by itself.
    Again(String),
}

/// Reads an answer; an error says what is wrong with it.
pub(super) fn read(answer: &Node, operation: &OperationInfo) -> Result<Answer, String> {
    if answer.text() == Some("lost") {
        return Ok(Answer::Lost);
    }
    if let Some(message) = answer.get("refused").filter(|_| answer.entries().len() == 1) {
        return Ok(failed(Cause::DataWrong, "refused", message.text().unwrap_or("refused")));
    }
    let only_class = answer.entries().iter().all(|(key, _)| matches!(key.text.as_str(), "class" | "message"));
    if let Some(class) = answer.get("class").and_then(Node::text).filter(|_| only_class) {
        return of_class(class, answer.get("message").and_then(Node::text).unwrap_or(class), operation);
    }
    let json = answer.to_json();
    let output = operation.output.read(&Value::from_json(&json)).map_err(|error| format!("the answer does not fit: {error}"))?;
    if let Some(missing) = missing(&operation.output, &output) {
        return Err(format!("the answer does not fit: it has no `{missing}`, without which the real one is refused"));
    }
    Ok(Answer::Ended(EffectResult::Done { output }))
}

/// What the operation must answer, and this does not.
fn missing<'o>(of: &'o Type, output: &Value) -> Option<&'o str> {
    let Type::Object(object) = of else { return None };
    let mut required = object.fields.iter().filter(|(_, field)| field.required);
    required.find(|(name, _)| output.member(name).is_unset()).map(|(name, _)| &**name)
}

fn of_class(class: &str, message: &str, operation: &OperationInfo) -> Result<Answer, String> {
    Ok(match class {
        // As in `domain::delivery`: of itself it may be a wrong path.
        "not_found" if !operation.write && operation.says_absence => Answer::Ended(EffectResult::Done { output: Value::Unset }),
        "not_found" | "conflict" | "refused" => failed(Cause::DataWrong, class, message),
        "unknown" => Answer::Lost,
        "auth_expired" | "rate_limited" | "retryable" => Answer::Again(class.to_owned()),
        _ => match Cause::from_word(class) {
            Some(cause) => failed(cause, class, message),
            None => return Err(format!("`{class}` is neither a class of answers nor a cause")),
        },
    })
}

fn failed(cause: Cause, class: &str, message: &str) -> Answer {
    Answer::Ended(EffectResult::Failed { cause, message: message.to_owned(), class: class.to_owned() })
}
