//! The column lists of the rows, spelled out for `concat!`: a `SELECT *` prepared before a migration that adds a column
//! would fail after it, in every replica of the previous release.

macro_rules! message_columns {
    () => {
        "m.id, m.received_at, m.due_at, m.tenant_id, m.attempts, m.state, m.connection, m.event, m.source, m.message_id, \
         m.external_id, m.problem, m.heard, m.payload"
    };
}
macro_rules! document_columns {
    () => {
        "d.id, d.created_at, d.tenant_id, d.kind, d.source, d.key, d.external_id, d.updated_at, d.revision, d.withdrawn, \
         d.status, d.source_status, d.source_version, d.display"
    };
}
macro_rules! instance_columns {
    () => {
        "i.id, i.document_id, i.started_at, i.tenant_id, i.revision, i.flow, i.version, i.updated_at, i.lock, i.ended_at, \
         i.status, i.outcome, i.at_step, i.state"
    };
}
macro_rules! link_columns {
    () => {
        "l.document_id, l.instance_id, l.tenant_id, l.connection, l.external_id, l.step, l.written_at, l.seen_at, \
         l.reread_at, l.rereads, l.closed, l.written, l.seen"
    };
}
macro_rules! effect_columns {
    () => {
        "e.id, e.instance_id, e.document_id, e.seq, e.created_at, e.tenant_id, e.priority, e.due_at, e.attempt, e.state, \
         e.delivery, e.connection, e.lane, e.step, e.version, e.retry, e.work"
    };
}
macro_rules! exception_columns {
    () => {
        "x.id, x.instance_id, x.document_id, x.effect_id, x.opened_at, x.tenant_id, x.fingerprint, x.flow, x.step, x.connection, \
         x.operation, x.cause, x.code, x.message, x.owner, x.assignee, x.state, x.resolution, x.resolved_by, x.closed_at"
    };
}
macro_rules! stream_columns {
    () => {
        "s.tenant_id, s.connection, s.stream, s.cursor, s.token, s.last_success_at, s.problem, s.failures"
    };
}
macro_rules! reconciliation_columns {
    () => {
        "r.id, r.requested_at, r.token, r.tenant_id, r.failures, r.state, r.connection, r.requested_by, r.reason, r.schedule, \
         r.nominal_at, r.since, r.until, r.open_only, r.started_at, r.ended_at, r.problem, r.progress, r.statement"
    };
}
macro_rules! drift_columns {
    () => {
        "f.id, f.document_id, f.run_id, f.first_seen_at, f.last_seen_at, f.tenant_id, f.state, f.kind, f.connection, \
         f.external_id, f.field, f.ours, f.theirs, f.repair, f.repair_at, f.resolution, f.reason, f.resolved_by, f.resolved_at"
    };
}
pub(super) use {
    document_columns, drift_columns, effect_columns, exception_columns, instance_columns, link_columns, message_columns,
    reconciliation_columns, stream_columns,
};
