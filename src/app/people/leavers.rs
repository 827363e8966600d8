//! Those who have left: what is open with them goes to somebody else, by the rules of each step.

use super::People;
use crate::app::engine::input::{Input, PeopleInput};
use crate::domain::flow::event::Event;
use crate::domain::ids::TenantId;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// People looked at in one question.
const HOLDERS: u32 = 500;
/// Instances of one leaver in one round; the rest comes with the next.
const INSTANCES: u32 = 200;
/// How often it is looked beside each change of who works here.
const EVERY: Duration = Duration::from_secs(60);

/// Hands over the tasks of those who have left.
pub struct Leavers {
    /// What is done for people.
    pub people: People,
    /// Told when somebody else works here; none where it is only looked now and then.
    pub changed: Option<Arc<Notify>>,
}

impl Leavers {
    /// Looks again and again until it is told to stop. Any replica may; the second one finds nothing left to do.
    pub async fn run(self: Arc<Self>, stop: CancellationToken) {
        loop {
            if let Err(error) = self.round().await {
                tracing::warn!(error = %error, "tasks of people who have left cannot be looked for now");
            }
            let changed = async {
                match &self.changed {
                    Some(changed) => changed.notified().await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = changed => {}
                () = self.people.clock.wait(EVERY) => {}
            }
        }
    }

    /// One look at all who hold open tasks.
    pub async fn round(&self) -> Result<(), crate::store::Error> {
        let (tenant, desk) = (TenantId::DEFAULT, self.people.store.desk());
        let mut after = String::new();
        loop {
            let holders = desk.task_holders(tenant, &after, HOLDERS).await?;
            let Some(last) = holders.last().cloned() else { return Ok(()) };
            let definitions = self.people.live.now();
            for person in holders.iter().filter(|person| !definitions.catalog().directory.works_here(person)) {
                for instance in desk.held_by(tenant, person, INSTANCES).await? {
                    let input = PeopleInput { tenant, instance, event: Event::Left { person: person.clone() }, message: None };
                    if self.people.engine.submit_patiently(Input::People(Arc::new(input))).await.is_err() {
                        return Ok(());
                    }
                }
            }
            if holders.len() < HOLDERS as usize {
                return Ok(());
            }
            after = last;
        }
    }
}
