//! What holds for a part only, asked for the one thing that a path names: what it belongs to decides.
//!
//! One place for every such route, so that a handler cannot forget it. A route that is not here wants the permission
//! everywhere: the narrow reading is the safe one.

use std::collections::BTreeSet;

use axum::extract::{FromRequestParts, MatchedPath, RawPathParams};
use http::request::Parts;

use super::{Caller, Gate, lacks};
use crate::api::codes;
use crate::api::problem::Problem;
use crate::domain::access::scope::{Belongings, Thing};
use crate::domain::permission::Permission;

/// Beginnings of routes whose path names one thing, and the parameter that does.
pub const SCOPED: [(&str, &str, Kind); 8] = [
    ("/api/v1/documents/{id}", "id", Kind::Document),
    ("/api/v1/instances/{id}", "id", Kind::Instance),
    ("/api/v1/exceptions/{id}", "id", Kind::Exception),
    ("/api/v1/tasks/{id}", "id", Kind::Task),
    ("/api/v1/files/{id}", "id", Kind::File),
    ("/api/v1/flows/{flow}", "flow", Kind::Flow),
    ("/api/v1/connections/{name}", "name", Kind::Connection),
    ("/api/v1/streams/{name}", "name", Kind::Connection),
];

/// What a path names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A document.
    Document,
    /// An instance.
    Instance,
    /// An exception.
    Exception,
    /// A task.
    Task,
    /// A file that somebody attached.
    File,
    /// A flow by its id.
    Flow,
    /// A connection by its name.
    Connection,
}

/// The caller with what it may do to what the path names, proved to have the permission. Who may see it and lacks the
/// permission is told so; who may not see it is told that it is not there.
///
/// # Errors
/// When it may not, or the store cannot be asked.
pub async fn proved<S: Send + Sync>(
    gate: &Gate,
    caller: Caller,
    parts: &mut Parts,
    state: &S,
    permission: Permission,
) -> Result<Caller, Problem> {
    let Some(kind) = scoped(&caller, parts) else {
        caller.must(permission)?;
        return Ok(caller);
    };
    let belongs = belongings(gate, &caller, kind, parts, state).await?;
    let caller = match &belongs {
        Some(belongs) => extended(gate, caller, belongs),
        None => caller,
    };
    if caller.may(permission) {
        return Ok(caller);
    }
    if caller.may(Permission::Read) {
        return Err(lacks(&caller, permission));
    }
    Err(Problem::new(&codes::NOT_FOUND, "There is no such thing, or it is not yours to know."))
}

/// What the path names, when that can make a difference.
fn scoped(caller: &Caller, parts: &Parts) -> Option<(&'static str, Kind)> {
    if caller.narrow().is_empty() {
        return None;
    }
    let route = parts.extensions.get::<MatchedPath>()?.as_str();
    let begins = |beginning: &str| route.strip_prefix(beginning).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    SCOPED.iter().find(|(beginning, _, _)| begins(beginning)).map(|(_, parameter, kind)| (*parameter, *kind))
}

async fn belongings<S: Send + Sync>(
    gate: &Gate,
    caller: &Caller,
    (parameter, kind): (&'static str, Kind),
    parts: &mut Parts,
    state: &S,
) -> Result<Option<Belongings>, Problem> {
    let params = RawPathParams::from_request_parts(parts, state).await.ok();
    let text = params.as_ref().and_then(|params| params.iter().find(|(name, _)| *name == parameter)).map(|(_, value)| value.to_owned());
    let Some(text) = text else { return Ok(None) };
    let one = || BTreeSet::from([text.clone()]);
    let thing = match kind {
        Kind::Flow => return Ok(Some(Belongings { flows: one(), ..Belongings::default() })),
        Kind::Connection => return Ok(Some(Belongings { connections: one(), ..Belongings::default() })),
        Kind::Document => text.parse().map(Thing::Document),
        Kind::Instance => text.parse().map(Thing::Instance),
        Kind::Exception => text.parse().map(Thing::Exception),
        Kind::Task => text.parse().map(Thing::Task),
        Kind::File => text.parse().map(Thing::File),
    };
    match thing {
        Ok(thing) => Ok(gate.scoping.belongings(caller.tenant, thing).await?),
        Err(_) => Ok(None),
    }
}

/// Whether a caller may see a thing that a body names; none when it is not there. Whoever may do something in one place must not
/// bring a thing there that is not theirs to know: it would be theirs from then on.
///
/// # Errors
/// When the store cannot be asked.
pub async fn sees(gate: &Gate, caller: &Caller, thing: Thing) -> Result<Option<bool>, Problem> {
    if caller.narrow().is_empty() || caller.everywhere.contains(&Permission::Read) {
        return Ok(Some(true));
    }
    let belongs = gate.scoping.belongings(caller.tenant, thing).await?;
    Ok(belongs.map(|belongs| gate.scoping.on(caller.tenant, caller.narrow(), &belongs).contains(&Permission::Read)))
}

/// The caller with what its narrow grants permit on something that belongs to this.
fn extended(gate: &Gate, caller: Caller, belongs: &Belongings) -> Caller {
    let mut permissions: BTreeSet<Permission> = caller.all().iter().copied().collect();
    permissions.extend(gate.scoping.on(caller.tenant, caller.narrow(), belongs));
    Caller { permissions: permissions.into_iter().collect(), ..caller }
}
