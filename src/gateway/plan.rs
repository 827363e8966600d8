//! What a call would send, without sending it: for `waybill call` and for people who want to see before they do.

use super::call::Call;
use super::gateway::Gateway;
use crate::domain::connector::auth::{Credentials, Handshake, Moment, Proof};
use crate::domain::connector::redact::MASK;
use crate::domain::connector::{Answer, AttemptFacts, Begun, Effect, Failure, Next, Run, Target};
use crate::domain::ids::TenantId;
use serde_json::Value as Json;
use std::sync::Arc;

/// A request that was not sent.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedRequest {
    /// The operation it belongs to; inside an operation made of steps the first one called.
    pub operation: String,
    /// The request as JSON, redacted as attempts are; what a log-in would give is masked too.
    pub request: String,
}

impl Gateway {
    /// What a call gave, without the secrets of its connection: a partner may say them back. For people to look at.
    pub fn without_secrets(&self, tenant: TenantId, target: &Target, output: Json) -> Json {
        let Ok(prepared) = self.prepare(tenant, target.connection(), target.connector()) else { return Json::Null };
        let text = prepared.recorder.mask(output.to_string());
        // A mask that cuts a number or a word apart leaves nothing that can be read.
        serde_json::from_str(&text).unwrap_or(Json::String(MASK.to_owned()))
    }

    /// The first request of a call. Nothing is sent, not even a log-in.
    ///
    /// # Errors
    /// The answer that the call would come to without sending anything: a bad input, a missing secret.
    pub fn plan(&self, target: &Target, call: &Call) -> Result<PlannedRequest, Box<Answer>> {
        let prepared = self
            .prepare(call.tenant, target.connection(), target.connector())
            .map_err(|error| Box::new(Answer::failed(Failure::Secret, Effect::Read, error.to_string())))?;
        let attempt =
            AttemptFacts { number: call.attempt, first_sent_at: call.first_sent_at, key: Arc::from(call.idempotency_key.as_str()) };
        let facts = prepared.facts(call.input.clone(), &call.reference, attempt);
        let connector = &prepared.connector;
        let mut run = Run::start(connector.clone(), &target.operation().name, facts, Begun::default())?;
        let stand_in = connector.auth.handshake().map(Handshake::stand_in);
        let mut recorder = prepared.recorder.clone();
        stand_in.iter().flat_map(Credentials::texts).for_each(|text| recorder.add(&text));
        match run.next(&Proof { credentials: stand_in.as_ref(), moment: &Moment::example() }) {
            Next::Done(answer) => Err(Box::new(Answer { message: recorder.mask(answer.message.clone()), ..*answer })),
            Next::Send(mut planned) => {
                if let Some(csrf) = connector.auth.csrf().filter(|csrf| csrf.is_wanted(&planned.request)) {
                    let pair = csrf.stand_in();
                    pair.texts().iter().for_each(|text| recorder.add(text));
                    csrf.apply(&mut planned.request, &pair);
                }
                let request = recorder.request(&planned.request, &connector.redact, false);
                Ok(PlannedRequest { operation: planned.operation.to_string(), request })
            }
        }
    }
}
