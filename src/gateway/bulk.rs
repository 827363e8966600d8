//! Reads many objects page by page for reconciliation.

use super::call::Performed;
use super::gateway::Gateway;
use super::perform::{Performance, performed};
use crate::domain::binding::Connection;
use crate::domain::connector::page::PageState;
use crate::domain::connector::{Answer, AttemptFacts, Class, Connector, Effect, Failure, Run};
use crate::domain::ids::TenantId;
use crate::domain::value::Value;
use std::sync::Arc;
use std::time::Duration;

/// A reading of pages under way.
pub struct BulkReading {
    tenant: TenantId,
    connection: Arc<Connection>,
    connector: Arc<Connector>,
    operation: Arc<str>,
    input: Value,
    page: Option<PageState>,
    is_over: bool,
}

impl BulkReading {
    /// Begins with the first page of what the operation gives for this input.
    pub fn new(tenant: TenantId, connection: Arc<Connection>, connector: Arc<Connector>, operation: Arc<str>, input: Value) -> BulkReading {
        BulkReading { tenant, connection, connector, operation, input, page: None, is_over: false }
    }
}

impl Gateway {
    /// Reads the next page; none when the last one has been read. After a failure the same page may be asked for again.
    pub async fn next_of(&self, reading: &mut BulkReading, deadline: Duration) -> Option<Performed> {
        if reading.is_over {
            return None;
        }
        let now = self.clock.now();
        let fail = |answer: Answer| Some(performed(answer, None, now));
        let prepared = match self.prepare(reading.tenant, &reading.connection, &reading.connector) {
            Ok(prepared) => prepared,
            Err(error) => return fail(Answer::failed(Failure::Secret, Effect::Read, error.to_string())),
        };
        let facts = prepared.facts(reading.input.clone(), "", AttemptFacts::first(""));
        let mut run = match Run::start_page(reading.connector.clone(), &reading.operation, facts, reading.page.clone()) {
            Ok(run) => run,
            Err(answer) => return fail(*answer),
        };
        let mut performance = Performance::new(self, reading.tenant, prepared, deadline);
        let answer = performance.drive(&mut run).await;
        let done = performed(answer, Some(&mut performance), self.clock.now());
        if done.class == Class::Ok {
            reading.page = run.next_page().cloned();
            reading.is_over = reading.page.is_none();
        }
        Some(done)
    }
}
