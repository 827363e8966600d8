//! The way to the hub: requests are lost on their way, answers on their way back, a tap comes twice, and who hears nothing sends
//! the same again, to whichever replica answers.

use super::book::{Answer, Asked};
use super::{is_calm, spawn};
use crate::world::{Replica, World};
use std::sync::Arc;
use std::time::Duration;
use waybill::app::people::{ActRequest, PeopleError, Result};
use waybill::domain::approval::Act;
use waybill::domain::ids::{InstanceId, TaskId, TenantId};

/// What an act is about.
#[derive(Clone, Copy, Debug)]
pub enum About {
    Task(TaskId),
    Instance(InstanceId),
}

/// How often something is sent before its sender gives it up.
const TRIES: u32 = 12;
/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// Who does something.
#[derive(Clone, Debug)]
pub struct Who {
    pub person: String,
    pub admin: bool,
}

/// Has it done, and gives what the person was told last.
pub async fn send(world: &Arc<World>, who: &Who, about: About, mut act: Act) -> Answer {
    let token = {
        let mut book = world.book();
        book.tokens += 1;
        let token = format!("t{}", book.tokens);
        book.asked.insert(
            token.clone(),
            Asked { person: who.person.clone(), verb: act.verb.clone(), under_way: 1, unheard: false, answers: Vec::new() },
        );
        token
    };
    act.token.clone_from(&token);
    world.tell(|| format!("{} {} {about:?} {:?} {:?} ({token})", who.person, act.verb, act.to, act.step));
    world.count(&format!("Sent {}", act.verb));
    // A double tap: the same request twice at once.
    if !is_calm(world) && world.dice.below(100) < 6 {
        world.count("Tapped twice");
        if let Some(asked) = world.book().asked.get_mut(&token) {
            asked.under_way += 1;
        }
        let (world, who, act, token) = (world.clone(), who.clone(), act.clone(), token.clone());
        spawn(&world.clone(), async move {
            let answer = persist(&world, &who, about, &act).await;
            keep(&world, &token, answer);
        });
    }
    let answer = persist(world, who, about, &act).await;
    world.tell(|| format!("{} {} ({token}): {answer:?}", who.person, act.verb));
    keep(world, &token, answer.clone());
    answer
}

fn keep(world: &World, token: &str, answer: Answer) {
    match &answer {
        Answer::Done => world.count("Done"),
        Answer::Refused(code) => world.count(&format!("Refused {code}")),
        Answer::Unknown => world.count("Nobody knows"),
    }
    if let Some(asked) = world.book().asked.get_mut(token) {
        asked.under_way -= 1;
        asked.answers.push(answer);
    }
}

async fn persist(world: &Arc<World>, who: &Who, about: About, act: &Act) -> Answer {
    for _ in 0..TRIES {
        let rate = if is_calm(world) { 0 } else { 50_000 };
        if world.dice.strikes(rate) {
            world.count("Request lost");
            world.executor.sleep(PATIENCE).await;
            continue;
        }
        let heard = match world.some_replica() {
            Some(replica) => once(world, &replica, who, about, act.clone()).await,
            None => None,
        };
        if heard.is_none()
            && let Some(asked) = world.book().asked.get_mut(&act.token)
        {
            asked.unheard = true;
        }
        if heard.is_some() && world.dice.strikes(rate) {
            world.count("Answer lost");
            world.executor.sleep(PATIENCE).await;
            continue;
        }
        match heard {
            Some(Ok(_)) => return Answer::Done,
            Some(Err(PeopleError::Refused(refusal))) => return Answer::Refused(refusal.code.word()),
            Some(Err(error @ (PeopleError::Invalid(_) | PeopleError::File(_)))) => {
                world.wrong(format!("{} {}: the hub says it makes no sense: {error}", who.person, act.verb));
                return Answer::Unknown;
            }
            Some(Err(PeopleError::Busy(_) | PeopleError::Reading(_))) | None => {
                world.executor.sleep(world.dice.seconds(5, 60)).await;
            }
        }
    }
    Answer::Unknown
}

/// One request to one replica; none when it does not answer.
async fn once(world: &Arc<World>, replica: &Replica, who: &Who, about: About, act: Act) -> Option<Result<()>> {
    let request =
        ActRequest { tenant: TenantId::DEFAULT, person: Some(who.person.clone()), name: who.person.clone(), admin: who.admin, act };
    let (answer, wait) = tokio::sync::oneshot::channel();
    let people = replica.people.clone();
    world.executor.spawn(replica.owner, async move {
        let acted = match about {
            About::Task(id) => people.act_on_task(id, request).await,
            About::Instance(id) => people.act_on_instance(id, request).await,
        };
        let _ = answer.send(acted.map(|_| ()));
    });
    tokio::select! {
        biased;
        heard = wait => heard.ok(),
        () = world.executor.sleep(PATIENCE) => None,
    }
}
