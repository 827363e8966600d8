//! Weaver e-cology 9: requests over `paService`, a log-in of registered applications by RSA, the acting person encrypted in
//! each call, and an action at a node that tells the outside where a request stands.
//!
//! Made after the vendor's interface document. What is not documented is chosen plainly: the answer about a request that is
//! gone (`PARAM_ERROR`), the codes of log entries beyond approve, submit and return, that taking back leaves no entry, and the
//! container's 503 for too many calls, of which the vendor itself knows none.

mod act;
mod answer;
mod apps;
mod book;
mod control;
mod create;
mod events;
mod form;
mod front;
mod lists;
mod read;
mod workflow;

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::{get, post};

use self::apps::Apps;
use self::book::Book;
use super::Vendor;
use super::desk::Desk;
use super::templates::{self, Shelf, Template};
use crate::world::lock;

pub(super) static VENDOR: Vendor = Vendor {
    name: "weaver",
    switches: &[
        ("code_object", "codes come as an object of name and number, as some versions have them"),
        ("login_page", "the session filter answers with the log-in page and 200"),
        ("session_lost", "answers that the log-in has timed out"),
        ("no_permission", "the person lacks the permission"),
        ("inner_error", "answers SYSTEM_INNER_ERROR, nothing done"),
        ("inner_error_after", "does the work and answers SYSTEM_INNER_ERROR"),
        ("flow_stuck", "a new request cannot leave its first node: FAIL, and it is deleted or left as a draft"),
        ("silent_no_op", "a withdrawal is answered with success, and nothing is done"),
        ("key_bits", "length of the keys that a registration makes"),
    ],
    router,
};

struct Weaver {
    desk: Arc<Desk>,
    apps: Mutex<Apps>,
    book: Mutex<Book>,
    hook: Mutex<Option<events::Hook>>,
}

type Shared = Arc<Weaver>;

fn router(desk: Arc<Desk>) -> Router {
    let weaver = Arc::new(Weaver { desk, apps: Mutex::default(), book: Mutex::new(Book::new()), hook: Mutex::default() });
    let service = Router::new()
        .route("/doCreateRequest", post(create::create))
        .route("/getRequestStatus", get(read::status))
        .route("/getWorkflowRequest", get(read::form))
        .route("/getRequestLog", get(read::log))
        .route("/getRequestOperatorInfo", get(read::operators))
        .route("/submitRequest", post(act::submit))
        .route("/rejectRequest", post(act::reject))
        .route("/withdrawRequest", post(act::withdraw))
        .route("/doForceDrawBack", post(act::draw_back))
        .route("/doForceOver", post(act::force_over))
        .route("/deleteRequest", post(act::delete))
        .route("/saveRequestLog", post(act::comment))
        .route("/forwardRequest", post(act::forward))
        .route("/getCreateWorkflowList", post(lists::workflows))
        .route("/{list}", post(lists::list));
    Router::new()
        .route("/api/ec/dev/auth/regist", post(apps::register))
        .route("/api/ec/dev/auth/applytoken", post(apps::token))
        .nest("/api/workflow/paService", service)
        .route("/__mock/callback", post(control::callback))
        .route("/__mock/instances", get(control::instances))
        .route("/__mock/instances/{id}/act", post(control::act))
        .with_state(weaver.clone())
        .merge(templates::router(weaver))
}

impl Shelf for Weaver {
    fn with_templates<R>(&self, look: impl FnOnce(&mut Vec<Template>) -> R) -> R {
        look(&mut lock(&self.book).workflows)
    }
}
