//! Feishu: approvals v4, tokens that overlap, events with a token inside, signed and encrypted where a key is set.
//!
//! Made after the vendor's documents and SDK (`lark-oapi`). The status of business errors is not documented and is 400
//! here, the codes of refusals about content are from memory.

mod act;
mod book;
mod contacts;
mod control;
mod create;
mod events;
mod external;
mod front;
mod messages;
mod read;
mod token;
mod whose;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::{get, post};

use self::book::Book;
use super::Vendor;
use super::desk::Desk;
use super::templates::{self, Shelf, Template};
use crate::world::lock;

pub(super) static VENDOR: Vendor = Vendor {
    name: "feishu",
    switches: &[
        ("cancel_forbidden", "the template does not allow the originator to withdraw"),
        ("event_v2", "events have the second form"),
        ("scope_missing", "the app lacks a scope"),
        ("silent_no_op", "a withdrawal is answered with success, and nothing is done"),
    ],
    router,
};

/// What the app signs in with; fictional.
const APP_ID: &str = "cli_mock0001";
const APP_SECRET: &str = "mock-feishu-app-secret";

struct Feishu {
    desk: Arc<Desk>,
    book: Mutex<Book>,
    callback: Mutex<Option<events::Callback>>,
    tokens: Mutex<Vec<token::Token>>,
    /// Approvals of others that are shown.
    centre: Mutex<external::Centre>,
}

type Shared = Arc<Feishu>;

fn router(desk: Arc<Desk>) -> Router {
    let feishu = Arc::new(Feishu {
        desk,
        book: Mutex::new(Book::new()),
        callback: Mutex::default(),
        tokens: Mutex::default(),
        centre: Mutex::default(),
    });
    Router::new()
        .route("/open-apis/auth/v3/tenant_access_token/internal", post(token::internal))
        .route("/open-apis/approval/v4/instances", post(create::create).get(read::list))
        .route("/open-apis/approval/v4/instances/cancel", post(act::cancel))
        .route("/open-apis/approval/v4/instances/{id}", get(read::get))
        .route("/open-apis/approval/v4/instances/{id}/comments", post(act::comment))
        .route("/open-apis/approval/v4/tasks/approve", post(act::approve))
        .route("/open-apis/approval/v4/tasks/reject", post(act::reject))
        .route("/open-apis/approval/v4/tasks/transfer", post(act::transfer))
        .route("/open-apis/approval/v4/approvals/{code}", get(read::definition))
        .route("/open-apis/approval/v4/approvals/{code}/subscribe", post(act::subscribe))
        .route("/open-apis/approval/v4/approvals/{code}/unsubscribe", post(act::unsubscribe))
        .route("/open-apis/auth/v3/app_access_token/internal", post(whose::app_token))
        .route("/open-apis/authen/v1/oidc/access_token", post(whose::user_token))
        .route("/open-apis/authen/v1/user_info", get(whose::user))
        .route("/open-apis/im/v1/messages", post(messages::send))
        .route("/open-apis/bot/v2/hook/{token}", post(messages::robot))
        .route("/open-apis/contact/v3/departments/{id}/children", get(contacts::departments))
        .route("/open-apis/contact/v3/users/find_by_department", get(contacts::people))
        .route("/open-apis/approval/v4/external_approvals", post(external::define))
        .route("/open-apis/approval/v4/external_instances", post(external::push))
        .route("/open-apis/approval/v4/external_instances/check", post(external::check_versions))
        .route("/__mock/external", get(external::shown))
        .route("/__mock/external/act", post(external::act))
        .route("/__mock/callback", post(control::callback))
        .route("/__mock/instances", get(control::instances))
        .route("/__mock/instances/{id}/decide", post(control::decide))
        .route("/__mock/instances/{id}/revert", post(control::revert))
        .with_state(feishu.clone())
        .merge(templates::router(feishu))
}

impl Shelf for Feishu {
    fn with_templates<R>(&self, look: impl FnOnce(&mut Vec<Template>) -> R) -> R {
        look(&mut lock(&self.book).templates)
    }
}
