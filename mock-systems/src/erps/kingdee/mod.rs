//! Kingdee Cloud Galaxy: a verb for each address, arrays of cells, failures inside answers with status 200.

mod book;
mod query;
mod save;
mod sign;
mod steps;

use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::Vendor;
use super::stage::{Answer, Asked, Personality, lock};
use crate::instant::Micros;
use book::Book;

/// Hours of the server's zone: it writes local times without saying so.
const ZONE_HOURS: i64 = 8;
/// Where the services are, whatever the case of the first segment.
const PREFIX: &str = "kingdee.bos.webapi.servicesstub.";

/// The vendor.
pub(super) static VENDOR: Vendor = Vendor { name: "kingdee", personality: || Arc::new(Kingdee::default()) };

#[derive(Default)]
struct Kingdee {
    book: Mutex<Book>,
    gate: Mutex<sign::Gate>,
}

impl Personality for Kingdee {
    fn answer(&self, asked: &Asked) -> Answer {
        let service = asked.path.rsplit('/').next().unwrap_or_default();
        let lower = service.to_ascii_lowercase();
        let Some(name) = lower.strip_prefix(PREFIX).and_then(|name| name.strip_suffix(".common.kdsvc")) else {
            return Answer::text(404, "unknown", "text/html", "<html><body>404</body></html>");
        };
        if asked.method.as_str() != "POST" {
            return Answer::text(405, name, "text/html", "<html><body>405</body></html>");
        }
        let body = asked.json();
        if let Some(login) = name.strip_prefix("authservice.") {
            return lock(&self.gate).log_in(login, &body);
        }
        if let Err(refused) = lock(&self.gate).admit(asked) {
            // Lists keep their shape even when there is no session.
            let status = if name.ends_with("query") { json!([[refused]]) } else { refused };
            return Answer::json(200, "session_lost", &status);
        }
        let Some(verb) = name.strip_prefix("dynamicformservice.") else {
            return Answer::text(200, name, "text/plain; charset=utf-8", "response_error: service not found");
        };
        // Clients send `data` as an object or as JSON in a string; both are taken.
        let data = match &body["data"] {
            Value::String(text) => serde_json::from_str(text).unwrap_or(Value::Null),
            other => other.clone(),
        };
        let form = body["formid"].as_str().or_else(|| data["FormId"].as_str()).unwrap_or_default().to_owned();
        let mut book = lock(&self.book);
        let (value, wrote) = match verb {
            "executebillquery" => (query::rows(&book, &data), false),
            "billquery" => (query::objects(&book, &data), false),
            "view" => (query::view(&book, &form, &data), false),
            "save" => save::save(&mut book, &form, &data, asked.now),
            "batchsave" => save::batch(&mut book, &form, &data, asked.now),
            "submit" | "audit" | "unaudit" | "delete" | "cancelassign" => steps::take(&mut book, verb, &form, &data, asked.now),
            "excuteoperation" => steps::operate(&mut book, &form, body["opNumber"].as_str().unwrap_or_default(), &data, asked.now),
            "workflowaudit" => steps::decide(&mut book, &data, asked.now),
            _ => return Answer::text(200, verb, "text/plain; charset=utf-8", "response_error: method not found"),
        };
        let answer = Answer::json(200, verb, &value);
        if wrote { answer.wrote() } else { answer }
    }

    fn person(&self, what: &Value, now: Micros) -> Result<Value, String> {
        lock(&self.book).person(what, now)
    }

    fn state(&self) -> Value {
        lock(&self.book).state()
    }

    fn expire(&self) {
        lock(&self.gate).expire();
    }

    fn throttled(&self) -> Answer {
        Answer::text(200, "throttled", "text/plain; charset=utf-8", "response_error: the server is busy")
    }
}

/// The envelope of success.
fn success(entities: &[(i64, String)]) -> Value {
    let rows: Vec<Value> =
        entities.iter().enumerate().map(|(index, (id, number))| json!({"Id": id, "Number": number, "DIndex": index})).collect();
    let status = json!({"IsSuccess": true, "Errors": [], "SuccessEntitys": rows, "SuccessMessages": [], "MsgCode": 0});
    json!({"Result": {"ResponseStatus": status}})
}

/// The envelope of failure. Both come with status 200.
fn failure(message_code: i64, errors: &[(String, usize)]) -> Value {
    let rows: Vec<Value> = errors.iter().map(|(message, index)| json!({"FieldName": null, "Message": message, "DIndex": index})).collect();
    let status =
        json!({"ErrorCode": 500, "IsSuccess": false, "Errors": rows, "SuccessEntitys": [], "SuccessMessages": [], "MsgCode": message_code});
    json!({"Result": {"ResponseStatus": status, "Id": "", "Number": "", "NeedReturnData": [{}]}})
}

fn refused(message: &str) -> Value {
    failure(11, &[(message.to_owned(), 0)])
}
