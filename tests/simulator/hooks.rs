//! Callbacks: signed by the partner's clock, lost, doubled, late, early, repeated until somebody takes them.

use crate::executor::WORLD;
use crate::partners::System;
use crate::world::World;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use waybill::app::intake::{HookRequest, Intake};

/// Tries of a callback before its sender gives up.
const TRIES: u32 = 6;
const SECRET: &str = "whsec_c2ltdWxhdGVkIHNlY3JldCBvZiBhIHBhcnRuZXI=";

/// Tells the hub of a change at a partner, if that partner calls at all.
pub fn tell(world: &Arc<World>, system: System, id: &str) {
    let (connection, webhook, field) = match system {
        System::Erp => ("erp_hq", "orders", "order_id"),
        System::Oa => ("oa_main", "approvals", "approval_id"),
        System::Finance | System::Plant => return,
    };
    let rate = world.weather().callback;
    if world.dice.strikes(rate) {
        world.count("CallbackLost");
        return;
    }
    let copies = if world.dice.strikes(rate) { 2 } else { 1 };
    let body = serde_json::json!({field: id}).to_string();
    for copy in 0..copies {
        if copy == 1 {
            world.count("CallbackDoubled");
        }
        // A copy that comes again after hours has another message id: only its content can tell.
        let message = format!("{id}-{}-{copy}", world.dice.below(u64::MAX));
        let late = world.dice.strikes(rate);
        let wait = if late { world.dice.seconds(60, 7_200) } else { world.dice.millis(1, 800) };
        let (world, body) = (world.clone(), body.clone());
        world.executor.clone().spawn(WORLD, async move {
            world.executor.sleep(wait).await;
            for attempt in 0..TRIES {
                if deliver(&world, system, connection, webhook, &message, &body).await {
                    return;
                }
                world.executor.sleep(world.dice.seconds(5, 30) * 2_u32.pow(attempt)).await;
            }
            world.count("CallbackGivenUp");
        });
    }
}

async fn deliver(world: &Arc<World>, system: System, connection: &str, webhook: &str, message: &str, body: &str) -> bool {
    let Some(replica) = world.some_replica() else { return false };
    let definitions = replica.live.now();
    let Some(hook) = definitions.hook_id(connection, webhook).map(str::to_owned) else { return false };
    let seconds = world.books().clock(system, world.executor.timestamp()).as_second();
    let signature = mock_systems::sign(SECRET, message, seconds, body.as_bytes()).expect("the secret is one");
    let mut headers = HeaderMap::new();
    for (name, value) in [("webhook-id", message), ("webhook-timestamp", &seconds.to_string()), ("webhook-signature", &signature)] {
        headers.insert(HeaderName::from_bytes(name.as_bytes()).expect("a name"), HeaderValue::from_str(value).expect("a value"));
    }
    let request = HookRequest { method: Method::POST, query: None, headers, body: Bytes::copy_from_slice(body.as_bytes()), peer: None };
    let (answer, wait) = oneshot::channel();
    let receiver = replica.receiver.clone();
    world.executor.spawn(replica.owner, async move {
        let answered = receiver.receive(&hook, request).await;
        let _ = answer.send(answered.status);
    });
    drop(replica);
    let taken = tokio::select! {
        biased;
        status = wait => status.is_ok_and(|status| status.is_success()),
        () = world.executor.sleep(Duration::from_secs(5)) => false,
    };
    world.count(if taken { "CallbackTaken" } else { "CallbackRefused" });
    taken
}
