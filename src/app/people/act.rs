//! Doing something about a task or an instance: who acts, for whom, and the engine's answer.

use super::{People, PeopleError, Result};
use crate::app::engine::input::{Input, PeopleInput, Verdict};
use crate::app::reading::Error;
use crate::domain::approval::{Act, Actor, RefusalCode, TaskRef};
use crate::domain::flow::decision::Where;
use crate::domain::flow::event::Event;
use crate::domain::ids::{InstanceId, TaskId, TenantId};
use crate::store::OUTSIDE;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use utoipa::ToSchema;
use uuid::Uuid;

/// An act as a door takes it: without what only the hub knows.
#[derive(Clone, Debug)]
pub struct ActRequest {
    /// Tenant.
    pub tenant: TenantId,
    /// Who; none for a program that belongs to nobody.
    pub person: Option<String>,
    /// What the caller is called, for the record of an administrator who is no person of the directory: `approval::nameless`,
    /// so that it is nobody's id.
    pub name: String,
    /// Whether they may do what only those can who run the flow.
    pub admin: bool,
    /// The act; its task and actor are filled in here.
    pub act: Act,
}

/// What came of an act.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Acted {
    /// The instance.
    pub instance: Uuid,
    /// Its status now: `running`, `exception` or `ended`.
    pub status: String,
    /// What it came to, once ended.
    pub outcome: Option<String>,
    /// Where it stands.
    pub at_step: Option<String>,
}

impl People {
    /// Does something about a task.
    pub async fn act_on_task(&self, id: TaskId, request: ActRequest) -> Result<Acted> {
        let row = self.store.desk().task(request.tenant, id).await?.ok_or(Error::NotFound("task"))?;
        if row.kind == OUTSIDE {
            let there = row.outside.as_deref().and_then(|there| serde_json::from_str::<Where>(there).ok());
            let system = there.map_or_else(|| "another system".to_owned(), |there| format!("`{}`", there.connection));
            let words = format!("{system} asks this, and it is decided there; here it is only shown");
            return Err(RefusalCode::NotAllowed.because(words).into());
        }
        let about = TaskRef { step: row.step.clone(), visit: row.visit, number: row.number };
        let mut on_behalf_of = None;
        if let Some(person) = request.person.as_deref().filter(|person| *person != row.person) {
            let now = self.clock.now();
            let rules = self.agent_of(request.tenant, person, now).await?;
            if super::delegations::covered(&rules, &row, person, now) {
                on_behalf_of = Some(row.person.clone());
            }
        }
        let (tenant, person, seen) = (request.tenant, request.person.clone(), request.act.seen.clone());
        let acted = self.act(row.instance, request, Some(about), on_behalf_of).await;
        match (acted, seen) {
            (Err(PeopleError::Refused(refusal)), Some(seen)) if refusal.code == RefusalCode::ChangedMeanwhile => {
                Err(Box::pin(self.told_changed(tenant, id, person.as_deref(), &seen)).await.into())
            }
            (acted, _) => acted,
        }
    }

    /// Does something about an instance.
    pub async fn act_on_instance(&self, id: InstanceId, request: ActRequest) -> Result<Acted> {
        self.act(id, request, None, None).await
    }

    async fn act(&self, id: InstanceId, request: ActRequest, task: Option<TaskRef>, on_behalf_of: Option<String>) -> Result<Acted> {
        let ActRequest { tenant, person, name, admin, mut act } = request;
        if !act.edits.is_empty() {
            self.fit_the_form(tenant, id, &act).await?;
        }
        // Who is nobody has no tasks and has begun nothing: what is left is what those may do who run the flow.
        if person.is_none() && !admin {
            return Err(RefusalCode::NotYours.because("only a person of the directory may do this, and who runs the flow").into());
        }
        act.by = Actor { person: person.unwrap_or(name), on_behalf_of, admin };
        let by = act.by.person.clone();
        self.fit_the_files(tenant, id, &by, &mut act).await?;
        act.task = task;
        let input = PeopleInput { tenant, instance: id, event: Event::Act(Box::new(act)), message: None };
        match self.engine.submit_patiently(Input::People(Arc::new(input))).await {
            Ok(Verdict::Done | Verdict::Parked) => {}
            Ok(Verdict::Declined(refusal)) => return Err(refusal.into()),
            Ok(Verdict::Refused(_)) => return Err(Error::NotFound("instance").into()),
            Ok(Verdict::Gone) => return Err(RefusalCode::AlreadyHandled.because("somebody else was faster").into()),
            Ok(Verdict::Failed(why) | Verdict::Unloadable(why) | Verdict::Stop { problem: why, .. }) => {
                return Err(PeopleError::Invalid(why));
            }
            Ok(Verdict::Version { hash, .. }) => return Err(PeopleError::Busy(format!("the flow version `{hash}` cannot be loaded"))),
            Err(_) => return Err(PeopleError::Busy("the hub is stopping; try again on another replica".to_owned())),
        }
        let row = self.store.instance(tenant, id).await?.ok_or(Error::NotFound("instance"))?;
        Ok(Acted { instance: id.0, status: row.status, outcome: row.outcome, at_step: row.at_step })
    }

    /// What is changed on the way is held against what the form takes that the document began with.
    async fn fit_the_form(&self, tenant: TenantId, id: InstanceId, act: &Act) -> Result<()> {
        let around = self.around(tenant, id).await?;
        let Some(flow) = around.flow() else { return Ok(()) };
        let definitions = self.live.now();
        for (path, value) in &act.edits {
            let Some(field) = definitions.catalog().form_field(flow.forms(), path) else { continue };
            field.takes(value).map_err(|problem| RefusalCode::Incomplete.because(format!("`{path}` {problem}")))?;
        }
        Ok(())
    }
}
