//! What the four ways to settle an exception share: reading the body with every fault named, and telling the engine once.

use std::sync::Arc;

use axum::extract::FromRef;
use axum::response::Response;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::api::auth::Caller;
use crate::api::idempotency;
use crate::api::problem::{Pointer, Problem};
use crate::api::state::ApiState;
use crate::api::{codes, request_id};
use crate::app::answers::{Answers, Keyed};
use crate::app::commands::{CommandRequest, Commands};
use crate::app::reading::Reader;
use crate::domain::flow::event::Command;
use crate::domain::ids::{ExceptionId, InstanceId};

/// Longest reason or proof.
const TEXT_CHARACTERS_MAX: usize = 2_000;

/// Why a person settles it so.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(example = json!({"reason": "the partner is back"}))]
pub struct Settlement {
    /// Why, for the history; at most 2,000 characters.
    pub reason: Option<String>,
}

/// The command is committed; what it leads to shows in the instance.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Settled {
    /// The instance; absent when the exception was about a message.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub instance: Option<Uuid>,
    /// Its status now: `running`, `exception` or `ended`.
    pub status: String,
}

/// Reads a body field by field and remembers every fault.
pub struct Fields {
    fields: Map<String, Value>,
    faults: Vec<Pointer>,
}

impl Fields {
    /// The fields of a body that must be an object.
    pub fn of(body: Value) -> Self {
        match body {
            Value::Object(fields) => Self { fields, faults: Vec::new() },
            _ => Self { fields: Map::new(), faults: vec![fault("", "the body must be a JSON object")] },
        }
    }

    /// A text that may be absent.
    pub fn text(&mut self, name: &str) -> Option<String> {
        match self.fields.shift_remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) if text.trim().is_empty() => None,
            Some(Value::String(text)) if text.chars().count() <= TEXT_CHARACTERS_MAX && !text.contains('\0') => Some(text),
            Some(Value::String(_)) => self.refuse(name, &format!("must be text of at most {TEXT_CHARACTERS_MAX} characters")),
            Some(_) => self.refuse(name, "must be text"),
        }
    }

    /// A text that must be there.
    pub fn required(&mut self, name: &str) -> Option<String> {
        let faults = self.faults.len();
        let text = self.text(name);
        if text.is_none() && self.faults.len() == faults {
            return self.refuse(name, "is required and must not be empty");
        }
        text
    }

    /// A point in time that may be absent.
    pub fn instant(&mut self, name: &str) -> Option<jiff::Timestamp> {
        let text = self.text(name)?;
        match text.parse() {
            Ok(instant) => Some(instant),
            Err(_) => self.refuse(name, "must be a time with an offset, such as 2026-09-28T10:00:00+08:00"),
        }
    }

    /// True or false; absent means false.
    pub fn flag(&mut self, name: &str) -> bool {
        match self.fields.shift_remove(name) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => self.refuse(name, "must be true or false").unwrap_or_default(),
        }
    }

    /// An object; absent means empty.
    pub fn object(&mut self, name: &str) -> Value {
        match self.fields.shift_remove(name) {
            None | Some(Value::Null) => json!({}),
            Some(object @ Value::Object(_)) => object,
            Some(_) => self.refuse(name, "must be a JSON object").unwrap_or_default(),
        }
    }

    /// A number within bounds that may be absent.
    pub fn number(&mut self, name: &str, bounds: std::ops::RangeInclusive<u32>) -> Option<u32> {
        let value = self.fields.shift_remove(name).filter(|value| !value.is_null())?;
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok()).filter(|number| bounds.contains(number));
        number.or_else(|| self.refuse(name, &format!("must be a whole number from {} to {}", bounds.start(), bounds.end())))
    }

    /// An id that must be there.
    pub fn id(&mut self, name: &str) -> Uuid {
        let text = self.required(name).unwrap_or_default();
        match text.parse() {
            Ok(id) => id,
            Err(_) if text.is_empty() => Uuid::nil(),
            Err(_) => self.refuse(name, "must be an id").unwrap_or_default(),
        }
    }

    /// A list of texts, each of at least one character; absent means none.
    pub fn texts(&mut self, name: &str, most: usize) -> Option<Vec<String>> {
        let value = self.fields.shift_remove(name).filter(|value| !value.is_null())?;
        let read = |item: &Value| item.as_str().filter(|text| !text.contains('\0') && text.len() <= TEXT_CHARACTERS_MAX).map(str::to_owned);
        let texts: Option<Vec<String>> = value.as_array().and_then(|items| items.iter().map(read).collect());
        match texts {
            Some(texts) if texts.len() <= most => Some(texts),
            _ => self.refuse(name, &format!("must be a list of at most {most} texts")),
        }
    }

    /// An object that may be absent.
    pub fn maybe_object(&mut self, name: &str) -> Option<Map<String, Value>> {
        match self.fields.shift_remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::Object(object)) => Some(object),
            Some(_) => self.refuse(name, "must be a JSON object"),
        }
    }

    /// What is left, for a reader of its own; it removes what it reads.
    pub fn rest(&mut self) -> &mut Map<String, Value> {
        &mut self.fields
    }

    /// A fault that somebody else found.
    pub fn fault(&mut self, name: &str, message: &str) {
        self.faults.push(fault(&format!("/{name}"), message));
    }

    fn refuse<T>(&mut self, name: &str, message: &str) -> Option<T> {
        self.faults.push(fault(&format!("/{name}"), message));
        None
    }

    /// Every fault at once, unknown fields among them.
    pub fn finish(mut self) -> Result<(), Problem> {
        for name in self.fields.keys() {
            let pointer = name.replace('~', "~0").replace('/', "~1");
            self.faults.push(fault(&format!("/{pointer}"), "is not known here"));
        }
        if self.faults.is_empty() {
            return Ok(());
        }
        Err(Problem::new(&codes::INVALID_BODY, "One or more fields are not valid.").with_pointers(self.faults))
    }
}

fn fault(pointer: &str, message: &str) -> Pointer {
    Pointer { pointer: pointer.to_owned(), message: message.to_owned() }
}

/// A command as its handler read it.
pub struct Order {
    /// Who.
    pub caller: Caller,
    /// Which exception.
    pub exception: Uuid,
    /// What to do.
    pub command: Command,
    /// Why.
    pub reason: Option<String>,
}

/// Tells the engine, once per idempotency key.
pub async fn settle(state: &ApiState, headers: &HeaderMap, order: Order) -> Result<Response, Problem> {
    let key = idempotency::key(headers)?;
    let used_for = format!("{}\n{:?}\n{:?}", order.exception, order.command, order.reason);
    let (caller, tenant) = (order.caller.name.clone(), order.caller.tenant);
    let answers = Answers::from_ref(state);
    let state = state.clone();
    // Without a key of the caller's, every request is a command of its own.
    let command_key = key.clone().or_else(request_id::current).unwrap_or_default();
    let work = || async move {
        // In a task of its own: a caller that hangs up must not leave a command half-way.
        match tokio::spawn(command(state, order, command_key)).await {
            Ok(answer) => answer,
            Err(_) => Err(Problem::new(&codes::INTERNAL, "The command could not be carried out.")),
        }
    };
    let keyed = key.as_deref().map(|key| Keyed { tenant, caller: &caller, key, used_for: used_for.as_bytes() });
    idempotency::once(&answers, keyed, work).await
}

async fn command(state: ApiState, order: Order, key: String) -> Result<(StatusCode, Value), Problem> {
    let tenant = order.caller.tenant;
    let id = ExceptionId(order.exception);
    let exception = Reader::from_ref(&state).exception(tenant, id).await?;
    // An exception about a message has no instance; the command is then told apart by the exception alone.
    let instance = exception.instance.unwrap_or_default();
    if exception.state != "open" {
        let how = exception.resolution.unwrap_or_else(|| "settled".to_owned());
        let who = exception.resolved_by.map(|who| format!(" by {who}")).unwrap_or_default();
        return Err(Problem::new(&codes::CONFLICT, format!("The exception is closed already: {how}{who}.")));
    }
    let request = CommandRequest {
        tenant,
        instance: InstanceId(instance),
        exception: Some(id),
        command: order.command,
        actor: order.caller.name.to_string(),
        reason: order.reason,
        key,
    };
    let accepted = Arc::<dyn Commands>::from_ref(&state).command(request).await?;
    Ok((StatusCode::ACCEPTED, json!(Settled { instance: exception.instance, status: accepted.status })))
}
