//! An operation being carried out, as a machine without I/O: it says what to send next and takes the answers.
//!
//! Steps, loops and further pages are all here, so that the gateway and flow tests walk the same way. Each request of a
//! write made of steps has its own idempotency key and is reported when done (`progress`); handed back on the next
//! attempt, it is not sent again (`stale.rs` says what is read anew). A little more than 500 lines: one machine, whose parts
//! hand one state to each other.

mod batch;
mod stale;

use super::answer::{self, Answer};
use super::auth::Proof;
use super::batch::ItemsBegun;
use super::build::{build, build_asking, build_batch};
use super::class::Class;
use super::connector::Connector;
use super::field::Fields;
use super::operation::{Body, Effect, Operation, OperationStep};
use super::page::PageState;
use super::poll::{Asking, unfinished};
use super::reply::Reply;
use super::request::Request;
use super::scopes::{Facts, handing};
use crate::domain::expression::{Budget, Scope};
use crate::domain::flow::effect::Cause;
use crate::domain::value::{Map, Value};
use std::sync::Arc;

/// Operations nested in one another.
const DEPTH_MAX: usize = 8;
/// Requests of one run; a partner that never ends must not hold a worker for ever.
const REQUESTS_MAX: u32 = 20_000;
/// Rows gathered over all pages of one reading.
const ROWS_MAX: usize = 200_000;
/// Elements one `each` step runs over.
const EACH_MAX: usize = 2_000;

/// What to do next.
#[derive(Debug)]
pub enum Next {
    /// Send this, then hand the reply to [`Run::read`] and its answer to [`Run::take`].
    Send(Box<Planned>),
    /// It is over.
    Done(Box<Answer>),
}

/// A request to send.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The request.
    pub request: Request,
    /// The operation it belongs to (inside steps: the one called).
    pub operation: Arc<str>,
    /// Whether sending it changes something.
    pub effect: Effect,
}

/// A step that is done, or an element of one that runs over many and writes; kept with the effect so that the next attempt goes on
/// from there.
#[derive(Clone, Debug, PartialEq)]
pub struct StepDone {
    /// The step; of an element `step[number]`, counted from 0, which is also its place in the key.
    pub id: Arc<str>,
    /// What it gave.
    pub output: Value,
}

/// What a run has behind it, so that another attempt need not begin anew.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Begun {
    /// The steps that are done.
    pub steps: Vec<StepDone>,
    /// Of a read: the step that was broken off among its elements.
    pub each: Option<EachBegun>,
    /// Of a batch: what is known of its items.
    pub items: Option<ItemsBegun>,
}

impl Begun {
    /// What an element of a step gave, when it was done before.
    fn element(&self, step: &str, at: usize) -> Option<Value> {
        if self.steps.is_empty() {
            return None;
        }
        let name = element(step, at);
        self.steps.iter().find(|done| done.id == name).map(|done| done.output.clone())
    }
}

/// A reading of elements one by one that was broken off. The list of them is as old as its first attempt.
#[derive(Clone, Debug, PartialEq)]
pub struct EachBegun {
    /// The step.
    pub step: Arc<str>,
    /// The elements that are not read yet.
    pub left: Vec<Value>,
    /// What was kept of those that are.
    pub kept: Vec<Value>,
}

/// An operation being carried out.
#[derive(Debug)]
pub struct Run {
    connector: Arc<Connector>,
    frames: Vec<Frame>,
    result: Option<Answer>,
    requests: u32,
    one_page: bool,
    next_page: Option<PageState>,
    begun: Begun,
    asked: String,
}

#[derive(Debug)]
enum Frame {
    Request(RequestFrame),
    Steps(StepsFrame),
    Batch(batch::BatchFrame),
}

#[derive(Debug)]
struct RequestFrame {
    operation: Arc<str>,
    facts: Facts,
    page: PageState,
    gathered: Option<Value>,
    /// The partner has taken the request; its outcome is asked for.
    asking: Option<Asking>,
    /// Of a batch: the items it carries.
    chunk: Option<super::batch::Chunk>,
}

#[derive(Debug)]
struct StepsFrame {
    operation: Arc<str>,
    facts: Facts,
    index: usize,
    outputs: Map,
    each: Option<EachState>,
}

#[derive(Debug)]
struct EachState {
    items: Arc<Vec<Value>>,
    at: usize,
    kept: Vec<Value>,
}

impl Run {
    /// Begins an operation, or goes on after what an earlier attempt has behind it.
    ///
    /// # Errors
    /// The answer when it cannot even begin.
    pub fn start(connector: Arc<Connector>, operation: &str, facts: Facts, begun: Begun) -> Result<Run, Box<Answer>> {
        let begun = stale::without_stale_reads(&connector, operation, begun);
        let mut run =
            Run { connector, frames: Vec::new(), result: None, requests: 0, one_page: false, next_page: None, begun, asked: String::new() };
        run.push(operation, facts, None)?;
        Ok(run)
    }

    /// Begins one page of a paged read: the run ends after it, and [`Run::next_page`] says where the next one is.
    ///
    /// # Errors
    /// The answer when it cannot even begin.
    pub fn start_page(connector: Arc<Connector>, operation: &str, facts: Facts, page: Option<PageState>) -> Result<Run, Box<Answer>> {
        let mut run = Run::start(connector, operation, facts, Begun::default())?;
        run.one_page = true;
        if let (Some(Frame::Request(frame)), Some(page)) = (run.frames.last_mut(), page) {
            frame.page = page;
        }
        Ok(run)
    }

    /// The page after the one that was read; none when it was the last.
    pub fn next_page(&self) -> Option<&PageState> {
        self.next_page.as_ref()
    }

    /// Whether it is made of several requests: steps, or further pages.
    pub fn is_compound(&self) -> bool {
        self.frames.len() > 1 || self.requests > 1
    }

    /// What another attempt need not do again: finished steps, and of a read the elements of a step that it has seen.
    pub fn begun(&self) -> Begun {
        let each = self.begun.each.clone().or_else(|| self.broken_off());
        Begun { steps: self.begun.steps.clone(), each, items: self.begun.items.clone() }
    }

    /// Where the outermost operation stands among the elements of a step; only of reads, whose elements do not hang on their place.
    fn broken_off(&self) -> Option<EachBegun> {
        let Some(Frame::Steps(frame)) = self.frames.first() else { return None };
        let operation = self.connector.operation(&frame.operation).filter(|operation| operation.effect == Effect::Read)?;
        let (Body::Steps(steps), Some(state)) = (&operation.body, &frame.each) else { return None };
        let left = state.items.get(state.at..).unwrap_or_default().to_vec();
        Some(EachBegun { step: steps.get(frame.index)?.id.clone(), left, kept: state.kept.clone() })
    }

    /// The answer, once nothing more is to be sent. Asked before each request is proved: what is done needs no credentials, and
    /// must not be lost because they cannot be had any more.
    pub fn over(&mut self) -> Option<Answer> {
        while self.result.is_none() {
            match self.frames.last() {
                Some(Frame::Request(_)) => return None,
                Some(Frame::Steps(_)) => {
                    if let Err(answer) = self.advance_steps() {
                        self.result = Some(*answer);
                    }
                }
                Some(Frame::Batch(_)) => {
                    if let Err(answer) = self.advance_batch() {
                        self.result = Some(*answer);
                    }
                }
                None => {
                    // A frame is only ever popped by `finish`, which leaves a result or another frame.
                    self.result = Some(Answer::stopped(Class::Refused, Cause::OurFault, "no_frame", "the operation has nothing to do"));
                }
            }
        }
        self.result.clone()
    }

    /// What to send next. Asking again without taking an answer builds the same request anew, for example with
    /// refreshed credentials.
    pub fn next(&mut self, proof: &Proof<'_>) -> Next {
        loop {
            if let Some(answer) = self.over() {
                return Next::Done(Box::new(answer));
            }
            match self.plan(proof) {
                Ok(planned) => return Next::Send(Box::new(planned)),
                Err(answer) => self.result = Some(*answer),
            }
        }
    }

    /// How long to wait before the next request, milliseconds: an outcome is not asked for at once.
    pub fn wait_millis(&self) -> u64 {
        match self.frames.last() {
            Some(Frame::Request(frame)) => frame.asking.as_ref().map_or(0, |asking| asking.wait_millis),
            _ => 0,
        }
    }

    /// What the operation comes to when there is no time left to ask for its outcome.
    pub fn out_of_time(&self) -> Answer {
        let operation = match self.frames.last() {
            Some(Frame::Request(frame)) => self.connector.operation(&frame.operation),
            _ => None,
        };
        let effect = operation.map_or(Effect::Write, |operation| operation.effect);
        unfinished(effect, "the partner has not finished within the time of this call")
    }

    /// Reads a reply to the last request; pure, takes nothing.
    pub fn read(&self, reply: &Reply) -> Answer {
        match self.frames.last() {
            Some(Frame::Request(frame)) => match self.connector.operation(&frame.operation) {
                // Not yet is no answer, and nothing went wrong.
                Some(operation) if frame.is_pending(operation, reply) => Answer::ok(Value::Unset),
                Some(operation) if frame.chunk.is_some() => self.read_batch(operation, frame, reply),
                Some(operation) => answer::read(&self.connector, operation, &frame.facts, reply),
                None => unknown_operation(&frame.operation),
            },
            _ => Answer::stopped(Class::Refused, Cause::OurFault, "no_frame", "no request is open"),
        }
    }

    /// Takes the answer to the last request; `reply` is none when none came.
    pub fn take(&mut self, answer: Answer, reply: Option<&Reply>) {
        let Some(Frame::Request(frame)) = self.frames.last_mut() else { return };
        let connector = self.connector.clone();
        let Some(operation) = connector.operation(&frame.operation) else { return };
        if let Some(poll) = &operation.poll {
            let pending = match reply {
                Some(reply) => frame.is_pending(operation, reply),
                // A lost answer to an asking is asked for again.
                None => frame.asking.is_some() && !matches!(answer.class, Class::Ok | Class::Refused | Class::AuthExpired),
            };
            if pending {
                let base = connector.reach.base_url.render(&frame.facts.scope(), &mut Budget::default()).unwrap_or_default();
                match poll.next(frame.asking.as_ref(), reply, &frame.facts.open_scope(), &self.asked, &base) {
                    Ok(asking) => frame.asking = Some(asking),
                    Err(words) => self.finish(unfinished(operation.effect, words)),
                }
                return;
            }
        }
        if frame.chunk.is_some() {
            return self.take_batch(answer, reply);
        }
        if answer.class != Class::Ok {
            return self.finish(answer);
        }
        let (Some(page), Some(reply)) = (&operation.page, reply) else {
            return self.finish(answer);
        };
        let reply = operation.decode.apply(reply);
        let reply = reply.as_ref();
        let rows = answer::rows_of(operation, &answer.output);
        let base = connector.reach.base_url.render(&frame.facts.scope(), &mut Budget::default()).unwrap_or_default();
        let next = match page.next(&frame.page, reply, &rows, &self.asked, &base) {
            Ok(next) => next,
            Err(error) => {
                return self.finish(Answer::stopped(Class::Refused, Cause::RuleMissing, "page_guard", error.to_string()));
            }
        };
        if self.one_page {
            self.next_page = next;
            return self.finish(answer);
        }
        let gathered = gather(&operation.output, frame.gathered.take(), answer.output.clone());
        let too_many =
            operation.output.rows().is_some_and(|name| matches!(gathered.member(name), Value::List(rows) if rows.len() > ROWS_MAX));
        match next {
            _ if too_many => {
                let message = format!("the pages hold more than {ROWS_MAX} rows");
                self.finish(Answer::stopped(Class::Refused, Cause::RuleMissing, "page_guard", message));
            }
            Some(next) => {
                frame.page = next;
                frame.gathered = Some(gathered);
            }
            None => self.finish(Answer { output: gathered, ..answer }),
        }
    }

    /// Opens a frame for an operation.
    fn push(&mut self, name: &str, facts: Facts, key_part: Option<&str>) -> Result<(), Box<Answer>> {
        let connector = self.connector.clone();
        let operation = connector.operation(name).ok_or_else(|| Box::new(unknown_operation(name)))?;
        if self.frames.len() >= DEPTH_MAX {
            return Err(Box::new(Answer::stopped(Class::Refused, Cause::RuleMissing, "too_deep", "operations are nested too deep")));
        }
        let mut facts = facts;
        facts.input = operation
            .read_input(&facts.input, &facts.reference)
            .map_err(|error| Answer::stopped(Class::Refused, Cause::DataWrong, "bad_input", format!("the input of `{name}`: {error}")))?;
        if let Some(part) = key_part {
            facts.attempt.key = Arc::from(format!("{}/{part}", facts.attempt.key));
        }
        let operation_name = operation.name.clone();
        if operation.batch.is_some() {
            return self.begin_batch(operation, facts);
        }
        self.frames.push(match &operation.body {
            Body::Request(_) => {
                let page = operation.page.as_ref().map_or_else(PageState::default, super::page::Page::first);
                Frame::Request(RequestFrame { operation: operation_name, facts, page, gathered: None, asking: None, chunk: None })
            }
            Body::Steps(_) => Frame::Steps(StepsFrame { operation: operation_name, facts, index: 0, outputs: Map::new(), each: None }),
        });
        Ok(())
    }

    fn plan(&mut self, proof: &Proof<'_>) -> Result<Planned, Box<Answer>> {
        self.requests += 1;
        if self.requests > REQUESTS_MAX {
            let message = format!("more than {REQUESTS_MAX} requests in one operation");
            return Err(Box::new(Answer::stopped(Class::Refused, Cause::RuleMissing, "too_many_requests_needed", message)));
        }
        let Some(Frame::Request(frame)) = self.frames.last() else {
            return Err(Box::new(Answer::stopped(Class::Refused, Cause::OurFault, "no_frame", "no request is open")));
        };
        let operation = self.connector.operation(&frame.operation).ok_or_else(|| Box::new(unknown_operation(&frame.operation)))?;
        let built = match (&frame.asking, &frame.chunk) {
            (Some(asking), _) => build_asking(&self.connector, operation, &frame.facts, asking, proof),
            (None, Some(chunk)) => build_batch(&self.connector, operation, &frame.facts, &chunk.written, proof),
            (None, None) => build(&self.connector, operation, &frame.facts, &frame.page, proof),
        };
        let request = built.map_err(|error| Answer::stopped(Class::Refused, Cause::DataWrong, "cannot_build", error.to_string()))?;
        self.asked.clone_from(&request.url);
        Ok(Planned { request, operation: operation.name.clone(), effect: operation.effect })
    }

    /// Does what a frame of steps does next: begins a step, or ends.
    fn advance_steps(&mut self) -> Result<(), Box<Answer>> {
        let connector = self.connector.clone();
        let depth = self.frames.len();
        let Some(Frame::Steps(frame)) = self.frames.last_mut() else { return Ok(()) };
        let operation = connector.operation(&frame.operation).ok_or_else(|| Box::new(unknown_operation(&frame.operation)))?;
        let Body::Steps(steps) = &operation.body else { return Err(Box::new(unknown_operation(&frame.operation))) };
        let Some(step) = steps.get(frame.index) else {
            let answer = end_of_steps(operation, frame);
            self.finish(answer);
            return Ok(());
        };
        if depth == 1
            && frame.each.is_none()
            && let Some(done) = self.begun.steps.iter().find(|done| done.id == step.id)
        {
            frame.outputs.insert(step.id.clone(), Value::map([("output", done.output.clone())]));
            frame.index += 1;
            return Ok(());
        }
        let scope = frame.scope();
        if frame.each.is_none() && !wanted(step, &scope)? {
            frame.outputs.insert(step.id.clone(), Value::map([("output", Value::Unset)]));
            frame.index += 1;
            return Ok(());
        }
        let (input, key_part) = match &step.each {
            None => (evaluate_with(step, &scope)?, step.id.to_string()),
            Some((over, name)) => {
                if frame.each.is_none() {
                    let earlier = self.begun.each.take_if(|each| depth == 1 && each.step == step.id);
                    frame.each = Some(match earlier {
                        Some(each) => EachState { items: Arc::new(each.left), at: 0, kept: each.kept },
                        None => EachState { items: evaluate_list(step, over, &scope)?, at: 0, kept: Vec::new() },
                    });
                }
                let Some(state) = &mut frame.each else { return Ok(()) };
                let Some(item) = state.items.get(state.at).cloned() else {
                    let kept = Value::list(std::mem::take(&mut state.kept));
                    frame.each = None;
                    self.step_done(kept);
                    return Ok(());
                };
                let remembered = if depth == 1 { self.begun.element(&step.id, state.at) } else { None };
                if let Some(output) = remembered {
                    state.at += 1;
                    if keep(step, &output, &frame.facts)? {
                        state.kept.push(output);
                    }
                    return Ok(());
                }
                let part = format!("{}.{}", step.id, state.at);
                (evaluate_with(step, &scope.with(name, item))?, part)
            }
        };
        let facts = Facts { input, ..frame.facts.clone() };
        let key_part = (operation.effect == Effect::Write).then_some(key_part);
        self.push(&step.call, facts, key_part.as_deref())
    }

    /// A step of the innermost frame of steps has its output.
    fn step_done(&mut self, output: Value) {
        let connector = self.connector.clone();
        let depth = self.frames.len();
        let Some(Frame::Steps(frame)) = self.frames.last_mut() else { return };
        let Some(operation) = connector.operation(&frame.operation) else { return };
        let Body::Steps(steps) = &operation.body else { return };
        let Some(step) = steps.get(frame.index) else { return };
        frame.outputs.insert(step.id.clone(), Value::map([("output", output.clone())]));
        frame.index += 1;
        if depth == 1 {
            let elements = format!("{}[", step.id);
            self.begun.steps.retain(|done| !done.id.starts_with(&elements));
            self.begun.steps.push(StepDone { id: step.id.clone(), output });
        }
    }

    /// The innermost operation has its answer; whoever called it goes on.
    fn finish(&mut self, answer: Answer) {
        self.frames.pop();
        if matches!(self.frames.last(), Some(Frame::Batch(_))) {
            return self.finish_in_batch(answer);
        }
        let connector = self.connector.clone();
        let depth = self.frames.len();
        let Some(Frame::Steps(frame)) = self.frames.last_mut() else {
            self.result = Some(answer);
            return;
        };
        let operation = connector.operation(&frame.operation);
        let writes = operation.is_some_and(|operation| operation.effect == Effect::Write);
        let step = operation.and_then(|operation| match &operation.body {
            Body::Steps(steps) => steps.get(frame.index),
            Body::Request(_) => None,
        });
        let Some(step) = step else {
            self.result = Some(answer);
            return;
        };
        match (&mut frame.each, answer.class) {
            (None, Class::Ok) => self.step_done(answer.output),
            (Some(state), Class::Ok) => {
                // Of a write what is done is done, whatever becomes of the elements after it.
                if writes && depth == 1 {
                    self.begun.steps.push(StepDone { id: element(&step.id, state.at), output: answer.output.clone() });
                }
                state.at += 1;
                match keep(step, &answer.output, &frame.facts) {
                    Ok(true) => state.kept.push(answer.output),
                    Ok(false) => {}
                    Err(stopped) => self.result = Some(*stopped),
                }
            }
            // Gone between the list and the look at it; the list was right when it was made.
            (Some(state), Class::NotFound) if !writes => state.at += 1,
            // Of a write, it was not done for that element: never success.
            (Some(state), Class::NotFound) => {
                let (id, at, of) = (&step.id, state.at + 1, state.items.len());
                let message = format!("element {at} of {of} of the step `{id}` is not there: {}", answer.message);
                self.end_with(Answer { message, ..answer });
            }
            (_, _) => self.end_with(answer),
        }
    }

    /// A failed step is the failure of the whole; a read in front of nothing done is still only a read.
    fn end_with(&mut self, answer: Answer) {
        if matches!(self.frames.first(), Some(Frame::Batch(_))) {
            // A look-up made of steps ends for its item alone.
            self.frames.truncate(1);
            return self.finish_in_batch(answer);
        }
        self.begun.each = self.broken_off();
        self.result = Some(answer);
        self.frames.clear();
    }
}

impl RequestFrame {
    fn is_pending(&self, operation: &Operation, reply: &Reply) -> bool {
        operation.poll.as_ref().is_some_and(|poll| poll.is_pending(reply, &self.facts.open_scope(), self.asking.is_some()))
    }
}

impl StepsFrame {
    fn scope(&self) -> Scope<'static> {
        self.facts.open_scope().with("steps", Value::Map(Arc::new(self.outputs.clone())))
    }
}

/// The name under which an element of a step is remembered.
fn element(step: &str, at: usize) -> Arc<str> {
    Arc::from(format!("{step}[{at}]"))
}

fn unknown_operation(name: &str) -> Answer {
    Answer::stopped(Class::Refused, Cause::RuleMissing, "unknown_operation", format!("the connector has no operation `{name}`"))
}

fn failed_step(step: &OperationStep, what: &str, error: &dyn std::fmt::Display) -> Box<Answer> {
    let message = format!("`{what}` of the step `{}`: {error}", step.id);
    Box::new(Answer::stopped(Class::Refused, Cause::DataWrong, "cannot_build", message))
}

fn wanted(step: &OperationStep, scope: &Scope<'_>) -> Result<bool, Box<Answer>> {
    match &step.when {
        Some(when) => when.holds(scope, &mut Budget::default()).map_err(|error| failed_step(step, "when", &error)),
        None => Ok(true),
    }
}

fn evaluate_with(step: &OperationStep, scope: &Scope<'_>) -> Result<Value, Box<Answer>> {
    step.with.evaluate(scope).map_err(|error| failed_step(step, "with", &error))
}

fn evaluate_list(
    step: &OperationStep,
    over: &crate::domain::expression::Expression,
    scope: &Scope<'_>,
) -> Result<Arc<Vec<Value>>, Box<Answer>> {
    match over.evaluate(scope, &mut Budget::default()).map_err(|error| failed_step(step, "each", &error))? {
        Value::List(items) if items.len() > EACH_MAX => {
            let message = format!("the step `{}` would run over {} elements; at most {EACH_MAX}", step.id, items.len());
            Err(Box::new(Answer::stopped(Class::Refused, Cause::RuleMissing, "too_many_elements", message)))
        }
        Value::List(items) => Ok(items),
        _ => Ok(Arc::new(Vec::new())),
    }
}

fn keep(step: &OperationStep, output: &Value, facts: &Facts) -> Result<bool, Box<Answer>> {
    let Some(condition) = &step.keep_when else { return Ok(true) };
    let scope = facts.open_scope().with("output", output.clone());
    condition.holds(&scope, &mut Budget::default()).map_err(|error| failed_step(step, "keep_when", &error))
}

fn end_of_steps(operation: &Operation, frame: &StepsFrame) -> Answer {
    match operation.output.extract(&Value::Unset, &Value::Unset, &frame.scope()) {
        Ok(output) => Answer::ok(output),
        Err(error) => answer::misread(operation, &format!("has done its steps, but {error}")),
    }
}

/// Lists grow from page to page; what is not a list is that of the first page.
fn gather(fields: &Fields, before: Option<Value>, page: Value) -> Value {
    let (Some(Value::Map(before)), Value::Map(page)) = (&before, &page) else { return page };
    let mut out = before.as_ref().clone();
    for name in fields.of.fields.keys() {
        let (Some(Value::List(known)), Some(Value::List(more))) = (out.get(name), page.get(name)) else { continue };
        let mut rows = Vec::with_capacity(known.len() + more.len());
        rows.extend(known.iter().chain(more.iter()).cloned());
        out.insert(name.clone(), Value::list(rows));
    }
    Value::Map(Arc::new(out))
}

/// Evaluates what one operation hands to another.
pub(super) fn hand(
    with: &super::arguments::Arguments,
    input: &Value,
    output: Option<&Value>,
    reference: &str,
    attempt: &super::scopes::AttemptFacts,
) -> Result<Value, crate::domain::expression::EvaluateError> {
    with.evaluate(&handing(input, output, reference, attempt))
}
