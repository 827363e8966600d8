//! Which spans tell of a document's way, and how they hang together.
//!
//! A message has a trace with the message's id: received, read back, decided. An instance has a trace with the instance's
//! id: begun, each decision, each effect with its requests. The first decision about a message is linked with the traces of
//! the instances it moves, in both directions, because one message may move many and a batch decides many messages.

use crate::app::engine::input::{Input, Verdict};
use crate::domain::ids::{EffectId, InboxId, InstanceId};
use crate::runtime::trace::{self, Context, Kind, Span};
use crate::store::{EffectRow, Message, NewMessage};
use jiff::Timestamp;

/// An instance that an input of a batch moved.
#[derive(Clone, Debug)]
pub struct Touched {
    /// The input, by its place in the batch.
    pub input: usize,
    /// The instance.
    pub instance: InstanceId,
    /// Its flow, when it began with this input.
    pub begun: Option<String>,
    /// Where it stands after it.
    pub status: &'static str,
}

/// The span of one hold of an effect.
pub fn effect_span(instance: InstanceId, effect: EffectId, attempt: u32) -> Context {
    Context::span(instance.0, &[b"effect", effect.0.as_bytes(), &attempt.to_be_bytes()])
}

/// The span of one try to understand a message.
pub fn message_span(message: InboxId, attempt: u32) -> Context {
    Context::span(message.0, &[b"work", &attempt.to_be_bytes()])
}

fn message_decision(message: InboxId, attempt: u32) -> Context {
    Context::span(message.0, &[b"decide", &attempt.to_be_bytes()])
}

/// A message was stored: the first span of its trace.
pub fn received(message: &NewMessage, how: &'static str, began: Timestamp, ended: Timestamp) {
    let Some(tracer) = trace::of(message.id.0) else { return };
    let span = Span::new(Context::root(message.id.0), how, began, ended)
        .kind(Kind::Server)
        .with("message.id", message.id.to_string())
        .with("connection.name", message.connection.clone())
        .with("event.name", message.event.clone());
    tracer.send(span);
}

/// What a span says of a message, without its payload.
pub struct Traced {
    /// Which.
    pub message: InboxId,
    /// Which try.
    pub attempt: u32,
    connection: String,
    event: String,
}

impl Traced {
    /// Of this message.
    pub fn of(message: &Message) -> Self {
        let new = &message.new;
        Self { message: new.id, attempt: message.attempts, connection: new.connection.clone(), event: new.event.clone() }
    }
}

/// A message was worked on, up to the engine's verdict or to what stopped it.
pub fn worked(message: &Traced, began: Timestamp, ended: Timestamp, problem: Option<&'static str>) {
    let Some(tracer) = trace::of(message.message.0) else { return };
    let span = Span::new(message_span(message.message, message.attempt), "message", began, ended)
        .parent(Context::root(message.message.0))
        .with("connection.name", message.connection.clone())
        .with("event.name", message.event.clone());
    tracer.send(match problem {
        Some(problem) => span.failed(problem),
        None => span,
    });
}

/// A batch was committed: one span for each of its inputs, and the first span of each instance that began.
pub fn decided(inputs: &[Input], verdicts: &[Verdict], touched: &[Touched], began: Timestamp, ended: Timestamp) {
    for (index, (input, verdict)) in inputs.iter().zip(verdicts).enumerate() {
        let moved = || touched.iter().filter(move |touched| touched.input == index);
        let (context, parent) = match input {
            Input::Sighting(seen) => (message_decision(seen.message, seen.attempts), message_span(seen.message, seen.attempts)),
            Input::Heard(heard) => (message_decision(heard.message, heard.attempts), message_span(heard.message, heard.attempts)),
            Input::Ended(ended) => {
                let effect = &ended.claimed.effect;
                let hold = effect_span(effect.instance, effect.id, effect.attempt);
                (Context::span(effect.instance.0, &[b"ended", effect.id.0.as_bytes(), &effect.attempt.to_be_bytes()]), hold)
            }
            Input::Timer(timer) => {
                (Context::span(timer.instance.0, &[b"timer", &timer.number.to_be_bytes()]), Context::root(timer.instance.0))
            }
            Input::Command(command) => {
                let at = began.as_nanosecond().to_be_bytes();
                (Context::span(command.instance.0, &[b"command", &at]), Context::root(command.instance.0))
            }
            Input::Migrate(migrate) => {
                let at = began.as_nanosecond().to_be_bytes();
                (Context::span(migrate.instance.0, &[b"migrate", &at]), Context::root(migrate.instance.0))
            }
            Input::Begin(begin) => (message_decision(begin.message, begin.attempts), message_span(begin.message, begin.attempts)),
            Input::Told(told) => (message_decision(told.message, told.attempts), message_span(told.message, told.attempts)),
            Input::Mend(_) | Input::People(_) | Input::Stopped(_) | Input::MessageCommand(_) | Input::Stuck(_) => continue,
        };
        if let Some(tracer) = trace::of(context.trace) {
            let span = Span::new(context, "decide", began, ended)
                .parent(parent)
                .with("input", input.word())
                .with("verdict", verdict.word())
                .with("batch.inputs", i64::try_from(inputs.len()).unwrap_or(i64::MAX));
            let of_others = moved().filter(|touched| touched.instance.0 != context.trace);
            let span = of_others.fold(span, |span, touched| span.link(Context::root(touched.instance.0)));
            tracer.send(moved().next().map_or(span.clone(), |touched| span.with("instance.status", touched.status)));
        }
        moved().for_each(|touched| moved_by(touched, context, began, ended));
    }
}

/// What an input of another trace did to an instance stands in the instance's own trace too.
fn moved_by(touched: &Touched, cause: Context, began: Timestamp, ended: Timestamp) {
    let id = touched.instance.0;
    let Some(tracer) = trace::of(id) else { return };
    let root = Context::root(id);
    let span = match &touched.begun {
        Some(flow) => Span::new(root, "instance", began, ended).with("flow.name", flow.clone()),
        None if cause.trace == id => return,
        None => Span::new(Context::span(id, &[b"moved", &cause.span.to_be_bytes()]), "decide", began, ended).parent(root),
    };
    let span = span.with("instance.id", id.to_string()).with("instance.status", touched.status);
    tracer.send(if cause.trace == id { span } else { span.link(cause) });
}

/// One hold of an effect is over: how long it waited for its turn, and what came of it.
pub fn performed(effect: &EffectRow, claimed: Timestamp, ended: Timestamp, outcome: &'static str) {
    let Some(tracer) = trace::of(effect.instance.0) else { return };
    let (id, root) = (effect.instance.0, Context::root(effect.instance.0));
    if effect.attempt <= 1 {
        let waited = Context::span(id, &[b"outbox", effect.id.0.as_bytes()]);
        tracer.send(Span::new(waited, "outbox", effect.created_at, claimed).parent(root).with("effect.id", effect.id.to_string()));
    }
    let span = Span::new(effect_span(effect.instance, effect.id, effect.attempt), "effect", claimed, ended)
        .parent(root)
        .with("effect.id", effect.id.to_string())
        .with("effect.step", effect.step.clone())
        .with("effect.attempt", i64::from(effect.attempt))
        .with("connection.name", effect.connection.clone())
        .with("effect.outcome", outcome);
    tracer.send(if outcome == "failed" { span.failed("the effect stands in an exception") } else { span });
}
