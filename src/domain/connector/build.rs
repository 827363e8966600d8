//! Requests of operations: everything that goes into one, in the order in which it goes in.

use super::auth::Proof;
use super::connector::Connector;
use super::operation::{Body, Operation};
use super::page::PageState;
use super::poll::Asking;
use super::request::{Draft, DraftBody, Request, header_text, scalar_text};
use super::scopes::Facts;
use super::tree::BuildError;
use crate::domain::expression::{Budget, Scope};
use crate::domain::value::Value;

/// Builds one request of an operation.
///
/// # Errors
/// When it cannot be built from what there is.
pub fn build(
    connector: &Connector,
    operation: &Operation,
    facts: &Facts,
    page: &PageState,
    proof: &Proof<'_>,
) -> Result<Request, BuildError> {
    build_in(connector, operation, facts, (&facts.scope().with("page", page.value()), page.url.as_deref()), proof)
}

/// Builds a request that carries some items of a batch.
pub(super) fn build_batch(
    connector: &Connector,
    operation: &Operation,
    facts: &Facts,
    items: &Value,
    proof: &Proof<'_>,
) -> Result<Request, BuildError> {
    let scope = facts.scope().with("page", PageState::default().value()).with("batch", Value::map([("items", items.clone())]));
    build_in(connector, operation, facts, (&scope, None), proof)
}

fn build_in(
    connector: &Connector,
    operation: &Operation,
    facts: &Facts,
    (scope, url): (&Scope<'_>, Option<&str>),
    proof: &Proof<'_>,
) -> Result<Request, BuildError> {
    let Body::Request(template) = &operation.body else {
        return Err(BuildError::Invalid { place: operation.name.to_string(), why: "is made of steps" });
    };
    let told = proof.credentials.and_then(|credentials| credentials.base_url());
    let mut draft = template.draft(&connector.reach, told, scope, &facts.input, url)?;
    operation.idempotency.apply(&mut draft, scope, &facts.input)?;
    if let Some(version) = &operation.version {
        let value = version.value.build(scope, &facts.input, "version", &mut Budget::default())?;
        if let Some(text) = scalar_text(&value, "version")? {
            draft.set_header(&version.header, header_text(text, "version")?);
        }
    }
    connector.auth.apply(&mut draft, scope, proof)?;
    draft.timeout_millis = draft.timeout_millis.or(operation.timeout_millis).or(Some(connector.reach.timeout_millis));
    let mut request = draft.finish();
    connector.auth.sign(&mut request, scope, proof)?;
    Ok(request)
}

/// Asks for the outcome of a request: a plain read, with the same proof of who we are.
pub(super) fn build_asking(
    connector: &Connector,
    operation: &Operation,
    facts: &Facts,
    asking: &Asking,
    proof: &Proof<'_>,
) -> Result<Request, BuildError> {
    let scope = facts.scope();
    let headers = vec![("accept".to_owned(), "application/json".to_owned())];
    let mut draft = Draft {
        method: "GET",
        url: asking.url.clone(),
        query: Vec::new(),
        headers,
        body: DraftBody::Empty,
        timeout_millis: operation.timeout_millis.or(Some(connector.reach.timeout_millis)),
    };
    connector.auth.apply(&mut draft, &scope, proof)?;
    let mut request = draft.finish();
    connector.auth.sign(&mut request, &scope, proof)?;
    Ok(request)
}
