//! Actions as the API and batches write them: a word and its arguments.

use super::{Action, Then};
use serde_json::{Map, Value};

/// What may be done about an open exception of an instance, in the order it is offered.
pub const ACTIONS: [&str; 7] = ["retry", "amend", "from-step", "newer-version", "skip", "mark-done", "cancel"];

/// Longest text of an argument.
const TEXT_CHARACTERS_MAX: usize = 2_000;

impl Action {
    /// Reads an action; every fault with its field. `reason` is read by the caller and is no argument.
    ///
    /// # Errors
    /// Field and words of every fault.
    pub fn read(word: &str, arguments: &mut Map<String, Value>) -> Result<Action, Vec<(String, String)>> {
        let mut reading = Reading { fields: arguments, faults: Vec::new() };
        let action = match word {
            "retry" => Action::Retry,
            "skip" => Action::Skip,
            "cancel" => Action::Cancel,
            "mark-done" => Action::MarkDone { proof: reading.required("proof"), output: reading.object("output") },
            "amend" => Action::Amend { patch: reading.patch(), base: reading.number("revision"), then: reading.then() },
            "from-step" => Action::From { step: reading.required("step") },
            "newer-version" => Action::Newer { version: reading.text("version") },
            _ => return Err(vec![("action".to_owned(), format!("is one of {}", ACTIONS.join(", ")))]),
        };
        let faults = reading.faults;
        if faults.is_empty() { Ok(action) } else { Err(faults) }
    }

    /// Whether it is only taken with a reason.
    pub fn needs_reason(&self) -> bool {
        matches!(self, Action::Skip | Action::Cancel | Action::Amend { .. } | Action::From { .. } | Action::Newer { .. })
    }
}

struct Reading<'a> {
    fields: &'a mut Map<String, Value>,
    faults: Vec<(String, String)>,
}

impl Reading<'_> {
    fn fault(&mut self, name: &str, words: &str) {
        self.faults.push((name.to_owned(), words.to_owned()));
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.fields.shift_remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.trim().is_empty() => None,
            Some(Value::String(text)) if text.chars().count() <= TEXT_CHARACTERS_MAX && !text.contains('\0') => Some(text),
            Some(_) => {
                self.fault(name, &format!("must be text of at most {TEXT_CHARACTERS_MAX} characters"));
                Some(String::new())
            }
        }
    }

    fn required(&mut self, name: &str) -> String {
        self.text(name).unwrap_or_else(|| {
            self.fault(name, "is required and must not be empty");
            String::new()
        })
    }

    fn object(&mut self, name: &str) -> Value {
        match self.fields.shift_remove(name) {
            None | Some(Value::Null) => Value::Object(Map::new()),
            Some(object @ Value::Object(_)) => object,
            Some(_) => {
                self.fault(name, "must be a JSON object");
                Value::Null
            }
        }
    }

    fn patch(&mut self) -> Value {
        match self.fields.shift_remove("patch") {
            Some(patch @ (Value::Object(_) | Value::Array(_))) => patch,
            _ => {
                self.fault("patch", "is required: an object (merge patch) or a list (JSON Patch)");
                Value::Null
            }
        }
    }

    fn number(&mut self, name: &str) -> Option<u32> {
        let value = self.fields.shift_remove(name)?;
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        if number.is_none() && !value.is_null() {
            self.fault(name, "must be a number");
        }
        number
    }

    fn then(&mut self) -> Then {
        self.text("from_step").map_or(Then::GoOn, Then::From)
    }
}
