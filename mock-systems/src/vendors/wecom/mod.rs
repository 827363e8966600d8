//! WeCom: approvals that are created and read, tokens in the query, XML callbacks in an encrypted envelope.
//!
//! Made after the vendor's documents. There is no call to decide, withdraw or comment: people do that in WeCom, and here
//! the control interface does.

mod book;
mod calls;
mod contacts;
mod control;
mod events;
mod front;
mod messages;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::{get, post};

use self::book::Book;
use super::Vendor;
use super::desk::Desk;
use super::msgcrypt::Callback;
use super::templates::{self, Shelf, Template};
use crate::instant::Micros;
use crate::world::lock;

pub(super) static VENDOR: Vendor = Vendor {
    name: "wecom",
    switches: &[
        ("ip_not_trusted", "the caller's address is not among the trusted ones"),
        ("busy", "answers -1: busy"),
        ("busy_after", "does the work and answers -1: busy"),
        ("short_pages", "a page holds one row less than asked for, with a cursor"),
        ("no_number", "events carry the number of an approval as text only"),
    ],
    router,
};

/// What the app signs in with; fictional.
const CORP_ID: &str = "wwmockcorp000001";
const CORP_SECRET: &str = "mock-wecom-corp-secret";

struct Wecom {
    desk: Arc<Desk>,
    book: Mutex<Book>,
    callback: Mutex<Option<Callback>>,
    token: Mutex<Option<(String, Micros)>>,
}

type Shared = Arc<Wecom>;

fn router(desk: Arc<Desk>) -> Router {
    let wecom = Arc::new(Wecom { desk, book: Mutex::new(Book::new()), callback: Mutex::default(), token: Mutex::default() });
    Router::new()
        .route("/cgi-bin/gettoken", get(front::token))
        .route("/cgi-bin/oa/applyevent", post(calls::apply))
        .route("/cgi-bin/oa/getapprovalinfo", post(calls::list))
        .route("/cgi-bin/oa/getapprovaldetail", post(calls::detail))
        .route("/cgi-bin/oa/gettemplatedetail", post(calls::template))
        .route("/cgi-bin/message/send", post(messages::send))
        .route("/cgi-bin/webhook/send", post(messages::robot))
        .route("/cgi-bin/auth/getuserinfo", get(messages::whose))
        .route("/cgi-bin/department/list", get(contacts::departments))
        .route("/cgi-bin/user/list", get(contacts::people))
        .route("/__mock/callback", post(control::callback))
        .route("/__mock/instances", get(control::instances))
        .route("/__mock/instances/{id}/status", post(control::status))
        .with_state(wecom.clone())
        .merge(templates::router(wecom))
}

impl Shelf for Wecom {
    fn with_templates<R>(&self, look: impl FnOnce(&mut Vec<Template>) -> R) -> R {
        look(&mut lock(&self.book).templates)
    }
}
