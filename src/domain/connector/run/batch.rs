//! A batch being carried out: request by request, and after a lost answer item by item.
//!
//! Which items go into a request, and its key, hang on nothing but what is stored of the items (`ItemsBegun`): a process that
//! dies after sending leaves the same request for the next one to send, or to look its items up.

use super::{Frame, RequestFrame, Run, unknown_operation};
use crate::domain::connector::answer::{self, Answer};
use crate::domain::connector::batch::{Batch, Chunk, Items, ItemsBegun, Outcome, cannot_hand, judge};
use crate::domain::connector::class::Class;
use crate::domain::connector::connector::Connector;
use crate::domain::connector::idempotency::{Found, Idempotency};
use crate::domain::connector::operation::Operation;
use crate::domain::connector::page::PageState;
use crate::domain::connector::reply::Reply;
use crate::domain::connector::results::named;
use crate::domain::connector::rule::shorten;
use crate::domain::connector::scopes::{AttemptFacts, Facts, handing};
use crate::domain::flow::effect::Cause;
use crate::domain::value::{Map, Value};
use std::sync::Arc;

/// A batch between two requests.
#[derive(Debug)]
pub(super) struct BatchFrame {
    operation: Arc<str>,
    facts: Facts,
    items: Items,
    way: Way,
    /// What the answers of this attempt say of items that are not settled.
    told: Told,
    /// Items that have had their turn in this attempt and are to come again: they hold up no others.
    put_off: Vec<usize>,
}

/// What it is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Sending,
    /// Asking for items one by one; the place of the one that is asked for.
    LookingUp(Option<usize>),
}

impl Run {
    /// Begins the look-up of a batch: each item in doubt is asked for by itself.
    ///
    /// # Errors
    /// The answer when it cannot even begin.
    pub fn look_up_items(connector: Arc<Connector>, operation: &str, facts: Facts, begun: super::Begun) -> Result<Run, Box<Answer>> {
        let mut run = Run::start(connector, operation, facts, begun)?;
        if let Some(Frame::Batch(frame)) = run.frames.last_mut() {
            frame.way = Way::LookingUp(None);
        }
        Ok(run)
    }

    pub(super) fn begin_batch(&mut self, operation: &Operation, facts: Facts) -> Result<(), Box<Answer>> {
        let Some(batch) = &operation.batch else { return Err(Box::new(unknown_operation(&operation.name))) };
        if !self.frames.is_empty() {
            let message = format!("`{}` remembers what became of each item, which a step cannot", operation.name);
            return Err(Box::new(Answer::stopped(Class::Refused, Cause::RuleMissing, "batch_in_steps", message)));
        }
        let items = batch.items(&facts, operation.reference_most()).map_err(|why| bad_input(&operation.name, &why))?;
        self.begun.items.get_or_insert_default();
        let operation = operation.name.clone();
        self.frames.push(Frame::Batch(BatchFrame {
            operation,
            facts,
            items,
            way: Way::Sending,
            told: Told::default(),
            put_off: Vec::new(),
        }));
        Ok(())
    }

    /// What an answer to one of its requests comes to, for the record.
    pub(super) fn read_batch(&self, operation: &Operation, frame: &RequestFrame, reply: &Reply) -> Answer {
        let whole = answer::read_whole(&self.connector, operation, &frame.facts, reply);
        let (Some(batch), Some(chunk)) = (&operation.batch, &frame.chunk) else { return whole };
        if whole.class != Class::Ok {
            return whole;
        }
        let outcomes = judge(&self.connector, operation, batch, &frame.facts, chunk, reply);
        let told = Told::of(chunk, &outcomes);
        told.stops(operation).or_else(|| told.refusal(chunk.items.len())).unwrap_or(whole)
    }

    /// Takes the answer to one of its requests; `reply` is none when none came.
    pub(super) fn take_batch(&mut self, answer: Answer, reply: Option<&Reply>) {
        let Some(Frame::Request(RequestFrame { chunk: Some(chunk), facts, .. })) = self.frames.pop() else { return };
        let connector = self.connector.clone();
        let Some((operation, batch)) = self.batch_of(&connector) else { return };
        let whole = match reply {
            Some(reply) => answer::read_whole(&connector, operation, &facts, reply),
            None => answer,
        };
        let Some(reply) = reply.filter(|_| whole.class == Class::Ok) else { return self.end_batch(whole) };
        let outcomes = judge(&connector, operation, batch, &facts, &chunk, reply);
        let Some(Frame::Batch(frame)) = self.frames.last_mut() else { return };
        frame.told.add(Told::of(&chunk, &outcomes));
        let items = self.begun.items.get_or_insert_default();
        items.answered += 1;
        let mut unknown = Vec::new();
        for (place, outcome) in chunk.places.iter().zip(outcomes) {
            match outcome {
                Outcome::Done(output) => items.is_done(*place, output.to_json()),
                Outcome::Refused(why) => items.refused.push((*place, why)),
                Outcome::Unknown(_) => unknown.push(*place),
                Outcome::Again { .. } => frame.put_off.push(*place),
            }
        }
        items.unknown = Some(unknown);
        if let Some(answer) = frame.told.stops_at_once(operation) {
            self.end_batch(answer);
        }
    }

    /// A request of a batch, or the look-up of one of its items, has its answer without a further word about items.
    pub(super) fn finish_in_batch(&mut self, answer: Answer) {
        match self.frames.last_mut() {
            Some(Frame::Batch(BatchFrame { way: Way::LookingUp(asked @ Some(_)), .. })) => {
                let Some(place) = asked.take() else { return };
                self.take_look_up(place, answer);
            }
            _ => self.end_batch(answer),
        }
    }

    /// Does what a batch does next: sends its next items, asks for the next one in doubt, or ends.
    pub(super) fn advance_batch(&mut self) -> Result<(), Box<Answer>> {
        let connector = self.connector.clone();
        let Some(Frame::Batch(frame)) = self.frames.last_mut() else { return Ok(()) };
        let operation = connector.operation(&frame.operation).ok_or_else(|| Box::new(unknown_operation(&frame.operation)))?;
        let Some(batch) = &operation.batch else { return Err(Box::new(unknown_operation(&frame.operation))) };
        let items = self.begun.items.get_or_insert_default();
        let of = frame.items.items.len();
        if let Way::LookingUp(asked) = &mut frame.way {
            if let Some(place) = items.to_look_up(of).first().copied() {
                *asked = Some(place);
                let (lookup, facts) = look_up_of(operation, batch, frame, place)?;
                return self.push(&lookup, facts, None);
            }
            return self.end_look_up(operation, batch);
        }
        let due = items.open(of).into_iter().filter(|place| !frame.put_off.contains(place));
        let places: Vec<usize> = due.take(batch.most).collect();
        if places.is_empty() {
            if let Some(answer) = frame.told.stops(operation) {
                self.end_batch(answer);
                return Ok(());
            }
            let answer = end(operation, batch, frame, items);
            self.frames.clear();
            self.result = Some(answer);
            return Ok(());
        }
        let chunk = chunk_of(operation, batch, frame, places)?;
        // Whatever happens from here to the answer leaves these in doubt, and no others.
        items.unknown = Some(chunk.places.clone());
        items.absent.clear();
        let mut facts = frame.facts.clone();
        facts.attempt.key = Arc::from(format!("{}/request.{}", facts.attempt.key, items.answered));
        let operation = frame.operation.clone();
        let page = PageState::default();
        self.frames.push(Frame::Request(RequestFrame { operation, facts, page, gathered: None, asking: None, chunk: Some(chunk) }));
        Ok(())
    }

    fn batch_of<'c>(&self, connector: &'c Connector) -> Option<(&'c Operation, &'c Batch)> {
        let Some(Frame::Batch(frame)) = self.frames.last() else { return None };
        let operation = connector.operation(&frame.operation)?;
        Some((operation, operation.batch.as_ref()?))
    }

    /// The look-up of one item has its answer.
    fn take_look_up(&mut self, place: usize, answer: Answer) {
        let connector = self.connector.clone();
        let Some((operation, _)) = self.batch_of(&connector) else { return };
        let Idempotency::Lookup(lookup) = &operation.idempotency else { return };
        if !matches!(answer.class, Class::Ok | Class::NotFound) {
            return self.end_batch(answer);
        }
        let items = self.begun.items.get_or_insert_default();
        match lookup.found(&answer) {
            Found::Yes(output) => items.is_done(place, output.to_json()),
            Found::No => items.absent.push(place),
            Found::Doubtful(message) => self.end_batch(Answer::stopped(Class::Refused, Cause::Unknown, "lookup_doubtful", message)),
        }
    }

    /// Every item in doubt was asked for.
    fn end_look_up(&mut self, operation: &Operation, batch: &Batch) -> Result<(), Box<Answer>> {
        let Some(Frame::Batch(frame)) = self.frames.last() else { return Ok(()) };
        let items = self.begun.items.get_or_insert_default();
        let of = frame.items.items.len();
        let absent = std::mem::take(&mut items.absent);
        let names: Vec<String> = absent.iter().filter_map(|place| frame.items.names.get(*place).cloned()).collect();
        items.unknown = Some(absent);
        let answer = if items.open(of).is_empty() && items.refused.is_empty() {
            end(operation, batch, frame, items)
        } else {
            let message = if names.is_empty() {
                "what was in doubt is done; the rest was not sent yet".to_owned()
            } else {
                format!("{} of {of} items are not found: {}", names.len(), named(&names))
            };
            Answer::stopped(Class::NotFound, Cause::Unknown, "items_not_found", message)
        };
        self.frames.clear();
        self.result = Some(answer);
        Ok(())
    }

    /// It does not go on in this attempt.
    fn end_batch(&mut self, answer: Answer) {
        let sending = matches!(self.frames.first(), Some(Frame::Batch(BatchFrame { way: Way::Sending, .. })));
        let done = self.begun.items.as_ref().map_or(0, |items| items.done.len());
        let of = match self.frames.first() {
            Some(Frame::Batch(frame)) => frame.items.items.len(),
            _ => 0,
        };
        if let Some(items) = self.begun.items.as_mut().filter(|_| sending && answer.class != Class::Unknown) {
            // Surely not done, whatever it was.
            items.unknown = Some(Vec::new());
        }
        self.frames.clear();
        let message =
            if done > 0 && sending { shorten(&format!("{done} of {of} items are done; {}", answer.message)) } else { answer.message };
        self.result = Some(Answer { message, ..answer });
    }
}

fn bad_input(operation: &str, why: &str) -> Box<Answer> {
    Box::new(Answer::stopped(Class::Refused, Cause::DataWrong, "bad_input", format!("the input of `{operation}`: {why}")))
}

fn chunk_of(operation: &Operation, batch: &Batch, frame: &BatchFrame, places: Vec<usize>) -> Result<Chunk, Box<Answer>> {
    let mut chunk = Chunk { places, items: Vec::new(), keys: Vec::new(), names: Vec::new(), written: Value::Unset };
    let mut written = Vec::with_capacity(chunk.places.len());
    for place in &chunk.places {
        let item = &frame.items.items[*place];
        let built = batch.write(&frame.facts, *place, item, operation.reference_most());
        written.push(built.map_err(|error| Answer::stopped(Class::Refused, Cause::DataWrong, "cannot_build", error.to_string()))?);
        chunk.items.push(item.clone());
        chunk.keys.extend(frame.items.keys.get(*place).cloned());
        chunk.names.push(frame.items.names[*place].clone());
    }
    chunk.written = Value::list(written);
    Ok(chunk)
}

/// The look-up of one item, and what it is asked with.
fn look_up_of(operation: &Operation, batch: &Batch, frame: &BatchFrame, place: usize) -> Result<(Arc<str>, Facts), Box<Answer>> {
    let Idempotency::Lookup(lookup) = &operation.idempotency else {
        let message = format!("`{}` has no look-up", operation.name);
        return Err(Box::new(Answer::stopped(Class::Refused, Cause::RuleMissing, "no_follow_up", message)));
    };
    let own = batch.facts_of(&frame.facts, place, operation.reference_most());
    let scope = handing(&own.input, None, &own.reference, &own.attempt).with(&batch.name, frame.items.items[place].clone());
    let input = lookup
        .with
        .evaluate(&scope)
        .map_err(|error| Box::new(Answer::stopped(Class::Refused, Cause::RuleMissing, "cannot_build", cannot_hand(&error))))?;
    // A read needs no key, and what the item was written with is in its input.
    let attempt = AttemptFacts { key: frame.facts.attempt.key.clone(), ..own.attempt.clone() };
    Ok((lookup.operation.clone(), Facts { input, attempt, ..own }))
}

/// All items are settled: what they gave, or which of them the partner refused.
fn end(operation: &Operation, batch: &Batch, frame: &BatchFrame, begun: &ItemsBegun) -> Answer {
    let of = frame.items.items.len();
    if !begun.refused.is_empty() {
        let name = |place: &usize| frame.items.names.get(*place).cloned().unwrap_or_default();
        let refused: Vec<String> = begun.refused.iter().map(|(place, why)| because(&name(place), why)).collect();
        return refusal(begun.done.len(), of, &refused);
    }
    let mut given = vec![Value::Map(Arc::new(Map::new())); of];
    for (place, output) in &begun.done {
        if let Some(slot) = given.get_mut(*place) {
            *slot = batch.read_output(output);
        }
    }
    let given = Value::list(given);
    let scope = frame.facts.open_scope().with("items", given.clone());
    match operation.output.extract(&Value::map([("items", given)]), &Value::Unset, &scope) {
        Ok(output) => Answer::ok(output),
        Err(error) => answer::misread(operation, &format!("is done, but {error}")),
    }
}

fn because(name: &str, why: &str) -> String {
    if why.is_empty() { name.to_owned() } else { format!("{name} ({why})") }
}

fn refusal(done: usize, of: usize, refused: &[String]) -> Answer {
    let (code, head) = match done {
        0 => ("none_done", format!("none of {of} items was done")),
        some => ("partly_done", format!("{some} of {of} items are done")),
    };
    Answer::stopped(Class::Refused, Cause::DataWrong, code, shorten(&format!("{head}; refused: {}", named(refused))))
}

/// What answers told of items.
#[derive(Debug, Default)]
struct Told {
    done: usize,
    refused: Vec<String>,
    unknown: Vec<String>,
    again: Vec<String>,
    /// Of those that may be sent again: what each was, and the longest wait.
    classes: Vec<Class>,
    wait_millis: Option<u64>,
}

impl Told {
    fn of(chunk: &Chunk, outcomes: &[Outcome]) -> Told {
        let mut told = Told::default();
        for (name, outcome) in chunk.names.iter().zip(outcomes) {
            match outcome {
                Outcome::Done(_) => told.done += 1,
                Outcome::Refused(why) => told.refused.push(because(name, why)),
                Outcome::Unknown(why) => told.unknown.push(because(name, why)),
                Outcome::Again { class, message, retry_after_millis } => {
                    told.again.push(because(name, message));
                    told.classes.push(*class);
                    told.wait_millis = told.wait_millis.max(*retry_after_millis);
                }
            }
        }
        told
    }

    fn add(&mut self, told: Told) {
        self.unknown.extend(told.unknown);
        self.again.extend(told.again);
        self.classes.extend(told.classes);
        self.wait_millis = self.wait_millis.max(told.wait_millis);
    }

    /// The answer where nothing more is to be sent in this attempt: something is unknown, the partner wants a pause, or the key is
    /// that of the request. Then what goes into the next one must hang on nothing that is not stored: under one key goes one thing.
    fn stops_at_once(&self, operation: &Operation) -> Option<Answer> {
        let keyed = matches!(operation.idempotency, Idempotency::Header { .. } | Idempotency::Body { .. });
        let pauses = self.classes.contains(&Class::RateLimited) || (keyed && !self.again.is_empty());
        (!self.unknown.is_empty() || pauses).then(|| self.stops(operation)).flatten()
    }

    /// The answer where the attempt ends here: something is unknown, or has to be sent again.
    fn stops(&self, operation: &Operation) -> Option<Answer> {
        if !self.unknown.is_empty() {
            let message = shorten(&format!("not known: {}", named(&self.unknown)));
            let answer = Answer::stopped(Class::Unknown, Cause::Unknown, "items_unknown", message);
            // The key names the request, and another one cannot be made of the items that were left out of its answer: repeated
            // under the old key it would answer the same, and under a new one they would be done twice.
            let misread = matches!(operation.idempotency, Idempotency::Header { .. } | Idempotency::Body { .. });
            return Some(Answer { misread, ..answer });
        }
        if self.again.is_empty() {
            return None;
        }
        let class = match self.classes.as_slice() {
            classes if classes.contains(&Class::RateLimited) => Class::RateLimited,
            classes if classes.iter().all(|class| *class == Class::Conflict) => Class::Conflict,
            _ => Class::Retryable,
        };
        let message = shorten(&format!("not done yet: {}", named(&self.again)));
        let cause = class.cause().unwrap_or(Cause::PartnerDown);
        Some(Answer { retry_after_millis: self.wait_millis, ..Answer::stopped(class, cause, "items_not_done", message) })
    }

    /// For the record of the request: some of its items were refused.
    fn refusal(&self, of: usize) -> Option<Answer> {
        (!self.refused.is_empty()).then(|| refusal(self.done, of, &self.refused))
    }
}
