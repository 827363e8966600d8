//! Every route, in one list, and what stands around all of them.

use std::time::Duration;

use axum::Router;
use axum::extract::FromRef;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post, put};
use http::{HeaderMap, Method, Uri};
use tower_http::catch_panic::CatchPanicLayer;

use super::problem::Problem;
use super::state::ApiState;
use super::v1::{
    audit as audit_routes, authoring, batches, calendars, connections, definitions, delegations, dictionaries, documents, drafts, drift,
    events, exceptions, feedback, files, flows, forms, instances, me, messages, ops, organisation, proposals, quotas, reconciliations,
    releases, reveal, sample, secrets, selections, sign_in, streams, tasks, tokens, users, views,
};
use super::{audit, body, codes, consent, deadline, decide, four_eyes, health, hooks, observe, openapi, panic, request_id};
use crate::app::access::Audit;
use crate::runtime::IdMaker;

/// Limits of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For a whole request.
    pub request_timeout: Duration,
    /// Of an API request's body.
    pub body_bytes_max: usize,
    /// Of a webhook's body.
    pub hook_body_bytes_max: usize,
    /// Of a file.
    pub file_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_timeout: Duration::from_secs(30),
            body_bytes_max: 1024 * 1024,
            hook_body_bytes_max: 2 * 1024 * 1024,
            file_bytes_max: 10 * 1024 * 1024,
        }
    }
}

/// The door.
pub fn router(state: ApiState, ids: IdMaker, limits: &Limits) -> Router {
    let guarded = |routes: Router<ApiState>| routes.layer(from_fn_with_state(state.clone(), four_eyes::layer));
    let bounded = |routes: Router<ApiState>, bytes_max: usize| guarded(routes).layer(from_fn_with_state(bytes_max, body::limit));
    Router::new()
        .merge(bounded(api(), limits.body_bytes_max))
        .merge(bounded(texts(), limits.body_bytes_max.max(TEXTS_BYTES_MAX)))
        .merge(bounded(webhooks(), limits.hook_body_bytes_max))
        .merge(bounded(attached(), limits.file_bytes_max))
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_this_way)
        .layer(from_fn_with_state(Audit::from_ref(&state), audit::layer))
        .with_state(state)
        .layer(from_fn_with_state(limits.request_timeout, deadline::layer))
        .layer(CatchPanicLayer::custom(panic::answer))
        .layer(from_fn(observe::layer))
        .layer(from_fn_with_state(ids, request_id::layer))
}

fn webhooks() -> Router<ApiState> {
    Router::new().route("/hooks/{hook}", get(hooks::get).post(hooks::post)).route("/consent/callback", get(consent::callback))
}

/// Files that people attach.
fn attached() -> Router<ApiState> {
    Router::new()
        .route("/api/v1/tasks/{id}/files", post(files::upload::for_task))
        .route("/api/v1/instances/{id}/files", post(files::upload::for_instance))
        .route("/api/v1/instances/{id}/files/{file}", get(files::read::show_of_instance))
        .route("/api/v1/files/{id}", get(files::read::show))
}

/// Bodies that hold definitions: a whole project at its first publication.
const TEXTS_BYTES_MAX: usize = 64 * 1024 * 1024;

fn texts() -> Router<ApiState> {
    Router::new()
        .route("/api/v1/definitions/{kind}/{id}/draft", get(drafts::show::show).put(drafts::save::save).delete(drafts::drop::drop))
        .route("/api/v1/validate", post(authoring::validate::validate))
        .route("/api/v1/mappings/preview", post(authoring::preview::preview))
        .route("/api/v1/mappings/compare", post(authoring::compare::compare))
        .route("/api/v1/flows/simulate", post(authoring::simulate::simulate))
        .route("/api/v1/connectors/try", post(authoring::try_operation::try_operation))
        .route("/api/v1/releases", get(releases::list::list).post(releases::publish::publish))
}

fn api() -> Router<ApiState> {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(openapi::show))
        .route("/decide/{link}", get(decide::look).post(decide::decide))
        .route("/api/v1/me", get(me::me))
        .route("/api/v1/events/stream", get(events::stream))
        .route("/api/v1/connections", get(connections::list::list))
        .route("/api/v1/definitions", get(definitions::list::list))
        .route("/api/v1/definitions/{kind}/{id}", get(definitions::show::show))
        .route("/api/v1/definitions/{kind}/{id}/versions", get(definitions::versions::versions))
        .route("/api/v1/definitions/{kind}/{id}/text", get(definitions::text::text))
        .route("/api/v1/dictionaries/{name}/unmapped", get(dictionaries::unmapped::unmapped))
        .route("/api/v1/secrets", get(secrets::list::list))
        .route("/api/v1/secrets/rewrap", post(secrets::rewrap::rewrap))
        .route("/api/v1/secrets/{name}", put(secrets::set::set).delete(secrets::remove::remove))
        .route("/api/v1/calendars", get(calendars::list::list))
        .route("/api/v1/drafts", get(drafts::list::list))
        .route("/api/v1/releases/diff", get(releases::diff::diff))
        .route("/api/v1/releases/{number}", get(releases::show::show))
        .route("/api/v1/releases/{number}/files", get(releases::files::files))
        .route("/api/v1/releases/{number}/rollback", post(releases::roll_back::roll_back))
        .route("/api/v1/instances/migrations", post(instances::migrate::migrate))
        .route("/api/v1/connections/health", get(connections::health::list))
        .route("/api/v1/connections/{name}/health", get(connections::health::show))
        .route("/api/v1/connections/{name}/receipts", get(connections::receipts::receipts))
        .route("/api/v1/connections/{name}/breaker", put(connections::breaker::hold))
        .route("/api/v1/connections/{name}/consent", get(connections::consent::state).post(connections::consent::ask))
        .route("/api/v1/connections/{name}/consent/answer", post(connections::consent::answer))
        .route("/api/v1/connections/{name}/recover", post(connections::recover::recover))
        .route("/api/v1/streams", get(streams::list::list))
        .route("/api/v1/streams/{name}/{stream}", get(streams::list::show))
        .route("/api/v1/streams/{name}/{stream}/run", post(streams::run::run))
        .route("/api/v1/streams/{name}/{stream}/cursor", put(streams::cursor::move_it))
        .route("/api/v1/messages", get(messages::list::list))
        .route("/api/v1/messages/{id}", get(messages::list::show))
        .route("/api/v1/messages/{id}/take-up", post(messages::settle::take_up))
        .route("/api/v1/messages/{id}/drop", post(messages::settle::drop_it))
        .route("/api/v1/ops", get(ops::overview::overview))
        .route("/api/v1/quotas", get(quotas::list::list))
        .route("/api/v1/ops/thresholds", get(ops::overview::thresholds))
        .route("/api/v1/timers", get(ops::timers::timers))
        .route("/api/v1/metrics/series", get(ops::series::series))
        .route("/api/v1/documents", get(documents::list::list))
        .route("/api/v1/documents.csv", get(documents::export::export))
        .route("/api/v1/documents/counts", get(documents::counts::counts))
        .route("/api/v1/documents/find", post(documents::find::find))
        .route("/api/v1/documents/{id}", get(documents::show::show))
        .route("/api/v1/documents/{id}/reveal", post(reveal::document))
        .route("/api/v1/instances/{id}/reveal", post(reveal::instance))
        .route("/api/v1/messages/{id}/reveal", post(reveal::message))
        .route("/api/v1/documents/{id}/story", get(documents::story::story))
        .route("/api/v1/documents/{id}/revisions", get(documents::revisions::list))
        .route("/api/v1/documents/{id}/revisions/{number}/diff", get(documents::revisions::diff))
        .route("/api/v1/documents/{id}/revisions/{number}/fields", get(documents::fields::fields))
        .route("/api/v1/documents/{id}/diagnosis", get(documents::diagnosis::diagnosis))
        .route("/api/v1/documents/{id}/ledger", get(documents::ledger::ledger))
        .route("/api/v1/documents/{id}/revisions/{number}", get(documents::revision::revision))
        .route("/api/v1/forms", get(forms::list::list))
        .route("/api/v1/forms/{form}", get(forms::show::show))
        .route("/api/v1/forms/{form}/forecast", post(forms::forecast::forecast))
        .route("/api/v1/forms/{form}/submissions", post(forms::submit::submit))
        .route("/api/v1/flows/{flow}/insight", get(flows::insight::insight))
        .route("/api/v1/flows/{flow}/insight.csv", get(flows::insight_csv::export))
        .route("/api/v1/flows/{flow}/instances", post(flows::start::start))
        .route("/api/v1/instances", get(instances::list::list))
        .route("/api/v1/instances/{id}", get(instances::show::show))
        .route("/api/v1/instances/{id}/path", get(instances::path::path))
        .route("/api/v1/instances/{id}/history", get(instances::history::history))
        .route("/api/v1/instances/{id}/effects", get(instances::effects::effects))
        .route("/api/v1/instances/{id}/attempts", get(instances::attempts::attempts))
        .route("/api/v1/exceptions", get(exceptions::list::list))
        .route("/api/v1/exceptions/groups", get(exceptions::groups::groups))
        .route("/api/v1/exceptions/{id}", get(exceptions::show::show))
        .route("/api/v1/exceptions/{id}/assignee", put(exceptions::assign::assign))
        .route("/api/v1/exceptions/{id}/notes", get(exceptions::notes::list).post(exceptions::notes::add))
        .route("/api/v1/exceptions/{id}/amend", post(exceptions::mend::amend))
        .route("/api/v1/exceptions/{id}/from-step", post(exceptions::mend::from_step))
        .route("/api/v1/exceptions/{id}/newer-version", post(exceptions::mend::newer_version))
        .route("/api/v1/exceptions/{id}/dry-run", post(exceptions::mend::dry_run))
        .route("/api/v1/exceptions/{id}/retry", post(exceptions::retry::retry))
        .route("/api/v1/exceptions/{id}/skip", post(exceptions::skip::skip))
        .route("/api/v1/exceptions/{id}/mark-done", post(exceptions::mark_done::mark_done))
        .route("/api/v1/exceptions/{id}/cancel", post(exceptions::cancel::cancel))
        .route("/api/v1/reconciliations", get(reconciliations::list::list).post(reconciliations::start::start))
        .route("/api/v1/reconciliations/{id}", get(reconciliations::show::show))
        .route("/api/v1/reconciliations/{id}/cancel", post(reconciliations::cancel::cancel))
        .route("/api/v1/drift", get(drift::list::list))
        .route("/api/v1/drift/groups", get(drift::groups::groups))
        .route("/api/v1/drift/{id}", get(drift::show::show))
        .route("/api/v1/drift/{id}/accept", post(drift::accept::accept))
        .route("/api/v1/drift/{id}/repair", post(drift::repair::repair))
        .merge(work())
        .merge(people())
        .merge(access())
}

/// What people are asked.
fn people() -> Router<ApiState> {
    Router::new()
        .route("/api/v1/tasks", get(tasks::list::list))
        .route("/api/v1/tasks/counts", get(tasks::counts::counts))
        .route("/api/v1/tasks/{id}", get(tasks::show::show))
        .route("/api/v1/tasks/{id}/seen", post(tasks::seen::seen))
        .route("/api/v1/tasks/{id}/{verb}", post(tasks::act::on_task))
        .route("/api/v1/instances/{id}/people", get(tasks::people::people))
        .route("/api/v1/instances/{id}/people/{verb}", post(tasks::act::on_instance))
        .route("/api/v1/people", get(tasks::find_people::find))
        .route("/api/v1/delegations", get(delegations::list::list).post(delegations::create::create))
        .route("/api/v1/delegations/{id}", delete(delegations::end::end))
}

/// Who may come in.
fn access() -> Router<ApiState> {
    Router::new()
        .route("/api/v1/sign-in", get(sign_in::offer::offer).post(sign_in::enter::sign_in))
        .route("/api/v1/sign-in/link", post(sign_in::link::follow))
        .route("/api/v1/sign-in/link/look", post(sign_in::link::look))
        .route("/api/v1/sign-in/providers/{provider}", post(sign_in::provider::begin))
        .route("/api/v1/sign-in/apps/{app}", post(sign_in::app::enter))
        .route("/api/v1/sign-in/providers/{provider}/callback", get(sign_in::provider::callback))
        .route("/api/v1/sign-out", post(sign_in::leave::sign_out))
        .route("/api/v1/me/password", post(sign_in::password::change))
        .route("/api/v1/me/sessions", get(sign_in::sessions::list))
        .route("/api/v1/me/sessions/end-others", post(sign_in::sessions::end_others))
        .route("/api/v1/me/sessions/{id}", delete(sign_in::sessions::end))
        .route("/api/v1/users", get(users::list::list).post(users::add::add))
        .route("/api/v1/users/{id}", get(users::one::show).put(users::one::change))
        .route("/api/v1/users/{id}/identities", get(users::identities::list).post(users::identities::link))
        .route("/api/v1/users/{id}/identities/{identity}", delete(users::identities::unlink))
        .route("/api/v1/users/{id}/disable", post(users::steer::disable))
        .route("/api/v1/users/{id}/enable", post(users::steer::enable))
        .route("/api/v1/users/{id}/reset", post(users::steer::reset))
        .route("/api/v1/users/{id}/sign-out", post(users::steer::sign_out))
        .route("/api/v1/roles", get(users::list::roles))
        .route("/api/v1/proposals", get(proposals::list::list))
        .route("/api/v1/proposals/{id}", get(proposals::list::show))
        .route("/api/v1/proposals/{id}/confirm", post(proposals::settle::confirm))
        .route("/api/v1/proposals/{id}/decline", post(proposals::settle::decline))
        .route("/api/v1/proposals/{id}/withdraw", post(proposals::settle::withdraw))
        .route("/api/v1/sample", get(sample::show::show).post(sample::load::load).delete(sample::remove::remove))
        .route("/api/v1/organisation", get(organisation::show::show))
        .route("/api/v1/organisation/{name}/read", post(organisation::read::read))
        .route("/api/v1/organisation/{name}/accept", post(organisation::accept::accept))
        .route("/api/v1/me/tokens", get(tokens::own::list).post(tokens::own::make))
        .route("/api/v1/me/tokens/{id}", delete(tokens::own::revoke))
        .route("/api/v1/tokens", get(tokens::service::list).post(tokens::service::make))
        .route("/api/v1/tokens/{id}", delete(tokens::service::revoke))
        .route("/api/v1/audit", get(audit_routes::list::list))
        .route("/api/v1/audit/head", get(audit_routes::chain::head))
        .route("/api/v1/audit/chain", get(audit_routes::chain::chain))
        .route("/api/v1/audit/proof", get(audit_routes::proof::proof))
        .route("/api/v1/audit.csv", get(audit_routes::export::export))
}

/// Many at once, and what people keep.
fn work() -> Router<ApiState> {
    Router::new()
        .route("/api/v1/selections", post(selections::create::create))
        .route("/api/v1/selections/{id}", get(selections::show::show))
        .route("/api/v1/batches", get(batches::list::list).post(batches::create::create))
        .route("/api/v1/batches/{id}", get(batches::show::show))
        .route("/api/v1/batches/{id}/items", get(batches::items::list))
        .route("/api/v1/batches/{id}/items.csv", get(batches::items::export))
        .route("/api/v1/batches/{id}/pause", post(batches::steer::pause))
        .route("/api/v1/batches/{id}/resume", post(batches::steer::resume))
        .route("/api/v1/batches/{id}/cancel", post(batches::steer::cancel))
        .route("/api/v1/batches/{id}/retry-failed", post(batches::steer::retry_failed))
        .route("/api/v1/views", get(views::list::list).post(views::edit::create))
        .route("/api/v1/feedback", get(feedback::list::list).post(feedback::give::give))
        .route("/api/v1/feedback/{id}/settle", post(feedback::settle::settle))
        .route("/api/v1/views/{id}", get(views::edit::show).put(views::edit::update).delete(views::edit::delete))
}

/// The console's pages for browsers; whoever speaks the API is told that there is nothing.
async fn nothing_here(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    #[cfg(feature = "console")]
    if let Some(page) = crate::console::answer(&method, uri.path(), &headers) {
        return page;
    }
    #[cfg(not(feature = "console"))]
    let _ = (method, uri, headers);
    Problem::new(&codes::NOT_FOUND, "There is nothing under this path.").into_response()
}

async fn not_this_way() -> Problem {
    Problem::new(&codes::METHOD_NOT_ALLOWED, "This path does not take this method.")
}
