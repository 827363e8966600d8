//! The network between replicas and partners: it delays, loses and spoils; what has left goes on though its sender dies.

use crate::coverage::Stage;
use crate::executor::{Owner, WORLD};
use crate::faults::Fault;
use crate::hooks;
use crate::partners::{Answer, Asked, Consequence, System};
use crate::people;
use crate::world::World;
use futures::FutureExt;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use serde_json::json;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use waybill::domain::connector::Failure;
use waybill::gateway::{Outgoing, Raw, Unanswered, Wire};

/// One replica's way to the partners.
pub struct Network {
    pub world: Arc<World>,
    pub owner: Owner,
}

/// A partner executes what it received at the latest this long afterwards; the connectors say 60 s.
const EXECUTES_WITHIN: Duration = Duration::from_secs(58);
/// And shows it at the latest this much later; the connectors say 2 min.
const VISIBLE_WITHIN: Duration = Duration::from_secs(115);
/// Writes that are read back, so that a lie about them is found out.
const READ_BACK: [&str; 7] =
    ["release_order", "reject_order", "return_order", "withdraw_approval", "void_payable", "confirm_order", "refuse_order"];

impl Wire for Network {
    fn send<'a>(&'a self, outgoing: Outgoing<'a>) -> BoxFuture<'a, Result<Raw, Unanswered>> {
        let (asked, stage) = (Asked::read(&outgoing), self.world.stage_of(&outgoing));
        if let Some(call) = outgoing.call
            && self.world.executor.now() > call.deadline
        {
            self.world.wrong(format!("`{}` left after the deadline of its hold", outgoing.operation));
        }
        self.exchange(asked, stage, outgoing.timeout).boxed()
    }
}

impl Network {
    async fn exchange(&self, asked: Asked, stage: Option<Stage>, timeout: Duration) -> Result<Raw, Unanswered> {
        let world = &self.world;
        let fault = self.fault(&asked, stage);
        world.tell(|| {
            let effect = asked.effect.as_deref().unwrap_or("-");
            format!(
                "{} → {:?} {} /{} {effect} {}",
                self.owner,
                asked.system,
                asked.operation,
                asked.path.join("/"),
                fault.map_or_else(String::new, Fault::word)
            )
        });
        let crashes = world.weather().crash_at_wire;
        if world.dice.strikes(crashes) {
            self.met(stage, Fault::CrashAtSend);
            travel(world, asked, SignedDuration::ZERO, Duration::ZERO);
            world.crash(self.owner, Fault::CrashAtSend);
            return pending().await;
        }
        let outcome = self.spoilt(asked, fault, timeout).await;
        if world.dice.strikes(crashes) {
            self.met(stage, Fault::CrashAtAnswer);
            world.crash(self.owner, Fault::CrashAtAnswer);
            return pending().await;
        }
        outcome
    }

    /// What meets a system's being read back is counted too.
    fn meets_reading(&self, asked: &Asked, fault: Fault) {
        if asked.reconciles {
            self.world.count(&format!("Reconciling × {}", fault.word()));
        }
    }

    fn met(&self, stage: Option<Stage>, fault: Fault) {
        if let Some(stage) = stage {
            self.world.coverage().met(stage, fault);
        }
    }

    /// What goes wrong with this request, if anything.
    fn fault(&self, asked: &Asked, stage: Option<Stage>) -> Option<Fault> {
        let world = &self.world;
        if let Some(how) = world.away(asked.system) {
            self.met(stage, Fault::Outage);
            self.meets_reading(asked, Fault::Outage);
            return Some(how);
        }
        if !world.dice.strikes(world.weather().wire) {
            return None;
        }
        let fault = world.dice.pick(&Fault::WIRE);
        let writes = asked.effect.is_some();
        let fits = match fault {
            Fault::SilentNoop => READ_BACK.contains(&asked.operation.as_str()),
            Fault::LateExecution => writes,
            Fault::HiddenForAWhile => matches!(asked.operation.as_str(), "create_approval" | "allocate"),
            Fault::Throttled => asked.system != System::Plant,
            Fault::AuthExpired => asked.system != System::Plant && asked.operation != "auth",
            _ => true,
        };
        if fits {
            self.met(stage, fault);
            self.meets_reading(asked, fault);
            world.count(&fault.word());
        }
        Some(fault).filter(|_| fits)
    }

    async fn spoilt(&self, asked: Asked, fault: Option<Fault>, timeout: Duration) -> Result<Raw, Unanswered> {
        let world = &self.world;
        let Some(fault) = fault else { return self.done(asked, Duration::ZERO, timeout).await };
        let on_its_way = world.dice.millis(10, 400);
        match fault {
            Fault::ConnectRefused => {
                world.executor.sleep(on_its_way).await;
                Err(unanswered(Failure::Connect))
            }
            Fault::ResetBefore => {
                world.executor.sleep(on_its_way).await;
                Err(unanswered(Failure::Reset))
            }
            Fault::LostRequest => self.silence(timeout).await,
            Fault::Unavailable => self.answers(Answer::json(503, &json!({"message": "not now"}))).await,
            Fault::RateLimited => {
                let wait = world.dice.below(120).to_string();
                self.answers(Answer::json(429, &json!({"message": "too many"})).header("retry-after", &wait)).await
            }
            Fault::Throttled => self.answers(Answer::json(403, &json!({"code": "throttled"}))).await,
            Fault::Busy => self.answers(busy(asked.system)).await,
            Fault::AuthExpired => self.answers(Answer::json(401, &json!({"message": "who are you"}))).await,
            Fault::ErrorBefore => self.answers(Answer::json(500, &json!({"message": "broken"}))).await,
            Fault::SilentNoop => self.answers(Answer::json(200, &json!({"errcode": 0, "id": "?"}))).await,
            Fault::ResetAfter => {
                let _ = self.done(asked, Duration::ZERO, timeout).await;
                Err(unanswered(Failure::Reset))
            }
            Fault::LostAnswer => {
                travel(world, asked, SignedDuration::ZERO, Duration::ZERO);
                self.silence(timeout).await
            }
            Fault::HiddenForAWhile => {
                let hidden = world.dice.between(Duration::ZERO, VISIBLE_WITHIN);
                travel(world, asked, SignedDuration::try_from(hidden).unwrap_or_default(), Duration::ZERO);
                self.silence(timeout).await
            }
            Fault::LateExecution => {
                let late = world.dice.between(Duration::ZERO, EXECUTES_WITHIN);
                travel(world, asked, SignedDuration::ZERO, late);
                self.silence(timeout).await
            }
            Fault::ErrorAfter => {
                let _ = self.done(asked, Duration::ZERO, timeout).await;
                Ok(Answer::json(500, &json!({"message": "broken"})).raw())
            }
            Fault::BrokenBody => {
                let _ = self.done(asked, Duration::ZERO, timeout).await;
                Err(Unanswered { status: Some(200), ..unanswered(Failure::BrokenBody) })
            }
            Fault::HtmlPage => {
                let _ = self.done(asked, Duration::ZERO, timeout).await;
                let headers = vec![("content-type".to_owned(), "text/html".to_owned())];
                Ok(Raw { status: 502, headers, body: b"<html><body>Bad gateway</body></html>".to_vec() })
            }
            // Slow, and the process's own faults, which do not come here.
            _ => self.done(asked, world.dice.seconds(3, 40), timeout).await,
        }
    }

    async fn answers(&self, answer: Answer) -> Result<Raw, Unanswered> {
        self.world.executor.sleep(self.world.dice.millis(20, 400)).await;
        Ok(answer.raw())
    }

    async fn silence(&self, timeout: Duration) -> Result<Raw, Unanswered> {
        self.world.executor.sleep(timeout).await;
        Err(unanswered(Failure::Timeout))
    }

    /// The request arrives, is executed, and its answer comes back, unless that takes too long.
    async fn done(&self, asked: Asked, slow: Duration, timeout: Duration) -> Result<Raw, Unanswered> {
        let (answer, wait) = oneshot::channel();
        let (world, to, back) = (self.world.clone(), self.world.dice.millis(10, 200), self.world.dice.millis(10, 200));
        let executor = world.executor.clone();
        self.world.executor.spawn(WORLD, async move {
            world.executor.sleep(to).await;
            let done = execute(&world, &asked, SignedDuration::ZERO);
            world.executor.sleep(back + slow).await;
            let _ = answer.send(done);
        });
        tokio::select! {
            biased;
            done = wait => done.map(Answer::raw).map_err(|_| unanswered(Failure::Reset)),
            () = executor.sleep(timeout) => Err(unanswered(Failure::Timeout)),
        }
    }
}

/// A request that is on its way and is executed whatever becomes of its sender.
fn travel(world: &Arc<World>, asked: Asked, hidden: SignedDuration, late: Duration) {
    let (world, wait) = (world.clone(), world.dice.millis(10, 200) + late);
    world.executor.clone().spawn(WORLD, async move {
        world.executor.sleep(wait).await;
        execute(&world, &asked, hidden);
    });
}

/// The partner executes it, and people and callbacks follow from it.
pub fn execute(world: &Arc<World>, asked: &Asked, hidden: SignedDuration) -> Answer {
    let now = world.executor.timestamp();
    let (answer, consequences) = world.books().execute(asked, now, hidden);
    if answer.changed {
        world.tell(|| format!("{:?} executes {} for {}", asked.system, asked.operation, asked.effect.as_deref().unwrap_or("-")));
    }
    for consequence in consequences {
        match consequence {
            Consequence::Decide(id) => people::will_decide(world, id),
            Consequence::Tell(system, id) => hooks::tell(world, system, &id),
        }
    }
    answer
}

fn busy(system: System) -> Answer {
    match system {
        System::Oa => Answer::json(200, &json!({"errcode": -1, "errmsg": "busy"})),
        System::Plant => Answer::json(503, &json!({"message": "busy"})),
        System::Erp | System::Finance => Answer::json(200, &json!({"code": "busy", "message": "busy"})),
    }
}

fn unanswered(failure: Failure) -> Unanswered {
    Unanswered { failure, message: format!("simulated: {}", failure.word()), status: None }
}
