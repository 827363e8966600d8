//! The envelope of answers: a code as a word or as an object, errors with status 200, and lists and counts without any.

use serde_json::{Value, json};

use crate::reply::Reply;

/// What a piece of work came to.
pub(super) enum Done {
    /// Stands under `data`.
    Data(Value),
    /// Success, and nothing more to say.
    Nothing,
    /// No envelope: a list, a count.
    Bare(Value),
}

/// Why not.
pub(super) struct Refusal {
    pub code: &'static str,
    /// What stands under `errMsg`.
    pub problem: Value,
    /// `reqFailMsg.msgType`.
    pub kind: Option<&'static str>,
    /// What is there nevertheless.
    pub data: Option<Value>,
}

/// The codes in the order of their numbers, which begin with 1.
const CODES: &[&str] = &["SUCCESS", "PARAM_ERROR", "NO_PERMISSION", "SYSTEM_INNER_ERROR", "USER_EXCEPTION", "FAIL"];

/// A parameter is wrong; the words say how.
pub(super) fn wrong(parameter: &str, why: &str) -> Refusal {
    Refusal { code: "PARAM_ERROR", problem: json!({parameter: why}), kind: None, data: None }
}

/// The person may not do this.
pub(super) fn forbidden() -> Refusal {
    Refusal { code: "NO_PERMISSION", problem: json!({"isremark": 2}), kind: Some("NO_REQUEST_SUBMIT_PERMISSION"), data: None }
}

/// The program stumbled.
pub(super) fn stumbled() -> Refusal {
    Refusal { code: "SYSTEM_INNER_ERROR", problem: json!({}), kind: None, data: None }
}

/// The answer; `objects` says how codes are written.
pub(super) fn reply(done: Result<Done, Refusal>, objects: bool) -> Reply {
    let code = |name: &str| match objects {
        true => json!({"name": name, "statusCode": CODES.iter().position(|known| *known == name).unwrap_or(0) + 1}),
        false => json!(name),
    };
    let mut shown = match done {
        Ok(Done::Bare(value)) => return Reply::json(200, &value),
        Ok(Done::Data(data)) => json!({"code": code("SUCCESS"), "data": data, "errMsg": {}, "reqFailMsg": fail_message(None)}),
        Ok(Done::Nothing) => json!({"code": code("SUCCESS"), "errMsg": {}, "reqFailMsg": fail_message(None)}),
        Err(refusal) => {
            let mut shown = json!({"code": code(refusal.code), "errMsg": refusal.problem, "reqFailMsg": fail_message(refusal.kind)});
            if let Some(data) = refusal.data {
                shown["data"] = data;
            }
            shown
        }
    };
    if objects {
        // These versions leave it out.
        let _ = shown.as_object_mut().map(|members| members.remove("reqFailMsg"));
    }
    Reply::json(200, &shown)
}

fn fail_message(kind: Option<&str>) -> Value {
    let mut message = json!({"keyParameters": {}, "msgInfo": {}, "otherParams": {}});
    if let Some(kind) = kind {
        message["msgType"] = json!(kind);
    }
    message
}
