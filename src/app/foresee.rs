//! Whom a form would ask before it is submitted: it is made a document and its flows are begun as by a submission, and all of
//! that is thrown away. Nothing is read from the ledger, no number is drawn, nothing is sent.

use crate::app::engine::definitions::{Definitions, FlowVersion};
use crate::app::people::ComingItem;
use crate::app::start::{Starter, invalid};
use crate::app::starts::{FlowForecast, Forecast, StartError, Submission};
use crate::domain::flow::people::forecast::{Beginning, of_beginning};
use crate::domain::flow::{Binding, DocumentFacts, Facts, HUB};
use crate::domain::form::Form;
use crate::domain::ids::{self, TenantId};
use crate::domain::text::title::Title;
use crate::domain::value::Value;
use jiff::Timestamp;
use serde_json::Value as Json;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What stands for the counter of a number that is not drawn: counters begin at 1.
const UNDRAWN: u64 = 0;

impl Starter {
    pub(super) fn foresee(&self, submission: &Submission) -> Result<Forecast, StartError> {
        let definitions = self.live.now();
        let form = definitions.catalog().forms.get(submission.form.as_str());
        let form = form.ok_or_else(|| StartError::NotFound(format!("there is no form `{}`", submission.form)))?;
        let filled = self.filled(&definitions, form, submission)?;
        let (now, today) = (filled.now, filled.today);
        let number = form.number.as_ref().map_or(Value::Unset, |rule| Value::text(rule.write(today, UNDRAWN)));
        let (body, key) = filled.document(&definitions, form, number)?;
        let mut flows = Vec::new();
        for version in definitions.starts(HUB, &format!("form/{}", form.id), &form.document) {
            let facts = facts(&version, submission.asker.tenant, form, &key, &body);
            // A condition that cannot be evaluated stops a submission too, once it is stored.
            let begins = version.starts_here(&format!("form/{}", form.id), &facts.document);
            if begins.map_err(|problem| invalid("/values", format!("no flow can begin: {problem}")))? {
                flows.push(begun(&version, facts, now));
            }
        }
        let names = names(&definitions, &flows);
        Ok(Forecast { flows, names })
    }
}

/// The instance's facts as the engine would have them.
fn facts(version: &FlowVersion, tenant: TenantId, form: &Form, key: &str, body: &Json) -> Facts {
    let kind = form.document.to_string();
    let (document, status) = (ids::document_id(tenant, &kind, HUB, key), version.first_status(&kind));
    let doc = version.read_document(&kind, &body.to_string(), &status);
    Facts {
        tenant,
        instance: ids::instance_id(tenant, document, version.flow_id(), 1),
        version: version.hash().to_owned(),
        initiator: doc.member("requester").clone(),
        document: DocumentFacts {
            id: document,
            kind,
            key: key.to_owned(),
            revision: 1,
            doc,
            status,
            source: HUB.to_owned(),
            external_id: None,
        },
        binding: Binding::default(),
        delegations: Arc::default(),
        made: Arc::default(),
    }
}

fn begun(version: &FlowVersion, mut facts: Facts, now: Timestamp) -> FlowForecast {
    // What cannot be bound has no roles; people are asked all the same.
    if let Err(problem) = version.bind(&mut facts) {
        tracing::debug!("what was filled in cannot be bound: {problem}");
    }
    let flow = version.flow_under(Some(facts.binding.row.as_str()));
    let Beginning { steps, stopped } = of_beginning(flow, version.environment(), &facts, now);
    let named: BTreeSet<String> = steps.iter().map(|coming| &coming.step).chain(&stopped).cloned().collect();
    let title = |step: String| flow.step(&step).map(|found| (step, found.title.clone()));
    FlowForecast {
        flow: flow.id.clone(),
        title: flow.title.clone(),
        steps: steps.into_iter().map(ComingItem::from).collect(),
        stopped,
        titles: named.into_iter().filter_map(title).filter(|(_, title)| *title != Title::default()).collect(),
    }
}

fn names(definitions: &Definitions, flows: &[FlowForecast]) -> BTreeMap<String, String> {
    let directory = &definitions.catalog().directory;
    let people = flows.iter().flat_map(|flow| &flow.steps).flat_map(|coming| &coming.people);
    people.map(|person| (person.clone(), directory.name(person).to_owned())).collect()
}
