-- The first schema: the same rows as in PostgreSQL, without partitions and row-level security. Times are microseconds
-- since 1970 UTC; ids are 16 bytes; JSON is text, moved and never read here. There are no foreign keys: every row is
-- written by one transaction that also wrote what it points at.

-- Numbers that only grow: fencing tokens, and the order of effects within a lane. One row; PostgreSQL has a sequence.
CREATE TABLE lane_number (
    value INTEGER NOT NULL
);
INSERT INTO lane_number (value) VALUES (0);

-- Duplicate suppression: narrow and for ever, as in PostgreSQL.
-- `key` is derived from tenant, connection, source, event and the sender's message id.
CREATE TABLE inbox_seen (
    key         BLOB PRIMARY KEY,
    received_at INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL
);

-- Messages that wait: a row is deleted with the commit that handled it, so the table stays small.
-- `due_at` is the end of the lease while `owner` holds it: a dead owner's messages come back by themselves.
CREATE TABLE message (
    id          BLOB PRIMARY KEY,
    received_at INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('new', 'reading', 'parked', 'stopped')),
    owner       TEXT,
    connection  TEXT NOT NULL,
    event       TEXT NOT NULL,
    source      TEXT NOT NULL,
    message_id  TEXT NOT NULL,
    external_id TEXT,
    problem     TEXT,
    heard       TEXT,
    payload     TEXT NOT NULL
);
CREATE INDEX message_due ON message (due_at) WHERE state <> 'stopped';
CREATE INDEX message_waiting ON message (tenant_id, received_at, id) WHERE state IN ('parked', 'stopped');

-- The ledger. `key_reversed` finds a key by its end; `amount` is the total in ten-thousandths, for ranges in lists alone.
CREATE TABLE document (
    id             BLOB PRIMARY KEY,
    created_at     INTEGER NOT NULL,
    tenant_id      INTEGER NOT NULL,
    kind           TEXT NOT NULL,
    source         TEXT NOT NULL,
    key            TEXT NOT NULL,
    key_reversed   TEXT NOT NULL,
    external_id    TEXT,
    amount         INTEGER,
    updated_at     INTEGER NOT NULL,
    revision       INTEGER NOT NULL CHECK (revision > 0),
    withdrawn      INTEGER NOT NULL,
    status         TEXT NOT NULL,
    source_status  TEXT,
    source_version TEXT,
    display        TEXT NOT NULL
);
CREATE INDEX document_newest ON document (tenant_id, created_at, id);
CREATE INDEX document_amount ON document (tenant_id, amount) WHERE amount IS NOT NULL;
CREATE INDEX document_key ON document (tenant_id, key);
CREATE INDEX document_key_end ON document (tenant_id, key_reversed);

CREATE TABLE revision (
    document_id BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    number      INTEGER NOT NULL CHECK (number > 0),
    hash        TEXT NOT NULL,
    body        TEXT NOT NULL,
    PRIMARY KEY (document_id, number)
);

-- What the source said, verbatim: dropped after its retention.
CREATE TABLE payload (
    document_id BLOB NOT NULL,
    created_at  INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    payload     TEXT NOT NULL
);
CREATE INDEX payload_document ON payload (document_id);
CREATE INDEX payload_age ON payload (created_at);

CREATE TABLE relation (
    document_id BLOB NOT NULL,
    made_for_id BLOB NOT NULL,
    tenant_id   INTEGER NOT NULL,
    relation    TEXT NOT NULL,
    PRIMARY KEY (document_id, made_for_id, relation)
);
CREATE INDEX relation_made_for ON relation (made_for_id);

-- One document in one system. The key starts with the partner's id: one index finds the object a partner speaks of and
-- the document a person searches for by any of its keys. `checked_at`: when reconciliation last read the object back;
-- since then it is in step since `in_step_since` or differs since `differs_since`, one of the two.
CREATE TABLE link (
    document_id   BLOB NOT NULL,
    instance_id   BLOB,
    tenant_id     INTEGER NOT NULL,
    connection    TEXT NOT NULL,
    external_id   TEXT NOT NULL,
    id_reversed   TEXT NOT NULL,
    step          TEXT,
    written_at    INTEGER,
    seen_at       INTEGER,
    reread_at     INTEGER,
    rereads       INTEGER NOT NULL,
    closed        INTEGER NOT NULL,
    checked_at    INTEGER,
    in_step_since INTEGER,
    differs_since INTEGER,
    written       TEXT,
    seen          TEXT,
    PRIMARY KEY (external_id, connection, tenant_id, document_id)
);
CREATE INDEX link_document ON link (document_id);
CREATE INDEX link_end ON link (tenant_id, id_reversed);
CREATE INDEX link_reread ON link (reread_at) WHERE reread_at IS NOT NULL AND NOT closed;

-- Instances are updated with every decision.
CREATE TABLE instance (
    id          BLOB PRIMARY KEY,
    document_id BLOB NOT NULL,
    started_at  INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    flow        TEXT NOT NULL,
    version     TEXT NOT NULL,
    updated_at  INTEGER NOT NULL,
    lock        INTEGER NOT NULL,
    ended_at    INTEGER,
    status      TEXT NOT NULL CHECK (status IN ('running', 'exception', 'ended', 'superseded')),
    outcome     TEXT,
    at_step     TEXT,
    state       TEXT NOT NULL
);
CREATE INDEX instance_document ON instance (document_id);
CREATE INDEX instance_newest ON instance (tenant_id, started_at, id);
-- With the document, so that what is in flight is counted without reading instances.
CREATE INDEX instance_open ON instance (tenant_id, started_at, id, document_id) WHERE status IN ('running', 'exception');

CREATE TABLE history (
    instance_id BLOB NOT NULL,
    lock        INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    entries     TEXT NOT NULL
);
CREATE INDEX history_instance ON history (instance_id, lock);

CREATE TABLE timer (
    instance_id BLOB NOT NULL,
    due_at      INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    PRIMARY KEY (instance_id, number)
);
CREATE INDEX timer_due ON timer (due_at);

-- A lane exists while it has unfinished effects. `id` is derived from tenant and name. `due_at` is the end of the lease
-- while `owner` holds it. `head_id` is its first unfinished effect.
CREATE TABLE lane (
    id         BLOB PRIMARY KEY,
    head_id    BLOB NOT NULL,
    due_at     INTEGER NOT NULL,
    token      INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    priority   INTEGER NOT NULL CHECK (priority BETWEEN 0 AND 9),
    connection TEXT NOT NULL,
    owner      TEXT
);
CREATE INDEX lane_ready ON lane (tenant_id, connection, priority, due_at);

-- The outbox. `behind`: unfinished and not known to its lane as head; only these need an index to be found again.
-- `lane` is written only where it is not `{connection}:{document}`.
CREATE TABLE effect (
    id          BLOB PRIMARY KEY,
    instance_id BLOB NOT NULL,
    document_id BLOB NOT NULL,
    lane_id     BLOB NOT NULL,
    seq         INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    priority    INTEGER NOT NULL,
    behind      INTEGER NOT NULL,
    due_at      INTEGER NOT NULL,
    attempt     INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('planned', 'started', 'waiting', 'done', 'failed', 'withdrawn')),
    delivery    TEXT NOT NULL,
    connection  TEXT NOT NULL,
    lane        TEXT,
    step        TEXT NOT NULL,
    version     TEXT NOT NULL,
    retry       TEXT NOT NULL,
    work        TEXT NOT NULL
);
CREATE INDEX effect_instance ON effect (instance_id);
CREATE INDEX effect_behind ON effect (lane_id, seq) WHERE behind;

-- One request and its answer, redacted before it got here. Dropped after its retention.
CREATE TABLE attempt (
    instance_id     BLOB NOT NULL,
    effect_id       BLOB NOT NULL,
    started_at      INTEGER NOT NULL,
    tenant_id       INTEGER NOT NULL,
    number          INTEGER NOT NULL,
    part            INTEGER NOT NULL,
    duration_millis INTEGER NOT NULL,
    status          INTEGER,
    purpose         TEXT NOT NULL,
    connection      TEXT NOT NULL,
    operation       TEXT NOT NULL,
    class           TEXT NOT NULL,
    message         TEXT,
    request         TEXT NOT NULL,
    response        TEXT NOT NULL
);
CREATE INDEX attempt_instance ON attempt (instance_id);
CREATE INDEX attempt_age ON attempt (started_at);

CREATE TABLE exception (
    id          BLOB PRIMARY KEY,
    instance_id BLOB,
    document_id BLOB,
    effect_id   BLOB,
    opened_at   INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    fingerprint BLOB NOT NULL,
    flow        TEXT,
    step        TEXT,
    connection  TEXT,
    operation   TEXT,
    cause       TEXT NOT NULL,
    code        TEXT NOT NULL,
    message     TEXT NOT NULL,
    owner       TEXT,
    assignee    TEXT,
    state       TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    resolution  TEXT,
    resolved_by TEXT,
    closed_at   INTEGER
);
CREATE INDEX exception_newest ON exception (tenant_id, opened_at, id);
CREATE INDEX exception_instance ON exception (instance_id);
CREATE INDEX exception_open ON exception (tenant_id, cause) WHERE state = 'open';
CREATE INDEX exception_group ON exception (tenant_id, fingerprint, opened_at) WHERE state = 'open';
CREATE INDEX exception_document ON exception (document_id) WHERE state = 'open';

CREATE TABLE stream (
    tenant_id       INTEGER NOT NULL,
    connection      TEXT NOT NULL,
    stream          TEXT NOT NULL,
    due_at          INTEGER NOT NULL,
    token           INTEGER NOT NULL,
    failures        INTEGER NOT NULL,
    last_success_at INTEGER,
    owner           TEXT,
    cursor          TEXT,
    problem         TEXT,
    PRIMARY KEY (tenant_id, connection, stream)
);

CREATE TABLE definition (
    tenant_id  INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    id         TEXT NOT NULL,
    hash       TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    author     TEXT NOT NULL,
    message    TEXT NOT NULL,
    text       TEXT NOT NULL,
    PRIMARY KEY (tenant_id, kind, id, hash)
);

-- Reading systems back. One run reads one connection; `progress` is how far it got (JSON), stored with every page, so
-- that any process can go on. `due_at` is the end of the lease while `owner` holds it. `id` of a scheduled run is derived
-- from its schedule and nominal time.
CREATE TABLE reconciliation (
    id           BLOB PRIMARY KEY,
    requested_at INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    token        INTEGER NOT NULL,
    tenant_id    INTEGER NOT NULL,
    failures     INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('planned', 'running', 'done', 'failed', 'cancelled')),
    connection   TEXT NOT NULL,
    requested_by TEXT NOT NULL,
    reason       TEXT,
    schedule     TEXT,
    nominal_at   INTEGER,
    since        INTEGER NOT NULL,
    until        INTEGER NOT NULL,
    open_only    INTEGER NOT NULL,
    started_at   INTEGER,
    ended_at     INTEGER,
    owner        TEXT,
    problem      TEXT,
    progress     TEXT NOT NULL,
    statement    TEXT NOT NULL
);
CREATE INDEX reconciliation_newest ON reconciliation (tenant_id, requested_at, id);
CREATE INDEX reconciliation_due ON reconciliation (due_at) WHERE state IN ('planned', 'running');

-- What a schedule has fired, whatever process noticed first; the last one of each schedule is kept.
CREATE TABLE schedule_fire (
    schedule_id TEXT NOT NULL,
    nominal_at  INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    fired_at    INTEGER NOT NULL,
    PRIMARY KEY (schedule_id, tenant_id, nominal_at)
);

-- Where a system and the ledger differ. One row from the first sight of a difference until it is gone; `field` names a
-- field of the document where the difference is about one. `accepted`: a person said that it may stay as it is.
-- Written by runs of reconciliation (`run_id`) and by the engine when a source changes what it does not own.
CREATE TABLE drift (
    id            BLOB PRIMARY KEY,
    document_id   BLOB,
    run_id        BLOB,
    first_seen_at INTEGER NOT NULL,
    last_seen_at  INTEGER NOT NULL,
    tenant_id     INTEGER NOT NULL,
    state         TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'resolved')),
    kind          TEXT NOT NULL,
    connection    TEXT NOT NULL,
    external_id   TEXT,
    field         TEXT,
    ours          TEXT,
    theirs        TEXT,
    repair        TEXT,
    repair_at     INTEGER,
    resolution    TEXT,
    reason        TEXT,
    resolved_by   TEXT,
    resolved_at   INTEGER
);
CREATE INDEX drift_open ON drift (kind) WHERE state = 'open';
CREATE INDEX drift_newest ON drift (tenant_id, first_seen_at, id);
CREATE INDEX drift_object ON drift (external_id, connection, tenant_id) WHERE state <> 'resolved';
CREATE INDEX drift_document ON drift (document_id) WHERE document_id IS NOT NULL;
CREATE INDEX drift_run ON drift (run_id) WHERE run_id IS NOT NULL;

-- Answers given under a caller's key: the same key gets the same answer. Without a status it is being worked on.
CREATE TABLE answer (
    key         BLOB PRIMARY KEY NOT NULL,
    created_at  INTEGER NOT NULL,
    busy_until  INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    status      INTEGER,
    fingerprint TEXT NOT NULL,
    body        TEXT
);
CREATE INDEX answer_created ON answer (created_at);

CREATE TABLE duty (
    name      TEXT PRIMARY KEY,
    tenant_id INTEGER NOT NULL,
    token     INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,
    owner     TEXT
);

-- AUTOINCREMENT: a number is not given again when the last row is gone.
CREATE TABLE event (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    id          BLOB NOT NULL,
    document_id BLOB,
    instance_id BLOB,
    at          INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    what        TEXT NOT NULL,
    data        TEXT NOT NULL
);

CREATE TABLE rate (
    tenant_id INTEGER NOT NULL,
    name      TEXT NOT NULL,
    next_at   INTEGER NOT NULL,
    first_at  INTEGER NOT NULL,
    granted   INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

CREATE TABLE credential (
    tenant_id  INTEGER NOT NULL,
    name       TEXT NOT NULL,
    generation INTEGER NOT NULL,
    token      INTEGER NOT NULL,
    due_at     INTEGER NOT NULL,
    lapses_at  INTEGER,
    owner      TEXT,
    sealed     TEXT,
    PRIMARY KEY (tenant_id, name)
);

-- Publishing. A release is an immutable list of files; `live_release` points at the one in force and moves in the
-- transaction that stores it, when it is where the publisher saw it.
CREATE TABLE release (
    tenant_id    INTEGER NOT NULL,
    number       INTEGER NOT NULL CHECK (number > 0),
    created_at   INTEGER NOT NULL,
    tests_passed INTEGER NOT NULL,
    tests_failed INTEGER NOT NULL,
    restores     INTEGER,
    digest       TEXT NOT NULL,
    author       TEXT NOT NULL,
    message      TEXT NOT NULL,
    untested     TEXT,
    PRIMARY KEY (tenant_id, number)
);
CREATE INDEX release_digest ON release (tenant_id, digest, number);

CREATE TABLE release_item (
    tenant_id INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    path      TEXT NOT NULL,
    kind      TEXT NOT NULL,
    id        TEXT NOT NULL,
    hash      TEXT NOT NULL,
    PRIMARY KEY (tenant_id, number, path)
);
CREATE INDEX release_item_version ON release_item (tenant_id, kind, id, hash, number);

CREATE TABLE live_release (
    tenant_id INTEGER PRIMARY KEY,
    number    INTEGER NOT NULL,
    moved_at  INTEGER NOT NULL
);

-- What authors are working on; a row is replaced with every save and goes with the release that publishes it.
CREATE TABLE draft (
    tenant_id  INTEGER NOT NULL,
    author     TEXT NOT NULL,
    kind       TEXT NOT NULL,
    id         TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    hash       TEXT NOT NULL,
    base       TEXT,
    path       TEXT NOT NULL,
    text       TEXT,
    PRIMARY KEY (tenant_id, author, kind, id)
);

CREATE TABLE counter (
    tenant_id INTEGER NOT NULL,
    name      TEXT NOT NULL,
    value     INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, name)
);

-- ---- what people work with beside the engine ----

-- What a person said about an exception, or changed of it.
CREATE TABLE exception_note (
    id           BLOB PRIMARY KEY,
    exception_id BLOB NOT NULL,
    at           INTEGER NOT NULL,
    tenant_id    INTEGER NOT NULL,
    kind         TEXT NOT NULL CHECK (kind IN ('comment', 'assigned', 'released')),
    actor        TEXT NOT NULL,
    text         TEXT NOT NULL
);
CREATE INDEX exception_note_of ON exception_note (exception_id, at);

-- A revision that a person made: who, why, and what changed. Its content is the revision's.
CREATE TABLE amendment (
    document_id BLOB NOT NULL,
    number      INTEGER NOT NULL,
    at          INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    actor       TEXT NOT NULL,
    reason      TEXT NOT NULL,
    changes     TEXT NOT NULL,
    PRIMARY KEY (document_id, number)
);

-- What people are asked, as their lists show it; the instance's state holds the same and decides. `kind` `started` is no
-- task: it is the instance in the list of whoever began it.
CREATE TABLE task (
    id          BLOB PRIMARY KEY,
    instance_id BLOB NOT NULL,
    document_id BLOB NOT NULL,
    since       INTEGER NOT NULL,
    due         INTEGER,
    ended       INTEGER,
    tenant_id   INTEGER NOT NULL,
    visit       INTEGER NOT NULL,
    number      INTEGER NOT NULL,
    round       INTEGER NOT NULL,
    claimed     INTEGER NOT NULL,
    flow        TEXT NOT NULL,
    step        TEXT NOT NULL,
    person      TEXT NOT NULL,
    kind        TEXT NOT NULL,
    state       TEXT NOT NULL,
    actor       TEXT
);
CREATE INDEX task_open ON task (tenant_id, person, since, id) WHERE state = 'pending';
CREATE INDEX task_over ON task (tenant_id, person, ended, id) WHERE ended IS NOT NULL;
CREATE INDEX task_instance ON task (instance_id);

-- What people, and rules in their place, decided: never changed, never removed with the tasks.
CREATE TABLE decision (
    id           BLOB PRIMARY KEY,
    instance_id  BLOB NOT NULL,
    at           INTEGER NOT NULL,
    tenant_id    INTEGER NOT NULL,
    number       INTEGER NOT NULL,
    visit        INTEGER,
    task         INTEGER,
    round        INTEGER NOT NULL,
    step         TEXT,
    person       TEXT NOT NULL,
    on_behalf_of TEXT,
    verb         TEXT NOT NULL,
    why          TEXT,
    comment      TEXT,
    attachments  TEXT NOT NULL,
    changes      TEXT NOT NULL,
    named        TEXT NOT NULL,
    token        TEXT
);
CREATE UNIQUE INDEX decision_of ON decision (instance_id, number);

-- Notices that wait for their person's time. `bundle`: what goes out as one, from when it is fixed until an instance has it.
CREATE TABLE waiting_notice (
    id          BLOB PRIMARY KEY,
    instance_id BLOB NOT NULL,
    due_at      INTEGER NOT NULL,
    created_at  INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    visit       INTEGER NOT NULL,
    step        TEXT NOT NULL,
    person      TEXT NOT NULL,
    channel     TEXT NOT NULL,
    event       TEXT NOT NULL,
    subject     TEXT NOT NULL,
    body        TEXT NOT NULL,
    url         TEXT NOT NULL,
    task_id     TEXT,
    bundle      TEXT
);
CREATE INDEX waiting_notice_due ON waiting_notice (tenant_id, due_at) WHERE bundle IS NULL;
CREATE INDEX waiting_notice_bundled ON waiting_notice (tenant_id, bundle) WHERE bundle IS NOT NULL;

-- How far somebody has seen an instance: what came after is new to them.
CREATE TABLE task_seen (
    instance_id BLOB NOT NULL,
    at          INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    decision    INTEGER NOT NULL,
    revision    INTEGER NOT NULL,
    person      TEXT NOT NULL,
    PRIMARY KEY (instance_id, person)
);

-- Who decides for whom for a while.
CREATE TABLE delegation (
    id         BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL,
    from_at    INTEGER NOT NULL,
    until_at   INTEGER NOT NULL,
    revoked_at INTEGER,
    tenant_id  INTEGER NOT NULL,
    new_only   INTEGER NOT NULL,
    principal  TEXT NOT NULL,
    agent      TEXT NOT NULL,
    created_by TEXT NOT NULL,
    flows      TEXT NOT NULL
);
CREATE INDEX delegation_agent ON delegation (tenant_id, agent, until_at);
CREATE INDEX delegation_principal ON delegation (tenant_id, principal, until_at);

-- A set of things frozen when a person chose it, so that what is done later is done to what was seen.
CREATE TABLE selection (
    id         BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    number     INTEGER NOT NULL,
    resource   TEXT NOT NULL,
    actor      TEXT NOT NULL,
    filter     TEXT NOT NULL
);
CREATE INDEX selection_expired ON selection (expires_at);

CREATE TABLE selection_item (
    selection_id BLOB NOT NULL,
    target_id    BLOB NOT NULL,
    position     INTEGER NOT NULL,
    tenant_id    INTEGER NOT NULL,
    PRIMARY KEY (selection_id, position)
);

-- One action on every thing of a selection. `due_at`: not before this time the next items are taken, which keeps its rate.
CREATE TABLE batch (
    id           BLOB PRIMARY KEY,
    selection_id BLOB NOT NULL,
    created_at   INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    due_at       INTEGER NOT NULL,
    finished_at  INTEGER,
    tenant_id    INTEGER NOT NULL,
    total        INTEGER NOT NULL,
    per_minute   INTEGER NOT NULL,
    dry_run      INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('running', 'paused', 'cancelled', 'done')),
    resource     TEXT NOT NULL,
    action       TEXT NOT NULL,
    actor        TEXT NOT NULL,
    reason       TEXT,
    arguments    TEXT NOT NULL
);
CREATE INDEX batch_newest ON batch (tenant_id, created_at, id);
CREATE INDEX batch_due ON batch (due_at) WHERE state = 'running';

-- One thing of a batch. `due_at` is the end of the lease while `owner` holds it: a dead owner's items come back.
CREATE TABLE batch_item (
    batch_id    BLOB NOT NULL,
    target_id   BLOB NOT NULL,
    due_at      INTEGER NOT NULL,
    finished_at INTEGER,
    position    INTEGER NOT NULL,
    tenant_id   INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    state       TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'failed', 'skipped', 'cancelled')),
    owner       TEXT,
    code        TEXT,
    message     TEXT,
    detail      TEXT,
    PRIMARY KEY (batch_id, position)
);
CREATE INDEX batch_item_waiting ON batch_item (batch_id, due_at, position) WHERE state = 'waiting';
CREATE INDEX batch_item_state ON batch_item (batch_id, state, position);

-- A filter somebody kept. `version` grows with each change.
CREATE TABLE saved_view (
    id         BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    version    INTEGER NOT NULL,
    shared     INTEGER NOT NULL,
    page       TEXT NOT NULL,
    name       TEXT NOT NULL,
    owner      TEXT NOT NULL,
    query      TEXT NOT NULL
);
CREATE UNIQUE INDEX saved_view_name ON saved_view (tenant_id, page, owner, name);

-- What somebody who uses the console has to say about a page, for the owners. `settled_at`: somebody has dealt with it.
CREATE TABLE feedback (
    id         BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL,
    settled_at INTEGER,
    tenant_id  INTEGER NOT NULL,
    page       TEXT NOT NULL,
    text       TEXT NOT NULL,
    author     TEXT NOT NULL,
    agent      TEXT,
    settled_by TEXT,
    answer     TEXT
);
CREATE INDEX feedback_newest ON feedback (tenant_id, created_at, id);
CREATE INDEX feedback_open ON feedback (tenant_id, author) WHERE settled_at IS NULL;

-- Counts of one minute for charts and health: written by each replica every few seconds, kept for days. They are for
-- looking at: nothing is decided by them, and a process that dies takes its last seconds with it.
CREATE TABLE minute_count (
    minute     INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    series     TEXT NOT NULL,
    connection TEXT NOT NULL,
    operation  TEXT NOT NULL,
    label      TEXT NOT NULL,
    value      INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, series, minute, connection, operation, label)
);

-- The last webhooks of each door with what became of them: a ring that is cut, for people who set partners up.
CREATE TABLE receipt (
    id         BLOB PRIMARY KEY,
    at         INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    bytes      INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    connection TEXT NOT NULL,
    webhook    TEXT NOT NULL,
    signature  TEXT NOT NULL,
    message    TEXT
);
CREATE INDEX receipt_of ON receipt (tenant_id, connection, at, id);

-- A breaker that a person holds open or closed; absent while it decides for itself.
CREATE TABLE breaker_hold (
    tenant_id  INTEGER NOT NULL,
    connection TEXT NOT NULL,
    state      TEXT NOT NULL CHECK (state IN ('open', 'closed')),
    actor      TEXT NOT NULL,
    reason     TEXT NOT NULL,
    at         INTEGER NOT NULL,
    PRIMARY KEY (tenant_id, connection)
);

-- When breakers opened and closed, and who held them.
CREATE TABLE breaker_change (
    id         BLOB PRIMARY KEY,
    at         INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    connection TEXT NOT NULL,
    state      TEXT NOT NULL,
    actor      TEXT,
    reason     TEXT,
    process    TEXT
);
CREATE INDEX breaker_change_of ON breaker_change (tenant_id, connection, at, id);

-- What each replica says of itself every few seconds: its loops, its lines to partners.
CREATE TABLE process_report (
    process   TEXT NOT NULL,
    tenant_id INTEGER NOT NULL,
    started_at INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    body      TEXT NOT NULL,
    PRIMARY KEY (process, tenant_id)
);

-- What changed, one row for each commit, so that a page that is open learns what to read again. Short-lived and not
-- needed for anything else: a reader that finds its place gone reads everything again.
CREATE TABLE change_feed (
    number    INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    tenant_id INTEGER NOT NULL,
    changes   TEXT NOT NULL
);

-- ---- who may come in ----

-- Somebody who may sign in. `name` is without case. `version` grows with each change of what is known of the user; the
-- password, attempts and sign-ins are no part of it. `owner`: the role is among `roles` (JSON), for the whole tenant.
CREATE TABLE hub_user (
    id              BLOB PRIMARY KEY,
    created_at      INTEGER NOT NULL,
    updated_at      INTEGER NOT NULL,
    tenant_id       INTEGER NOT NULL,
    version         INTEGER NOT NULL CHECK (version > 0),
    failures        INTEGER NOT NULL,
    owner           INTEGER NOT NULL,
    status          TEXT NOT NULL CHECK (status IN ('invited', 'active', 'disabled')),
    name            TEXT NOT NULL,
    title           TEXT NOT NULL,
    email           TEXT,
    person          TEXT,
    roles           TEXT NOT NULL,
    password        TEXT,
    password_at     INTEGER,
    locked_until    INTEGER,
    last_sign_in_at INTEGER
);
CREATE UNIQUE INDEX hub_user_name ON hub_user (tenant_id, name);

-- A session: what the browser holds is here as a digest only. `used_at` is written once a minute at most.
CREATE TABLE hub_session (
    id         BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    user_id    BLOB NOT NULL,
    digest     TEXT NOT NULL,
    method     TEXT NOT NULL,
    address    TEXT,
    agent      TEXT
);
CREATE UNIQUE INDEX hub_session_digest ON hub_session (tenant_id, digest);
CREATE INDEX hub_session_user ON hub_session (tenant_id, user_id);
CREATE INDEX hub_session_over ON hub_session (expires_at);

-- A link that works once: it makes the first owner, or sets a password.
CREATE TABLE hub_link (
    digest     TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    purpose    TEXT NOT NULL CHECK (purpose IN ('setup', 'password')),
    user_id    BLOB,
    created_by TEXT NOT NULL
);
CREATE INDEX hub_link_user ON hub_link (tenant_id, user_id);

-- A sign-in at an identity provider that somebody went away for. The browser holds the secret; state, nonce and the proof of
-- the code are made of it, so that nothing here helps whoever reads it. The row goes with the first answer.
CREATE TABLE hub_pending (
    digest     TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    provider   TEXT NOT NULL,
    return_to  TEXT NOT NULL
);
CREATE INDEX hub_pending_over ON hub_pending (expires_at);

-- Who somebody is at an identity provider: its issuer and what it calls them for ever, never a mail address.
CREATE TABLE hub_identity (
    id         BLOB PRIMARY KEY,
    created_at INTEGER NOT NULL,
    tenant_id  INTEGER NOT NULL,
    user_id    BLOB NOT NULL,
    provider   TEXT NOT NULL,
    issuer     TEXT NOT NULL,
    subject    TEXT NOT NULL,
    created_by TEXT NOT NULL
);
CREATE UNIQUE INDEX hub_identity_subject ON hub_identity (tenant_id, issuer, subject);
CREATE INDEX hub_identity_user ON hub_identity (tenant_id, user_id);

-- Tokens for programs: of a person (who may do no more than the person) or of a service. What opens is here as a digest.
CREATE TABLE api_token (
    id          BLOB PRIMARY KEY,
    created_at  INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    used_at     INTEGER,
    revoked_at  INTEGER,
    tenant_id   INTEGER NOT NULL,
    user_id     BLOB,
    name        TEXT NOT NULL,
    digest      TEXT NOT NULL,
    permissions TEXT NOT NULL,
    created_by  TEXT NOT NULL
);
CREATE UNIQUE INDEX api_token_digest ON api_token (tenant_id, digest);
CREATE UNIQUE INDEX api_token_service ON api_token (tenant_id, name) WHERE user_id IS NULL AND revoked_at IS NULL;
CREATE UNIQUE INDEX api_token_own ON api_token (tenant_id, user_id, name) WHERE user_id IS NOT NULL AND revoked_at IS NULL;

-- The audit: who did what. A row is written with what it tells of and never changed once it is sealed: `number` and `hash`
-- come a moment later, in order, each hash over the one before it.
CREATE TABLE audit_entry (
    id        BLOB PRIMARY KEY,
    at        INTEGER NOT NULL,
    number    INTEGER,
    tenant_id INTEGER NOT NULL,
    actor     TEXT NOT NULL,
    via       TEXT NOT NULL,
    action    TEXT NOT NULL,
    object    TEXT,
    outcome   TEXT,
    detail    TEXT NOT NULL,
    address   TEXT,
    request   TEXT,
    hash      TEXT
);
CREATE UNIQUE INDEX audit_entry_number ON audit_entry (tenant_id, number);
CREATE INDEX audit_entry_unsealed ON audit_entry (id) WHERE number IS NULL;
CREATE INDEX audit_entry_newest ON audit_entry (tenant_id, at, id);

-- Where each tenant's chain ends.
CREATE TABLE audit_head (
    tenant_id INTEGER PRIMARY KEY,
    number    INTEGER NOT NULL,
    hash      TEXT NOT NULL
);

-- Whoever works with the hub's own file cannot undo what is sealed by mistake. Against somebody who means to, there is the
-- chain, and its head elsewhere.
CREATE TRIGGER audit_entry_unchanged BEFORE UPDATE ON audit_entry WHEN OLD.number IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a sealed entry of the audit stays as it is');
END;
CREATE TRIGGER audit_entry_kept BEFORE DELETE ON audit_entry WHEN OLD.number IS NOT NULL
BEGIN
    SELECT RAISE(ABORT, 'a sealed entry of the audit stays as it is');
END;
