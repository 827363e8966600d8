//! One named call a connector offers: what it takes and gives, how it is sent, and what makes it safe to repeat.

use super::arguments::Arguments;
use super::batch::Batch;
use super::decode::Decode;
use super::defaults::Defaults;
use super::field::Fields;
use super::idempotency::Idempotency;
use super::kind::Ask;
use super::page::Page;
use super::poll::Poll;
use super::reference::REFERENCE;
use super::results::Results;
use super::rule::ResponseRule;
use super::tree::Tree;
use crate::domain::expression::Expression;
use crate::domain::text::units::Rate;
use crate::domain::value::{ObjectType, ReadError, Type, Value};
use std::sync::Arc;

/// Whether an operation changes something at the partner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Effect {
    /// It only looks.
    Read,
    /// It changes something; a repeat may do it twice.
    Write,
}

/// One named call a connector offers.
#[derive(Debug)]
pub struct Operation {
    /// Its name.
    pub name: Arc<str>,
    /// Whether it changes something.
    pub effect: Effect,
    /// What it takes.
    pub input: Arc<ObjectType>,
    /// What stands for what it is not given.
    pub defaults: Defaults,
    /// What it gives, and how that is found in the answer.
    pub output: Fields,
    /// One request, or steps.
    pub body: Body,
    /// Whether its request holds a secret setting of the connection, beside what the log-in sends.
    pub carries_secrets: bool,
    /// How a list is sent in one request and answered item by item.
    pub batch: Option<Batch>,
    /// What the answer says of each item, where a request holds many.
    pub results: Option<Results>,
    /// What is done to the answer before it is read.
    pub decode: Decode,
    /// How further pages are asked for.
    pub page: Option<Page>,
    /// How the outcome is asked for, where the partner only takes the request.
    pub poll: Option<Poll>,
    /// What makes a repeat harmless.
    pub idempotency: Idempotency,
    /// How to see that it was really done.
    pub readback: Option<Readback>,
    /// What undoes it.
    pub reverse: Option<Reverse>,
    /// Optimistic lock.
    pub version: Option<Version>,
    /// Rules tried before the connector's.
    pub responses: Vec<ResponseRule>,
    /// Limits of this operation, beside the connector's.
    pub limits: Limits,
    /// Milliseconds for one request; none means the connector's.
    pub timeout_millis: Option<u64>,
}

/// How an operation is carried out.
#[derive(Debug)]
pub enum Body {
    /// One request (and its further pages).
    Request(Box<dyn Ask>),
    /// Calls of other operations, in order.
    Steps(Vec<OperationStep>),
}

/// One step of an operation made of steps.
#[derive(Debug)]
pub struct OperationStep {
    /// Its id; later steps see `steps.ID.output`.
    pub id: Arc<str>,
    /// The operation it calls.
    pub call: Arc<str>,
    /// What it hands over.
    pub with: Arguments,
    /// It is skipped where this does not hold.
    pub when: Option<Expression>,
    /// The list it runs over, and the name of the element.
    pub each: Option<(Expression, Arc<str>)>,
    /// Which results of `each` are kept.
    pub keep_when: Option<Expression>,
}

/// How to see that a write was really done, for partners known to answer success and do nothing.
#[derive(Debug)]
pub struct Readback {
    /// The read to ask.
    pub operation: Arc<str>,
    /// What it is asked with; sees `input`, `output`, `reference`, `attempt`.
    pub with: Arguments,
    /// Must hold on its `output`.
    pub expect: Expression,
    /// Milliseconds to wait before each asking; the last not holding means not done.
    pub ask_after_millis: Vec<u64>,
}

/// What undoes a write.
#[derive(Debug)]
pub struct Reverse {
    /// The operation that undoes it.
    pub operation: Arc<str>,
    /// What it is called with; sees `input`, `output`, `reference`.
    pub with: Arguments,
}

/// Optimistic lock: the version that was read goes back with the write.
#[derive(Debug)]
pub struct Version {
    /// Where the version is found: `from` extracts from the input.
    pub value: Tree,
    /// The header it is sent in.
    pub header: Arc<str>,
}

/// Rate and concurrency limits.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// All of them hold at once.
    pub rates: Vec<Rate>,
    /// Requests at the same time.
    pub concurrency: Option<u32>,
}

impl Operation {
    /// The type of its input.
    pub fn input_type(&self) -> Type {
        Type::Object(self.input.clone())
    }

    /// The type of its output.
    pub fn output_type(&self) -> Type {
        Type::Object(self.output.of.clone())
    }

    /// What the partner's field for our reference holds at most, in characters, where it is short.
    pub fn reference_most(&self) -> Option<u32> {
        self.input.fields.get(REFERENCE)?.max_length
    }

    /// Reads an input from JSON as declared, with the hub's reference filled in where the operation takes one, and with its defaults.
    ///
    /// # Errors
    /// When a field is missing, undeclared or of another type; the message names the path, not the value.
    pub fn read_input(&self, input: &Value, reference: &str) -> Result<Value, ReadError> {
        let mut map = match input {
            Value::Map(map) => map.as_ref().clone(),
            Value::Unset | Value::Null => crate::domain::value::Map::new(),
            other => return Err(ReadError { path: String::new(), found: other.kind(), wanted: format!("input of `{}`", self.name) }),
        };
        if self.input.fields.contains_key(REFERENCE) && map.get(REFERENCE).is_none_or(Value::is_unset) && !reference.is_empty() {
            map.insert(Arc::from(REFERENCE), Value::text(reference));
        }
        self.defaults.fill(&mut map);
        for (name, field) in &self.input.fields {
            let absent = map.get(name).is_none_or(|value| matches!(value, Value::Unset));
            if field.required && absent {
                return Err(ReadError { path: name.to_string(), found: "not there", wanted: field.of.name() });
            }
            // A partner that cuts it keeps something else than was meant, and a reference that is cut is never found again.
            if let (Some(most), Some(Value::Text(text))) = (field.max_length, map.get(name))
                && text.chars().count() > most as usize
            {
                return Err(ReadError {
                    path: name.to_string(),
                    found: "a longer text",
                    wanted: format!("a text of at most {most} characters"),
                });
            }
        }
        self.input_type().read(&Value::Map(Arc::new(map)))
    }

    /// What makes a repeat safe, in words, for check and console.
    pub fn label(&self) -> String {
        match self.effect {
            Effect::Read => "reads only".to_owned(),
            Effect::Write => {
                let looks_up = matches!(self.idempotency, Idempotency::Lookup(_));
                self.idempotency.label() + &self.batch.as_ref().map(|batch| batch.words(looks_up)).unwrap_or_default()
            }
        }
    }
}
