//! Reads a stream page by page; the position is safe to store only after the page it came with is committed.

use super::call::Performed;
use super::gateway::Gateway;
use super::perform::{Performance, performed};
use super::prepared::Way;
use crate::domain::binding::Connection;
use crate::domain::connector::page::PageState;
use crate::domain::connector::{Answer, AttemptFacts, Class, Connector, Effect, Failure, Position, Run};
use crate::domain::expression::EvaluateError;
use crate::domain::flow::effect::Cause;
use crate::domain::ids::TenantId;
use crate::domain::value::Value;
use jiff::Timestamp;
use std::sync::Arc;
use std::time::Duration;

/// A reading under way.
pub struct StreamReading {
    tenant: TenantId,
    connection: Arc<Connection>,
    connector: Arc<Connector>,
    stream: Arc<str>,
    stored: Option<Position>,
    /// The furthest position of the pages so far.
    reached: Option<Position>,
    began: Timestamp,
    /// The same by the partner's clock, where that is behind ours: what it stamps is compared with what it stamps.
    began_there: Timestamp,
    page: Option<PageState>,
    is_over: bool,
}

/// One thing a stream points at.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamItem {
    /// `ref` for the events that hear this stream.
    pub reference: Value,
    /// The item itself.
    pub item: Value,
    /// What tells it from another; none leaves that to the reference.
    pub id: Option<String>,
    /// What it hands over for events that trust it.
    pub payload: Option<Value>,
}

/// One page of a stream.
#[derive(Debug)]
pub struct StreamPage {
    /// What it points at.
    pub items: Vec<StreamItem>,
    /// The position to store together with these items; none when it must not move yet.
    pub position: Option<String>,
    /// Whether it is the last one.
    pub is_last: bool,
    /// The requests it took, and what they said.
    pub performed: Performed,
}

impl Gateway {
    /// Begins a reading at a stored position; none when the connector has no such stream.
    pub fn open_stream(
        &self,
        tenant: TenantId,
        connection: Arc<Connection>,
        connector: Arc<Connector>,
        stream: &str,
        stored: Option<&str>,
    ) -> Option<StreamReading> {
        let stream = connector.stream(stream)?.name.clone();
        let stored = stored.and_then(Position::from_text);
        let began = self.clock.now();
        Some(StreamReading {
            tenant,
            connection,
            connector,
            stream,
            stored,
            reached: stored,
            began,
            began_there: began,
            page: None,
            is_over: false,
        })
    }

    /// Reads the next page; none when the last one has been read.
    ///
    /// # Errors
    /// What the failed call came to; the same page may be asked for again.
    pub async fn next_page(&self, reading: &mut StreamReading, deadline: Duration) -> Result<Option<StreamPage>, Box<Performed>> {
        if reading.is_over {
            return Ok(None);
        }
        let now = self.clock.now();
        let fail = |answer: Answer| Box::new(performed(answer, None, now));
        let wrong = |what: &dyn std::fmt::Display| {
            fail(Answer::stopped(Class::Refused, Cause::RuleMissing, "bad_stream", format!("the stream cannot be read: {what}")))
        };
        let connector = reading.connector.clone();
        let Some(stream) = connector.stream(&reading.stream) else { return Ok(None) };
        let prepared = self
            .prepare(reading.tenant, &reading.connection, &reading.connector)
            .map_err(|error| fail(Answer::failed(Failure::Secret, Effect::Read, error.to_string())))?;
        let input = stream.input(reading.stored, reading.began).map_err(|error| wrong(&error))?;
        let attempt = AttemptFacts::first("");
        let facts = prepared.facts(input, "", attempt);
        let mut run = Run::start_page(connector.clone(), &stream.operation, facts, reading.page.clone()).map_err(|answer| fail(*answer))?;
        let mut performance = Performance::new(self, reading.tenant, prepared, deadline);
        let answer = performance.drive(&mut run).await;
        let output = answer.output.clone();
        let there = reading.began.checked_sub(performance.behind()).unwrap_or(reading.began);
        reading.began_there = reading.began_there.min(there);
        let done = performed(answer, Some(&mut performance), self.clock.now());
        if done.class != Class::Ok {
            return Err(Box::new(done));
        }
        let found = stream.items(&output).map_err(|error| wrong(&error))?;
        let items: Vec<Value> = found.iter().map(|(_, item)| item.clone()).collect();
        reading.page = run.next_page().cloned();
        reading.is_over = reading.page.is_none();
        let position = reading.advance(&items).map_err(|error| wrong(&error))?;
        let told = found.into_iter().map(|(reference, item)| {
            let (id, payload) = stream.told(&item)?;
            Ok(StreamItem { reference, item, id, payload })
        });
        let items = told.collect::<Result<Vec<StreamItem>, EvaluateError>>().map_err(|error| wrong(&error))?;
        Ok(Some(StreamPage { items, position, is_last: reading.is_over, performed: done }))
    }
}

impl Gateway {
    /// What a page brought is stored: a partner that hands things over once may forget them now. One that is not told gives
    /// them again.
    pub async fn stored(&self, reading: &StreamReading, page: &StreamPage) {
        let Some(receipt) = page.performed.payload.member("receipt").as_text() else { return };
        let Ok(prepared) = self.prepare(reading.tenant, &reading.connection, &reading.connector) else { return };
        if let Way::Wire(wire) = &prepared.way {
            wire.stored(receipt).await;
        }
    }
}

impl StreamReading {
    /// The position after these items. Items in no particular order: a later page may hold an earlier one, so only the
    /// last page moves it.
    fn advance(&mut self, items: &[Value]) -> Result<Option<String>, crate::domain::expression::EvaluateError> {
        let Some(cursor) = self.connector.stream(&self.stream).and_then(|stream| stream.cursor.as_ref()) else { return Ok(None) };
        // With a window everything up to its end was asked for, and an empty one moves on as well.
        self.reached = cursor.advance(self.reached, items, cursor.end(self.stored, self.began).min(self.began_there))?;
        let may_move = self.is_over || (cursor.ordered && cursor.value.is_some());
        Ok(self.reached.filter(|_| may_move).map(Position::to_text))
    }
}
