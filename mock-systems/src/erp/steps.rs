//! What the hub does to an order. Every step is repeatable by nature: a repeat answers 200 and is counted as such.

use serde::Deserialize;
use serde_json::json;

use crate::erp::announce;
use crate::erp::order::{Order, OrderStatus, WrittenBack};
use crate::front::Intent;
use crate::reply::Reply;
use crate::world::{Shared, StatusWrite, System, lock};

/// A decision about an order.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Release,
    Reject,
    Return,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    booked_as: Option<String>,
    reason: Option<String>,
}

enum Judged {
    Effect,
    Repeat,
    Forbidden,
}

impl Step {
    const fn result(self) -> OrderStatus {
        match self {
            Self::Release => OrderStatus::Released,
            Self::Reject => OrderStatus::Refused,
            Self::Return => OrderStatus::New,
        }
    }

    fn judge(self, present: OrderStatus) -> Judged {
        use OrderStatus::{Cancelled, New, Released, Waiting};
        if present == self.result() {
            return Judged::Repeat;
        }
        match (self, present) {
            // A release can be taken back by returning the order, and what was returned can be refused.
            (Self::Release | Self::Reject | Self::Return, Waiting) | (Self::Reject, New) | (Self::Return, Released) => Judged::Effect,
            // It is with its owner already, who has cancelled it.
            (Self::Return, Cancelled) => Judged::Repeat,
            _ => Judged::Forbidden,
        }
    }
}

pub(crate) fn take(world: &Shared, id: &str, step: Step, body: &[u8], intent: Intent) -> Reply {
    let details = if body.is_empty() { Ok(Details::default()) } else { serde_json::from_slice::<Details>(body) };
    let Ok(details) = details else {
        return Reply::error(400, "malformed", "the body is JSON with the texts `reason` or `booked_as`");
    };
    let now = world.now(System::Erp);
    let mut book = lock(&world.erp);
    let Some(order) = book.get_mut(id) else {
        return unknown(id);
    };
    match step.judge(order.status) {
        Judged::Forbidden => {
            order.tally.forbidden += 1;
            let message = format!("order `{}` is {}", order.number, order.status.name());
            return Reply::error(409, "state_forbids", &message);
        }
        Judged::Repeat => {
            order.tally.repeats += 1;
            return done(order, order.status);
        }
        Judged::Effect if intent == Intent::Pretend => return done(order, step.result()),
        Judged::Effect => {}
    }
    order.status = step.result();
    match step {
        Step::Release => {
            order.tally.releases += 1;
            order.booked_as = details.booked_as;
        }
        Step::Reject => order.tally.rejections += 1,
        Step::Return => order.tally.returns += 1,
    }
    order.reason = details.reason;
    let reply = done(order, step.result());
    book.touch(id, now);
    drop(book);
    announce(world, id);
    reply
}

#[derive(Deserialize)]
struct Written {
    status: String,
    reference: String,
}

/// `POST /orders/{id}/status`.
pub(crate) fn write_status(world: &Shared, id: &str, body: &[u8], intent: Intent) -> Reply {
    let Ok(written) = serde_json::from_slice::<Written>(body) else {
        return Reply::error(400, "malformed", "the body is JSON with the texts `status` and `reference`");
    };
    let written = WrittenBack { status: written.status, reference: written.reference };
    let now = world.now(System::Erp);
    let mut book = lock(&world.erp);
    let Some(order) = book.get_mut(id) else {
        return unknown(id);
    };
    let reply = Reply::json(200, &json!({"id": id, "written_back": &written}));
    if order.written_back.as_ref() == Some(&written) {
        order.tally.repeats += 1;
        return reply;
    }
    if intent == Intent::Pretend {
        return reply;
    }
    order.tally.status_writes += 1;
    order.written_back = Some(written);
    book.touch(id, now);
    drop(book);
    if let Some(listener) = &*lock(&world.status_writes) {
        // Nobody listens any more once the load has ended.
        let _ = listener.send(StatusWrite { order_id: id.to_owned(), at: std::time::Instant::now() });
    }
    announce(world, id);
    reply
}

fn done(order: &Order, status: OrderStatus) -> Reply {
    Reply::json(200, &json!({"id": order.id, "status": status.name()}))
}

pub(crate) fn unknown(id: &str) -> Reply {
    Reply::error(404, "not_found", &format!("no order `{id}`"))
}
