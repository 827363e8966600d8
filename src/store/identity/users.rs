//! Users. Each change names the version it was made on; the attempt to sign in is counted by one statement.

use super::audit::beside;
use super::links;
use super::rows::{AuditRow, PasswordChange, PasswordHash, SessionChoice, UserRow, UserSaved};
use super::sessions::ended;
use crate::domain::access::lockout;
use crate::domain::ids::{TenantId, UserId};
use crate::store::ask::{Ask, Speaks, Turn, ask, look};
use crate::store::cells::{Cell, Cells, micros};
use crate::store::fault::Fault;
use crate::store::{Result, decode};
use jiff::Timestamp;

const COLUMNS: &str = "SELECT u.id, u.created_at, u.updated_at, u.tenant_id, u.version, u.failures, u.owner, u.status, u.name, u.title, \
    u.email, u.person, u.roles, u.password, u.password_at, u.locked_until, u.last_sign_in_at FROM hub_user u WHERE u.tenant_id = ";

pub(super) fn columns() -> Ask {
    ask(COLUMNS)
}

pub(super) async fn list<S: Speaks>(store: &S, tenant: TenantId, after: Option<&str>, limit: u32) -> Result<Vec<UserRow>> {
    let asked = columns().int(tenant.0).and_text(" AND u.name > ", after).then(" ORDER BY u.name LIMIT ").int(limit);
    decode::all(&look(store, tenant, asked).await?, read)
}

pub(super) async fn one<S: Speaks>(store: &S, tenant: TenantId, id: UserId) -> Result<Option<UserRow>> {
    look(store, tenant, columns().int(tenant.0).then(" AND u.id = ").id(id.0)).await?.first().map(read).transpose()
}

pub(super) async fn named<S: Speaks>(store: &S, tenant: TenantId, name: &str) -> Result<Option<UserRow>> {
    look(store, tenant, columns().int(tenant.0).then(" AND u.name = ").text(name)).await?.first().map(read).transpose()
}

pub(super) async fn has_owner<S: Speaks>(store: &S, tenant: TenantId) -> Result<bool> {
    let asked = ask("SELECT u.id FROM hub_user u WHERE u.tenant_id = ").int(tenant.0);
    Ok(!look(store, tenant, asked.then(" AND u.owner AND u.status = 'active' LIMIT 1")).await?.is_empty())
}

pub(super) async fn add<S: Speaks>(store: &S, user: &UserRow, link: Option<&str>, entry: &AuditRow) -> Result<bool> {
    let mut turn = store.turn_of(user.tenant).await?;
    if !inserted(&mut turn, user).await? {
        return Ok(false);
    }
    if let Some(digest) = link
        && !links::used(&mut turn, user.tenant, digest, user.created_at).await?
    {
        return Ok(false);
    }
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(true)
}

/// Adds a user within a transaction; false when the name is taken.
pub(super) async fn inserted<T: Turn>(turn: &mut T, user: &UserRow) -> std::result::Result<bool, Fault> {
    let cells = |asked: Ask, user: &&UserRow| {
        let asked = asked.id(user.id.0).comma().time(user.created_at).comma().time(user.updated_at).comma().int(user.tenant.0).comma();
        let asked = asked.int(user.version).comma().int(0).comma().flag(user.owner).comma().text(&user.status).comma();
        let asked = asked.text(&user.name).comma().text(&user.title).comma().maybe_text(user.email.as_deref()).comma();
        let asked = asked.maybe_text(user.person.as_deref()).comma().text(&user.roles).comma();
        asked.maybe_text(user.password.as_ref().map(|hash| hash.0.as_str())).comma().maybe_time(user.password_at)
    };
    let row = ask(
        "INSERT INTO hub_user (id, created_at, updated_at, tenant_id, version, failures, owner, status, name, title, email, person, roles, password, password_at)",
    );
    Ok(turn.done(row.rows(&[user], cells).then(" ON CONFLICT DO NOTHING")).await? == 1)
}

pub(super) async fn save<S: Speaks>(store: &S, user: &UserRow, entry: &AuditRow) -> Result<UserSaved> {
    let mut turn = store.turn_of(user.tenant).await?;
    // All owners are locked first: two who disable each other at the same moment must not both succeed.
    let owners = ask("SELECT u.id FROM hub_user u WHERE u.tenant_id = ").int(user.tenant.0);
    let owners = owners.then(" AND u.owner AND u.status = 'active' ORDER BY u.id").either(" FOR UPDATE", "");
    let owners = decode::all(&turn.rows(owners).await?, |row| Cells::new(row, "hub_user", "id").id("id", UserId))?;
    let stays = user.owner && user.status == "active";
    if !stays && owners == [user.id] {
        return Ok(UserSaved::LastOwner);
    }
    let asked = ask("UPDATE hub_user SET version = version + 1, updated_at = ").time(user.updated_at);
    let asked = asked.then(", owner = ").flag(user.owner).then(", status = ").text(&user.status).then(", title = ").text(&user.title);
    let asked = asked.then(", email = ").maybe_text(user.email.as_deref()).then(", person = ").maybe_text(user.person.as_deref());
    let asked = asked.then(", roles = ").text(&user.roles).then(" WHERE tenant_id = ").int(user.tenant.0);
    let asked = asked.then(" AND id = ").id(user.id.0).then(" AND version = ").int(i64::from(user.version) - 1);
    if turn.done(asked).await? == 0 {
        return Ok(UserSaved::Changed);
    }
    if user.status == "disabled" {
        let all = SessionChoice { tenant: user.tenant, user: user.id, only: None, except: None };
        turn.done(ended(&all)).await?;
        let links = ask("DELETE FROM hub_link WHERE tenant_id = ").int(user.tenant.0).then(" AND user_id = ").id(user.id.0);
        turn.done(links).await?;
    }
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(UserSaved::Saved)
}

pub(super) async fn set_password<S: Speaks>(store: &S, change: &PasswordChange, entry: &AuditRow) -> Result<bool> {
    let asked = ask("UPDATE hub_user SET failures = 0, locked_until = NULL, status = 'active', password = ").text(&change.password.0);
    let asked = asked.then(", password_at = ").time(change.at).then(", updated_at = ").time(change.at);
    let asked = asked.then(" WHERE status <> 'disabled' AND tenant_id = ").int(change.tenant.0).then(" AND id = ").id(change.user.0);
    let asked = match &change.before {
        Some(before) => asked.then(" AND password = ").text(&before.0),
        None => asked.then(" AND password IS NULL"),
    };
    let mut turn = store.turn_of(change.tenant).await?;
    if turn.done(asked).await? == 0 {
        return Ok(false);
    }
    if let Some(digest) = &change.link
        && !links::used(&mut turn, change.tenant, digest, change.at).await?
    {
        return Ok(false);
    }
    turn.done(ended(&SessionChoice { tenant: change.tenant, user: change.user, only: None, except: None })).await?;
    beside(&mut turn, entry).await?;
    turn.keep().await?;
    Ok(true)
}

/// The count grows before anybody looks at the password, and with it the wait: of many attempts at once each is counted,
/// and those after the lock find nobody.
pub(super) async fn count_attempt<S: Speaks>(store: &S, tenant: TenantId, name: &str, at: Timestamp) -> Result<Option<UserRow>> {
    let mut asked = ask("UPDATE hub_user SET failures = failures + 1, locked_until = CASE");
    for (from, seconds) in lockout::STEPS.iter().rev() {
        asked = asked.then(" WHEN failures + 1 >= ").int(*from).then(" THEN ").int(micros(at).saturating_add(seconds * 1_000_000));
    }
    let asked = asked.then(" ELSE NULL END WHERE tenant_id = ").int(tenant.0).then(" AND name = ").text(name);
    let asked = asked.then(" AND status = 'active' AND (locked_until IS NULL OR locked_until <= ").time(at).then(")");
    let mut turn = store.turn_of(tenant).await?;
    if turn.done(asked).await? == 0 {
        return Ok(None);
    }
    let row = turn.rows(columns().int(tenant.0).then(" AND u.name = ").text(name)).await?;
    turn.keep().await?;
    row.first().map(read).transpose()
}

pub(super) fn read<R: Cell>(row: &R) -> Result<UserRow> {
    let cells = Cells::new(row, "hub_user", "id");
    Ok(UserRow {
        id: cells.id("id", UserId)?,
        tenant: cells.int("tenant_id").map(TenantId)?,
        version: cells.int("version")?,
        name: cells.text("name")?,
        title: cells.text("title")?,
        email: cells.maybe_text("email")?,
        person: cells.maybe_text("person")?,
        status: cells.text("status")?,
        roles: cells.text("roles")?,
        owner: cells.flag("owner")?,
        password: cells.maybe_text("password")?.map(PasswordHash),
        password_at: cells.maybe_time("password_at")?,
        failures: cells.int("failures")?,
        locked_until: cells.maybe_time("locked_until")?,
        last_sign_in_at: cells.maybe_time("last_sign_in_at")?,
        created_at: cells.time("created_at")?,
        updated_at: cells.time("updated_at")?,
    })
}
