//! DingTalk: approvals over the new and the old API, tokens, callbacks that are signed, encrypted and acknowledged so.
//!
//! Made after the vendor's SDK (`alibabacloud_dingtalk`) and documents. What is not documented is chosen plainly: the
//! codes of refusals about content, and that a failed callback is not sent again but kept to be asked for.

mod act;
mod book;
mod centre;
mod contacts;
mod control;
mod create;
mod events;
mod front;
mod messages;
mod old;
mod read;
mod token;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::{get, post};

use self::book::Book;
use super::Vendor;
use super::desk::Desk;
use super::msgcrypt::Callback;
use super::templates::{self, Shelf, Template};
use crate::world::lock;

pub(super) static VENDOR: Vendor = Vendor {
    name: "dingtalk",
    switches: &[
        ("banned", "the address is banned for five minutes, said on a page"),
        ("centre_busy", "asking people in the process centre is refused as concurrent"),
        ("todo_as_documented", "the to-do list of the process centre is answered as the vendor's page has it, not as its SDK"),
        ("permission_denied", "the app lacks a permission"),
        ("silent_no_op", "a withdrawal is answered with success, and nothing is done"),
        ("trailing_newline", "`encrypt` ends with a line break that is signed, as one vendor sample does"),
    ],
    router,
};

/// What the app signs in with; fictional.
const APP_KEY: &str = "dingmockapp0001";
const APP_SECRET: &str = "mock-dingtalk-app-secret";

struct Dingtalk {
    desk: Arc<Desk>,
    book: Mutex<Book>,
    callback: Mutex<Option<Callback>>,
    /// Callbacks that were not acknowledged as they should be.
    failed: Mutex<Vec<serde_json::Value>>,
    token: Mutex<Option<token::Token>>,
    /// Approvals of others that are shown.
    centre: Mutex<centre::Centre>,
}

type Shared = Arc<Dingtalk>;

impl Dingtalk {
    fn template(&self, code: &str) -> Option<Template> {
        lock(&self.book).templates.iter().find(|template| template.code == code).cloned()
    }
}

fn router(desk: Arc<Desk>) -> Router {
    let dingtalk = Arc::new(Dingtalk {
        desk,
        book: Mutex::new(Book::new()),
        callback: Mutex::default(),
        failed: Mutex::default(),
        token: Mutex::default(),
        centre: Mutex::default(),
    });
    Router::new()
        .route("/v1.0/oauth2/accessToken", post(token::new))
        .route("/v1.0/workflow/processInstances", post(create::create).get(read::get))
        .route("/v1.0/workflow/processes/instanceIds/query", post(read::list))
        .route("/v1.0/workflow/processInstances/terminate", post(act::terminate))
        .route("/v1.0/workflow/processInstances/execute", post(act::execute))
        .route("/v1.0/workflow/processInstances/comments", post(act::comment))
        .route("/v1.0/workflow/tasks/redirect", post(act::redirect))
        .route("/v1.0/workflow/forms/schemas/processCodes", get(read::schema))
        .route("/v1.0/workflow/processCentres/schemaNames/processCodes", get(read::code_by_name))
        .route("/v1.0/workflow/processCentres/schemas", post(centre::save_template))
        .route("/v1.0/workflow/processCentres/instances", post(centre::create_instance).put(centre::update_instance))
        .route("/v1.0/workflow/processCentres/tasks", post(centre::create_tasks).put(centre::update_tasks))
        .route("/v1.0/workflow/processCentres/tasks/cancel", post(centre::cancel_tasks))
        .route("/v1.0/workflow/processCentres/todoTasks", get(centre::todo))
        .route("/__mock/centre", get(centre::shown))
        .route("/gettoken", get(token::old))
        .route("/topapi/processinstance/create", post(old::create))
        .route("/topapi/processinstance/get", post(old::get))
        .route("/topapi/processinstance/listids", post(old::list))
        .route("/call_back/register_call_back", post(old::register))
        .route("/call_back/get_call_back_failed_result", get(old::failed))
        .route("/topapi/message/corpconversation/asyncsend_v2", post(messages::work))
        .route("/topapi/v2/user/getuserinfo", post(messages::whose))
        .route("/robot/send", post(messages::robot))
        .route("/topapi/v2/department/get", post(contacts::department))
        .route("/topapi/v2/department/listsub", post(contacts::departments))
        .route("/topapi/v2/user/list", post(contacts::people))
        .route("/__mock/callback", post(control::callback))
        .route("/__mock/instances", get(control::instances))
        .route("/__mock/instances/{id}/decide", post(control::decide))
        .route("/__mock/instances/{id}/revoke", post(control::revoke))
        .route("/__mock/instances/{id}/transfer", post(control::transfer))
        .with_state(dingtalk.clone())
        .merge(templates::router(dingtalk))
}

impl Shelf for Dingtalk {
    fn with_templates<R>(&self, look: impl FnOnce(&mut Vec<Template>) -> R) -> R {
        look(&mut lock(&self.book).templates)
    }
}
