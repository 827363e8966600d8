//! The OpenAPI description, made from the handlers. It is committed under `docs/api/` and compared in a test.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use axum::response::IntoResponse;
use http::{Method, header};
use serde_json::json;
use utoipa::openapi::path::{Operation, ParameterIn, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{Modify, OpenApi as _};

use super::four_eyes;
use super::problem::{Pointer, Problem};
use super::v1::{
    audit, authoring, batches, calendars, connections, definitions, delegations, dictionaries, documents, drafts, drift, events,
    exceptions, feedback, files, flows, forms, instances, me, messages, ops, organisation, proposals, quotas, reconciliations, releases,
    reveal, sample, secrets, selections, sign_in, streams, tasks, tokens, users, views,
};
use super::{consent, decide, health, hooks};
use crate::app::{
    access, connections as app_connections, desk, diagnosis, health as app_health, keeping, ops as app_ops, quotas as app_quotas, reading,
    reconcile, secrets as app_secrets, starts, story,
};
use crate::domain::permission::Permission;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Waybill",
        description = "Documents, instances and exceptions of an integration hub. Every no is a problem (RFC 9457) with a stable code.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    tags(
        (name = "documents", description = "The ledger: one record per business document, with its counterpart in every system."),
        (name = "forms", description = "What people fill in, and the documents that are made of it."),
        (name = "flows", description = "Beginning a flow."),
        (name = "instances", description = "One run of a flow version for one document revision."),
        (name = "exceptions", description = "What stopped and wants a person."),
        (name = "reconciliation", description = "Systems read back and compared with the ledger, and where they differ."),
        (name = "batches", description = "Many at once: frozen selections, and one action on every thing of them."),
        (name = "tasks", description = "What people are asked, what they decide, and who decides for whom."),
        (name = "me", description = "The caller: what it may do, and what it keeps."),
        (name = "sign-in", description = "Coming in and going: sessions, one-time links, one's own password."),
        (name = "users", description = "Who may come in, and what for."),
        (name = "audit", description = "What was done by whom, in a chain of hashes."),
        (name = "messages", description = "What came in and waits: for its object, or for a person."),
        (name = "streams", description = "What is pulled, and how far it got."),
        (name = "ops", description = "How the hub is doing, and charts."),
        (name = "events", description = "What changes, for pages that are open."),
        (name = "connections", description = "Systems and where they call."),
        (name = "definitions", description = "What is written in text: what is live, its versions, and drafts."),
        (name = "authoring", description = "Checking, previewing, simulating and trying texts before they are published."),
        (name = "releases", description = "The project as it was and is in force."),
        (name = "webhooks", description = "Where partners call."),
        (name = "process", description = "Health, readiness, metrics, this description."),
    ),
    paths(
        health::health, health::ready, health::metrics, show, hooks::get, hooks::post, consent::callback, decide::look, decide::decide,
        connections::list::list,
        documents::list::list, documents::show::show, documents::diagnosis::diagnosis, documents::revision::revision,
        documents::ledger::ledger,
        documents::export::export, documents::counts::counts, documents::find::find, documents::story::story,
        documents::revisions::list, documents::revisions::diff, documents::fields::fields,
        reveal::document, reveal::instance, reveal::message,
        forms::list::list, forms::show::show, forms::forecast::forecast, forms::submit::submit, flows::start::start, flows::insight::insight,
        flows::insight_csv::export,
        instances::list::list, instances::show::show, instances::history::history, instances::effects::effects,
        instances::attempts::attempts, instances::migrate::migrate,
        definitions::list::list, definitions::show::show, definitions::versions::versions, definitions::text::text,
        drafts::list::list, drafts::show::show, drafts::save::save, drafts::drop::drop,
        authoring::validate::validate, authoring::preview::preview, authoring::simulate::simulate,
        authoring::try_operation::try_operation, authoring::compare::compare, dictionaries::unmapped::unmapped,
        releases::list::list, releases::show::show, releases::files::files, releases::diff::diff, releases::publish::publish,
        releases::roll_back::roll_back,
        exceptions::list::list, exceptions::show::show, exceptions::retry::retry, exceptions::skip::skip,
        exceptions::mark_done::mark_done, exceptions::cancel::cancel, exceptions::groups::groups, exceptions::assign::assign,
        exceptions::notes::list, exceptions::notes::add, exceptions::mend::amend, exceptions::mend::from_step,
        exceptions::mend::newer_version, exceptions::mend::dry_run,
        selections::create::create, selections::show::show,
        batches::list::list, batches::create::create, batches::show::show, batches::items::list, batches::items::export,
        batches::steer::pause, batches::steer::resume, batches::steer::cancel, batches::steer::retry_failed,
        sign_in::offer::offer, sign_in::enter::sign_in, sign_in::leave::sign_out, sign_in::provider::begin, sign_in::provider::callback, sign_in::app::enter, sign_in::link::look, sign_in::link::follow,
        sign_in::password::change, sign_in::sessions::list, sign_in::sessions::end, sign_in::sessions::end_others,
        users::list::list, users::list::roles, users::add::add, users::one::show, users::one::change,
        users::identities::list, users::identities::link, users::identities::unlink,
        users::steer::disable, users::steer::enable, users::steer::reset, users::steer::sign_out,
        tokens::own::list, tokens::own::make, tokens::own::revoke, tokens::service::list, tokens::service::make, tokens::service::revoke,
        audit::list::list, audit::chain::head, audit::chain::chain, audit::export::export, audit::proof::proof, calendars::list::list,
        tasks::find_people::find,
        me::me, events::stream, instances::path::path,
        tasks::list::list, tasks::counts::counts, tasks::show::show, tasks::seen::seen, tasks::act::on_task, tasks::act::on_instance,
        tasks::people::people, delegations::list::list, delegations::create::create, delegations::end::end,
        connections::health::list, connections::health::show, connections::receipts::receipts, connections::breaker::hold,
        connections::consent::state, connections::consent::ask, connections::consent::answer,
        connections::recover::recover, quotas::list::list, proposals::list::list, proposals::list::show, proposals::settle::confirm, proposals::settle::decline,
        proposals::settle::withdraw, secrets::list::list, secrets::set::set, secrets::remove::remove, secrets::rewrap::rewrap,
        files::upload::for_task, files::upload::for_instance, files::read::show, files::read::show_of_instance,
        feedback::give::give, feedback::list::list, feedback::settle::settle,
        sample::show::show, sample::load::load, sample::remove::remove,
        organisation::show::show, organisation::read::read, organisation::accept::accept,
        streams::list::list, streams::list::show, streams::run::run, streams::cursor::move_it,
        messages::list::list, messages::list::show, messages::settle::take_up, messages::settle::drop_it,
        ops::overview::overview, ops::overview::thresholds, ops::timers::timers, ops::series::series,
        views::list::list, views::edit::create, views::edit::show, views::edit::update, views::edit::delete,
        reconciliations::list::list, reconciliations::start::start, reconciliations::show::show, reconciliations::cancel::cancel,
        drift::list::list, drift::groups::groups, drift::show::show, drift::accept::accept, drift::repair::repair,
    ),
    components(schemas(
        Problem, Pointer, health::Health, health::Ready, app_connections::ConnectionItem,
        app_quotas::QuotaItems, app_quotas::QuotaItem, proposals::list::ProposalItems, proposals::settle::ProposalNote, access::proposals::ProposalItem, app_secrets::SecretItems, secrets::set::SecretOrder, app_secrets::SecretItem, app_secrets::SecretUse, app_secrets::KeptItem, app_secrets::SecretSet,
        app_secrets::Rewrapped, reveal::Reveal, reveal::RevealRevision, reveal::RevealedInstance, reading::DocumentItem, reading::DocumentDetail, reading::Revision, reading::RevisionItem, reading::Link, reading::Relation,
        reading::InstanceItem, reading::HistoryItem, reading::HistoryLine, reading::Effect, reading::Attempt, reading::ExceptionItem,
        reading::Drift, starts::Started, starts::StartedDocument, starts::StartedInstance, starts::FormItem,
        starts::Forecast, starts::FlowForecast,
        forms::submit::FormSubmission, flows::start::FlowStart,
        diagnosis::Diagnosis, diagnosis::State, diagnosis::Words, diagnosis::WaitingOn, diagnosis::Action,
        sign_in::offer::SignInOffer, access::providers::ProviderItem, access::in_app::AppItem, sign_in::app::AppCode, sign_in::provider::ProviderOrder, sign_in::provider::ProviderBegun,
        sign_in::leave::SignedOut, users::identities::IdentityOrder, access::providers::IdentityItem, access::providers::Identities, sign_in::enter::SignIn, sign_in::enter::SignedIn, sign_in::link::OneTimeLink, sign_in::link::LinkFollowed,
        sign_in::password::PasswordOrder, access::SessionsEnded, access::LinkView, access::SessionItem, access::Sessions,
        access::UserItem, access::UserRole, access::Users, users::add::UserOrder, access::UserAdded, access::LinkMade,
        users::one::UserPatch, access::tokens::TokenItem, access::tokens::TokenItems, access::tokens::TokenMade, tokens::TokenOrder, access::audit::AuditItem, access::audit::AuditHead, access::audit::AuditChain, access::audit::AuditProof, users::list::RoleItem, users::list::Roles,
        me::Me, reading::InstancePath, reading::PathVisit, reading::MessageItem, reading::Receipt,
        app_health::ConnectionsHealth, app_health::ConnectionHealth, app_health::Held, app_health::LineOf, app_health::OperationHealth,
        app_health::BreakerLine, app_ops::Overview, app_ops::Outbox, app_ops::Replica, app_ops::Thresholds, app_ops::Stream,
        app_ops::Streams, app_ops::TimerItem, app_ops::Timers, app_ops::Series, app_ops::Point,
        connections::breaker::BreakerOrder, connections::consent::ConsentAnswer, connections::recover::RecoverOrder, messages::settle::MessageSettled,
        streams::cursor::CursorOrder,
        reading::FoundDocument, reading::Waiting, reading::KeysFound, reading::KeyFound, reading::DocumentCounts,
        reading::RevisionDiff, reading::RevisionOrigin, reading::RevisionOrigins, story::Story, story::StoryEntry,
        reading::ExceptionGroup, reading::ExceptionGroups, reading::Note, reading::Notes,
        reading::Selection, reading::Batch, reading::BatchItem, reading::BatchItems, desk::Preview, desk::PreviewCall,
        keeping::SavedView, keeping::SavedViews, selections::create::NewSelection, batches::create::BatchOrder, views::edit::ViewOrder,
        exceptions::assign::Assignee, exceptions::notes::Comment, exceptions::mend::Amendment, exceptions::mend::FromStep,
        exceptions::mend::NewerVersion, exceptions::mend::DryRun, documents::find::Keys,
        exceptions::settle::Settled, exceptions::settle::Settlement, exceptions::mark_done::DoneOutside,
        reading::ReconciliationItem, reading::StatementView, reading::WindowView, reading::DriftItem, reading::DriftCount, reading::FlowInsight, reading::ShareView, reading::SpreadView,
        reading::TimesView, reading::StepInsight, reading::SlowDocument, reading::PathInsight, reading::PathStep, reading::PathDocument,
        reading::Ledger, reading::Standing, reconcile::RepairOutcome,
        reconciliations::start::NewReconciliation, reconciliations::start::Planned, drift::repair::Repair,
    )),
    modifiers(&Common)
)]
struct Description;

/// What every operation has in common: the token, and problems.
struct Common;

impl Modify for Common {
    fn modify(&self, api: &mut OpenApi) {
        api.info.version = env!("CARGO_PKG_VERSION").to_owned();
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("A token named in `server.tokens`. A browser that signed in brings its session's cookie instead."))
            .build();
        if let Some(components) = &mut api.components {
            components.add_security_scheme("token", SecurityScheme::Http(scheme));
        }
        for (method, route, kind) in four_eyes::GUARDED {
            if let Some(operation) = api.paths.paths.get_mut(route).and_then(|item| operation_of(item, method)) {
                second_person(operation, kind.word());
            }
        }
        for item in api.paths.paths.values_mut() {
            for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.delete, &mut item.patch].into_iter().flatten() {
                problems(operation);
            }
        }
    }
}

fn operation_of<'i>(item: &'i mut PathItem, method: &str) -> Option<&'i mut Operation> {
    match method {
        "POST" => item.post.as_mut(),
        "PUT" => item.put.as_mut(),
        "DELETE" => item.delete.as_mut(),
        _ => None,
    }
}

/// What an operation answers where its kind wants two people.
fn second_person(operation: &mut Operation, kind: &str) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("ProposalItem"))).build();
    let words = format!(
        "Nothing is done yet: `server.four_eyes` names `{kind}`, and a second person has to confirm it. The same request once more then does it."
    );
    let response = ResponseBuilder::new().description(words).content("application/json", content).build();
    operation.responses.responses.insert("202".to_owned(), RefOr::T(response));
}

fn problems(operation: &mut Operation) {
    operation.responses.responses.insert("default".to_owned(), RefOr::T(problem()));
}

fn problem() -> Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    ResponseBuilder::new().description("A problem, with a stable code").content("application/problem+json", content).build()
}

/// Whether an operation takes a query: those that take none refuse every one. What is not described, such as a webhook, is
/// left to its handler.
pub fn takes_query(method: &Method, route: &str) -> bool {
    static WITHOUT: LazyLock<HashSet<(Method, String)>> = LazyLock::new(|| {
        let paths = Description::openapi().paths.paths;
        paths.into_iter().flat_map(|(route, item)| without_query(&item).into_iter().map(move |method| (method, route.clone()))).collect()
    });
    let method = if method == Method::HEAD { Method::GET } else { method.clone() };
    !WITHOUT.contains(&(method, route.to_owned()))
}

/// The permissions that an operation wants, as its description says.
pub fn needs(method: &Method, route: &str) -> Vec<Permission> {
    needed_for(&format!("{method} {route}"))
}

/// The same of `METHOD ROUTE`. What is not described wants everything: nobody has that by mistake.
pub fn needed_for(action: &str) -> Vec<Permission> {
    static NEEDS: LazyLock<HashMap<String, Vec<Permission>>> = LazyLock::new(|| {
        let description = serde_json::to_value(Description::openapi()).unwrap_or_default();
        let mut found = HashMap::new();
        for (route, item) in description["paths"].as_object().into_iter().flatten() {
            for (method, operation) in item.as_object().into_iter().flatten() {
                let scopes = operation["security"].as_array().into_iter().flatten().filter_map(|one| one["token"].as_array()).flatten();
                let words = scopes.filter_map(serde_json::Value::as_str);
                let needs = words.filter_map(|word| Permission::ALL.into_iter().find(|known| known.word() == word)).collect();
                found.insert(format!("{} {route}", method.to_uppercase()), needs);
            }
        }
        found
    });
    NEEDS.get(action).filter(|needs| !needs.is_empty()).cloned().unwrap_or_else(|| Permission::ALL.to_vec())
}

fn without_query(item: &PathItem) -> Vec<Method> {
    let query = |operation: &Operation| {
        let mut taken = operation.parameters.iter().flatten();
        taken.any(|parameter| matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query))
    };
    [
        (Method::GET, &item.get),
        (Method::POST, &item.post),
        (Method::PUT, &item.put),
        (Method::DELETE, &item.delete),
        (Method::PATCH, &item.patch),
    ]
    .into_iter()
    .filter(|(_, operation)| operation.as_ref().is_some_and(|operation| !query(operation)))
    .map(|(method, _)| method)
    .collect()
}

/// The description as JSON text, as it is committed.
pub fn text() -> String {
    let description = Description::openapi();
    let value = serde_json::to_value(&description).unwrap_or_else(|error| json!({"error": error.to_string()}));
    format!("{:#}\n", super::examples::added(value))
}

/// This description.
#[utoipa::path(
    get, path = "/openapi.json", tag = "process",
    responses((status = 200, body = Object, content_type = "application/json")), security(())
)]
pub async fn show() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text())
}
