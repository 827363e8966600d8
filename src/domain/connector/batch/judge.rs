//! The answer to a request of many items: which result is about which item, and what it means.

use super::{Batch, Find};
use crate::domain::connector::answer::{from_status, from_verdict};
use crate::domain::connector::class::Class;
use crate::domain::connector::connector::Connector;
use crate::domain::connector::operation::{Effect, Operation};
use crate::domain::connector::reply::{BodyForm, Reply};
use crate::domain::connector::rule::first_match;
use crate::domain::connector::scopes::Facts;
use crate::domain::expression::{Budget, Cardinality, Scope};
use crate::domain::value::Value;

/// One request's items: their places in the list, themselves, and what names them.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// Places in the whole list.
    pub places: Vec<usize>,
    /// Themselves.
    pub items: Vec<Value>,
    /// What names them in their results; none where that is told otherwise.
    pub keys: Vec<String>,
    /// What people call them.
    pub names: Vec<String>,
    /// As they are written, a list.
    pub written: Value,
}

/// What became of one item.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was done, and gave this.
    Done(Value),
    /// The partner will not do it, and why.
    Refused(String),
    /// It was surely not done, and may be sent again.
    Again {
        /// Conflict, throttled or not ready.
        class: Class,
        /// Why.
        message: String,
        /// Earliest next try, milliseconds.
        retry_after_millis: Option<u64>,
    },
    /// It may have been done.
    Unknown(String),
}

/// What an answer that is well as a whole says of each item of its request, in the request's order.
pub fn judge(connector: &Connector, operation: &Operation, batch: &Batch, facts: &Facts, chunk: &Chunk, reply: &Reply) -> Vec<Outcome> {
    let reply = operation.decode.apply(reply);
    let reply = reply.as_ref();
    let judge = Judge { connector, batch, facts, reply };
    let results = judge.results();
    let told = match judge.assign(chunk, &results) {
        Ok(told) => told,
        Err(why) => return chunk.items.iter().map(|_| Outcome::Unknown(why.clone())).collect(),
    };
    let each = told.iter().zip(&chunk.items);
    each.map(|(told, item)| settle(told.iter().map(|result| judge.one(result, item)).collect())).collect()
}

/// A value as people read it.
pub fn plain(value: &Value) -> String {
    value.as_text().map_or_else(|| value.to_json_text(), str::to_owned)
}

struct Judge<'a> {
    connector: &'a Connector,
    batch: &'a Batch,
    facts: &'a Facts,
    reply: &'a Reply,
}

impl Judge<'_> {
    fn results(&self) -> Vec<Value> {
        let found = self.batch.results.iter().map(|path| path.extract(&self.reply.body, Cardinality::Many).unwrap_or_default());
        found.flat_map(|found| if let Value::List(items) = found { items.as_ref().clone() } else { Vec::new() }).collect()
    }

    /// The results of each item. One that is about no item of the request tells nothing of any.
    fn assign<'r>(&self, chunk: &Chunk, results: &'r [Value]) -> Result<Vec<Vec<&'r Value>>, String> {
        let mut told = vec![Vec::new(); chunk.items.len()];
        for (number, result) in results.iter().enumerate() {
            let at = match &self.batch.find {
                // Where one is missing, all after it would be told of their neighbour.
                Find::Order if results.len() != chunk.items.len() => {
                    let (found, asked) = (results.len(), chunk.items.len());
                    return Err(format!("the answer has {found} results for {asked} items, and does not say whose they are"));
                }
                Find::Order => Some(number),
                Find::Index(index) => match index.evaluate(&self.scope(result), &mut Budget::default()) {
                    Ok(Value::Int(index)) => usize::try_from(index).ok(),
                    Ok(other) => plain(&other).parse().ok(),
                    Err(_) => None,
                },
                Find::Key { result: key, .. } => {
                    let key = key.evaluate(&self.scope(result), &mut Budget::default()).ok();
                    let key = key.filter(|key| !matches!(key, Value::Unset | Value::Null)).map(|key| plain(&key));
                    key.and_then(|key| chunk.keys.iter().position(|known| *known == key))
                }
            };
            if let Some(told) = at.and_then(|at| told.get_mut(at)) {
                told.push(result);
            }
        }
        Ok(told)
    }

    fn scope(&self, result: &Value) -> Scope<'static> {
        self.facts.open_scope().with("response", self.reply.value()).with("result", result.clone())
    }

    /// One result, judged as an answer of its own: the batch's rules, then the connector's, then its status if it has one.
    fn one(&self, result: &Value, item: &Value) -> Outcome {
        let seen = self.scope(result).with(&self.batch.name, item.clone());
        let status = match &self.batch.status {
            None => None,
            Some(status) => match status.evaluate(&seen, &mut Budget::default()).ok().and_then(|status| plain(&status).parse().ok()) {
                Some(status) => Some(status),
                None => return Outcome::Unknown("its result has no status".to_owned()),
            },
        };
        let body = match &self.batch.body {
            None => result.clone(),
            Some(body) => body.evaluate(&seen, &mut Budget::default()).unwrap_or_default(),
        };
        let reply = Reply {
            status: status.unwrap_or(self.reply.status),
            body,
            form: BodyForm::Json,
            retry_after_millis: None,
            set_cookies: Vec::new(),
            headers: self.reply.headers.clone(),
            received_at: self.reply.received_at,
        };
        let scope = seen.with("response", reply.value());
        let rules = self.batch.responses.iter().chain(&self.connector.responses);
        let answer = match (first_match(rules, &reply, &scope, &mut Vec::new()), status) {
            (Some(verdict), _) => from_verdict(self.connector, verdict, Effect::Write, &reply),
            (None, Some(_)) => from_status(self.connector, Effect::Write, &reply),
            (None, None) => return Outcome::Unknown("no rule says what its result means".to_owned()),
        };
        match answer.class {
            Class::Ok => match self.batch.output.extract(&reply.body, &reply.headers, &scope) {
                Ok(output) => Outcome::Done(output),
                Err(error) => Outcome::Unknown(format!("it is said to be done, but {error}")),
            },
            Class::Refused | Class::NotFound => Outcome::Refused(answer.message),
            Class::Unknown => Outcome::Unknown(answer.message),
            // Whose turn it is to sign in is not for one item to say: the request was taken.
            class => Outcome::Again { class, message: answer.message, retry_after_millis: answer.retry_after_millis },
        }
    }
}

/// What several results of one item come to: what they all say, or nothing.
fn settle(outcomes: Vec<Outcome>) -> Outcome {
    let mut outcomes = outcomes.into_iter();
    let Some(first) = outcomes.next() else {
        return Outcome::Unknown("the answer does not say what became of it".to_owned());
    };
    let alike = |other: Outcome| std::mem::discriminant(&first) == std::mem::discriminant(&other);
    if outcomes.all(alike) { first } else { Outcome::Unknown("the answer says both that it was done and that it was not".to_owned()) }
}
